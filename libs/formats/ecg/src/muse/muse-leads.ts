import { crc32 } from 'node:zlib';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead } from '../ecg-recording.js';
import { leadNameByText } from '../lead-names.js';
import { tidy } from '../microvolts.js';
import { base64Bytes, decimal, filterOf, int16Samples } from '../xml/xml-values.js';

/** The leaf elements of one `Waveform` or one `LeadData`, by name. */
export type MuseFields = Map<string, string>;

const MICROVOLTS: ReadonlyMap<string, number> = new Map([
  ['MICROVOLTS', 1],
  ['MILLIVOLTS', 1000],
  ['NANOVOLTS', 0.001],
  ['VOLTS', 1e6],
]);

/**
 * One `LeadData` under its `Waveform`: Base64 of 16-bit little-endian samples, rate = SampleBase * 10^SampleExponent, times in
 * milliseconds, high-pass in hundredths of a hertz. The count and the CRC-32 that the file gives must hold.
 *
 * @throws EcgFormatError bad-xml (no Base64, a wrong CRC), truncated (a wrong count), unsupported (no rate, no scale in volts, another width).
 */
export function museLead(waveform: MuseFields, data: MuseFields, notes: string[]): EcgLead {
  const name = leadNameByText(data.get('LeadID') ?? '');
  if (name === '') throw new EcgFormatError('unsupported', 'A lead of the MUSE file has no LeadID.');
  const what = `The waveform of lead ${name.slice(0, 20)}`;
  if ((data.get('LeadSampleSize') ?? '2') !== '2')
    throw new EcgFormatError('unsupported', `${what} is not of 2 bytes a sample.`);
  const bytes = base64Bytes(data.get('WaveFormData') ?? '', what);
  checkCrc(bytes, data.get('LeadDataCRC32'), name, notes);
  const samples = int16Samples(bytes, what);
  const count = decimal(data.get('LeadSampleCountTotal'));
  if (count !== undefined && count !== samples.length)
    throw new EcgFormatError('truncated', `${what} has ${samples.length} samples where the file says ${count}.`);
  const perBit = decimal(data.get('LeadAmplitudeUnitsPerBit'));
  const unit = MICROVOLTS.get(data.get('LeadAmplitudeUnits') ?? '');
  if (perBit === undefined || !(perBit > 0) || unit === undefined)
    throw new EcgFormatError('unsupported', `${what} has no scale in volts.`);
  const startMilliseconds = decimal(data.get('LeadTimeOffset')) ?? 0;
  if (startMilliseconds !== 0)
    notes.push(`Lead ${name} starts at LeadTimeOffset ${startMilliseconds}, read as milliseconds.`);
  if (data.get('LeadOff')?.toUpperCase() === 'TRUE') notes.push(`The file says that lead ${name} was off.`);
  const filter = museFilter(waveform);
  return {
    name,
    samples,
    sampleRateHz: rateOf(waveform, what),
    microvoltsPerUnit: tidy(perBit * unit),
    baselineMicrovolts: 0,
    derived: false,
    startSeconds: startMilliseconds / 1000,
    ...(filter === undefined ? {} : { filter }),
  };
}

function checkCrc(bytes: Uint8Array, text: string | undefined, name: string, notes: string[]): void {
  if (text === undefined || text === '') {
    notes.push(`Lead ${name} has no CRC; its samples are shown unchecked.`);
    return;
  }
  const stated = decimal(text);
  if (stated === undefined || stated >>> 0 !== crc32(bytes))
    throw new EcgFormatError('bad-xml', `The CRC of lead ${name} does not hold: its samples were changed.`);
}

function rateOf(waveform: MuseFields, what: string): number {
  const base = decimal(waveform.get('SampleBase'));
  const exponent = decimal(waveform.get('SampleExponent') ?? '0');
  const rate = base === undefined || exponent === undefined ? NaN : tidy(base * 10 ** exponent);
  if (!(rate > 0) || rate > 1e6) throw new EcgFormatError('unsupported', `${what} has no sample rate.`);
  return rate;
}

function museFilter(waveform: MuseFields): EcgLead['filter'] {
  const hundredths = decimal(waveform.get('HighPassFilter'));
  return filterOf(
    hundredths === undefined ? undefined : hundredths / 100,
    decimal(waveform.get('LowPassFilter')),
    decimal(waveform.get('ACFilter')),
  );
}
