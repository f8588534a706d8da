import { type DicomItem, viewOf } from './dicom-data-set.js';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead } from '../ecg-recording.js';
import { distinctNames, leadNameByCode, leadNameByText } from '../lead-names.js';
import { microvoltsIn, tidy } from '../microvolts.js';

/** One item of WaveformSequence (PS3.3 section C.10.9), its voltage channels as leads. */
export interface WaveformGroup {
  readonly label: string;
  readonly derived: boolean;
  readonly leads: readonly EcgLead[];
  readonly notes: readonly string[];
}

type ReadSample = (view: DataView, at: number, littleEndian: boolean) => number;

/** WaveformSampleInterpretation (5400,1006) with WaveformBitsAllocated (5400,1004). */
const READERS: Readonly<Record<string, { readonly bytes: number; readonly read: ReadSample }>> = {
  SB8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  UB8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  SS16: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  US16: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  SL32: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
};

/**
 * microvolt = sample * ChannelSensitivity * ChannelSensitivityCorrectionFactor + ChannelBaseline, both in the channel's UCUM unit
 * (PS3.3 section C.10.9.1.4). A channel without a sensitivity in volts has no place on a page of 10 mm/mV and is named in `notes`.
 * EcgFormatError: truncated when the data are shorter than the counts promise, unsupported for companded or unknown samples.
 */
export function readWaveformGroup(group: DicomItem): WaveformGroup {
  const channels = group.items('x003a0200');
  const count = group.uint16('x003a0005') ?? channels.length;
  const samples = group.uint32('x003a0010') ?? 0;
  const sampleRateHz = group.decimal('x003a001a') ?? 0;
  const interpretation = `${group.text('x54001006') ?? ''}${group.uint16('x54001004') ?? ''}`;
  const reader = READERS[interpretation];
  if (!reader)
    throw new EcgFormatError('unsupported', `Waveform samples of the kind '${interpretation}' are not read.`);
  if (sampleRateHz <= 0) throw new EcgFormatError('unsupported', 'The waveform has no sampling frequency.');
  if (count !== channels.length)
    throw new EcgFormatError('unsupported', `The file promises ${count} channels and defines ${channels.length}.`);
  const data = group.bytes('x54001010') ?? new Uint8Array(0);
  if (data.length < samples * count * reader.bytes)
    throw new EcgFormatError(
      'truncated',
      `The waveform ends after ${data.length} of ${samples * count * reader.bytes} bytes.`,
    );

  const view = viewOf(data);
  const missing = missingValueOf(group, interpretation);
  const offset = group.decimal('x00181068');
  if (offset === undefined && group.text('x00181068') !== undefined)
    throw new EcgFormatError('unsupported', 'The waveform has a time offset that is no number.');
  const startSeconds = (offset ?? 0) / 1000;
  const leads: EcgLead[] = [];
  const notes: string[] = [];
  channels.forEach((channel, index) => {
    const source = channel.code('x003a0208');
    const label = channel.text('x003a0203') ?? `channel ${index + 1}`;
    const name = (source && leadNameByCode(source.value, source.meaning)) || leadNameByText(label);
    const scale = scaleOf(channel);
    if (typeof scale === 'string') {
      notes.push(`${name}: ${scale}, so the channel is left out.`);
      return;
    }
    const values = new Int32Array(samples);
    const stride = count * reader.bytes;
    for (let i = 0, at = index * reader.bytes; i < samples; i++, at += stride)
      values[i] = reader.read(view, at, group.littleEndian);
    const skewSeconds = skewOf(channel, sampleRateHz);
    const filter = filterOf(channel);
    leads.push({
      name,
      samples: values,
      sampleRateHz,
      ...scale,
      derived: false,
      startSeconds,
      ...(skewSeconds === undefined ? {} : { skewSeconds }),
      ...(missing === undefined ? {} : { missingValue: missing }),
      ...(filter === undefined ? {} : { filter }),
    });
  });
  return {
    label: group.text('x003a0020') ?? '',
    derived: group.text('x003a0004') === 'DERIVED',
    leads: distinctNames(leads),
    notes,
  };
}

function scaleOf(channel: DicomItem): Pick<EcgLead, 'microvoltsPerUnit' | 'baselineMicrovolts'> | string {
  const sensitivity = channel.decimal('x003a0210');
  if (sensitivity === undefined || sensitivity === 0) return 'no sensitivity is given';
  const unreadable = ['x003a0212', 'x003a0213'].find(
    (tag) => channel.text(tag) !== undefined && channel.decimal(tag) === undefined,
  );
  if (unreadable !== undefined)
    return `its ${unreadable === 'x003a0212' ? 'correction factor' : 'baseline'} is no number`;
  const factor = channel.decimal('x003a0212') ?? 1;
  if (factor === 0) return 'its correction factor is 0';
  const unit = channel.code('x003a0211')?.value ?? '';
  const microvolts = microvoltsIn(unit);
  if (microvolts === undefined) return `its unit is '${unit}', no voltage`;
  return {
    microvoltsPerUnit: withoutNoise(sensitivity * factor * microvolts),
    baselineMicrovolts: withoutNoise((channel.decimal('x003a0213') ?? 0) * microvolts),
  };
}

/** Rounds away what multiplying doubles adds (two roundings, an ulp each), and no digit that the file wrote. */
function withoutNoise(product: number): number {
  const rounded = tidy(product);
  return Math.abs(rounded - product) <= 2 * Number.EPSILON * Math.abs(product) ? rounded : product;
}

/** ChannelTimeSkew is in seconds, ChannelSampleSkew in samples; one or the other is there. */
function skewOf(channel: DicomItem, sampleRateHz: number): number | undefined {
  const inSeconds = channel.decimal('x003a0214');
  const inSamples = channel.decimal('x003a0215');
  return inSeconds ?? (inSamples === undefined ? undefined : inSamples / sampleRateHz);
}

/** Zero means that the filter is off. */
function filterOf(channel: DicomItem): EcgLead['filter'] {
  const [lowHz, highHz, notchHz] = ['x003a0220', 'x003a0221', 'x003a0222'].map(
    (tag) => channel.decimal(tag) || undefined,
  );
  if (lowHz === undefined && highHz === undefined && notchHz === undefined) return undefined;
  return {
    ...(lowHz === undefined ? {} : { lowHz }),
    ...(highHz === undefined ? {} : { highHz }),
    ...(notchHz === undefined ? {} : { notchHz }),
  };
}

/**
 * WaveformPaddingValue, but no zero in signed samples: some devices write it there, and it is the isoelectric line. Signed 16-bit samples
 * have -32768 instead, which devices use without declaring it and no electrode ever gives.
 */
function missingValueOf(group: DicomItem, interpretation: string): number | undefined {
  const reader = READERS[interpretation];
  const padding = group.bytes('x5400100a');
  const declared =
    reader && padding && padding.length >= reader.bytes
      ? reader.read(viewOf(padding), 0, group.littleEndian)
      : undefined;
  if (declared !== undefined && (declared !== 0 || interpretation.startsWith('U'))) return declared;
  return interpretation === 'SS16' ? -0x8000 : undefined;
}
