import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead } from '../ecg-recording.js';
import { leadNameByText } from '../lead-names.js';
import { base64Bytes, decimal, filterOf, int16Samples } from '../xml/xml-values.js';
import { xliLeads } from './xli.js';

const STANDARD = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const MOST_LEADS = 32;
/** The rows of a calibration pulse: one millivolt, at least 0.1 s of it. */
const PULSE_MICROVOLTS = 1000;
const PULSE_SECONDS = 0.1;

type Fields = ReadonlyMap<string, string>;

/**
 * The leads of `parsedwaveforms`. Version 1.03 says rate, resolution and lead set in `signalcharacteristics`, 1.04 in attributes of the
 * element; a resolution is in microvolts a unit (a calibration pulse of 200 units is stored with the leads: 1 mV at 5). `notes` gets what was odd.
 *
 * @throws EcgFormatError unsupported (not Base64 and XLI, an unknown lead set, no rate, no resolution), truncated, bad-xml.
 */
export function sierraLeads(text: string, attributes: Fields, signal: Fields, notes: string[]): EcgLead[] {
  checkEncoding(attributes);
  const names = leadNames(attributes, signal);
  const sampleRateHz = required(attributes.get('samplespersecond') ?? signal.get('samplingrate'), 'sample rate');
  const resolution = attributes.get('resolution') ?? signal.get('signalresolution') ?? signal.get('resolution');
  const microvoltsPerUnit = required(resolution, 'resolution');
  const stored = xliLeads(base64Bytes(text, 'The parsedwaveforms element'), names.length);
  const length = stored[0]?.length ?? 0;
  if (length === 0) throw new EcgFormatError('no-waveform', 'The Philips file holds no samples.');
  const milliseconds = decimal(attributes.get('durationperchannel'));
  const stated = milliseconds === undefined ? length : Math.round((milliseconds * sampleRateHz) / 1000);
  if (stored.length < names.length || stored.some((samples) => samples.length !== length) || stated !== length)
    throw new EcgFormatError('truncated', 'The leads of the Philips file are not all as long as it says.');
  rebuildLimbLeads(new Map(names.map((name, i) => [name, stored[i] ?? new Int32Array(0)])));
  const kept = withoutPulse(stored, sampleRateHz, microvoltsPerUnit);
  if (kept < length) notes.push(`The calibration pulse of 1 mV after ${kept / sampleRateHz} s is left out.`);
  const filter = band(attributes, signal);
  return names.map((name, i) => ({
    name,
    samples: (stored[i] ?? new Int32Array(0)).slice(0, kept),
    sampleRateHz,
    microvoltsPerUnit,
    baselineMicrovolts: 0,
    derived: false,
    startSeconds: 0,
    ...(filter === undefined ? {} : { filter }),
  }));
}

/** One `repbeat` of version 1.04: 16-bit little-endian samples, padded at its end with 32767. Undefined when nothing else is there. */
export function sierraBeat(text: string, name: string, rate: string, resolution: string): EcgLead | undefined {
  const samples = int16Samples(base64Bytes(text, `The beat of lead ${name.slice(0, 20)}`), 'A representative beat');
  const end = samples.findLastIndex((sample) => sample !== 0x7fff) + 1;
  if (end === 0) return undefined;
  return {
    name: leadNameByText(name),
    samples: samples.slice(0, end),
    sampleRateHz: required(rate, 'sample rate of the beats'),
    microvoltsPerUnit: required(resolution, 'resolution of the beats'),
    baselineMicrovolts: 0,
    derived: false,
    startSeconds: 0,
  };
}

function checkEncoding(attributes: Fields): void {
  const packing = attributes.get('compression') ?? attributes.get('compressmethod') ?? 'none';
  const packed = (attributes.get('compressflag') ?? 'True') === 'True';
  const encoding = attributes.get('dataencoding') ?? 'none';
  if (packing !== 'XLI' || !packed || encoding !== 'Base64')
    throw new EcgFormatError(
      'unsupported',
      `A Philips waveform in ${encoding.slice(0, 40)}, ${packed ? packing.slice(0, 40) : 'not compressed'}, is not read.`,
    );
  const bits = attributes.get('bitspersample') ?? attributes.get('nbitspersample') ?? '16';
  if (bits !== '16') throw new EcgFormatError('unsupported', 'A Philips waveform is read with 16 bits a sample only.');
}

function leadNames(attributes: Fields, signal: Fields): string[] {
  const labels = (attributes.get('leadlabels') ?? '').split(/\s+/).filter((label) => label !== '');
  const names = labels.map((label) => leadNameByText(label));
  const set = signal.get('leadset') ?? signal.get('acquisitiontype') ?? '';
  if (names.length === 0 && set !== 'STD-12')
    throw new EcgFormatError('unsupported', `A Philips file of the lead set '${set.slice(0, 40)}' is not read.`);
  if (names.length > MOST_LEADS || new Set(names).size !== names.length)
    throw new EcgFormatError('unsupported', 'The lead labels of the Philips file are not one for each lead.');
  return names.length === 0 ? STANDARD : names;
}

function required(text: string | undefined, what: string): number {
  const value = decimal(text);
  if (value === undefined || !(value > 0) || value > 1e6)
    throw new EcgFormatError('unsupported', `The Philips file gives no ${what}.`);
  return value;
}

/**
 * III and the augmented leads are stored as what they miss of the value that I and II give, halves cut towards zero. Without
 * I, II and III among the leads nothing says how the others are stored: they are refused.
 */
function rebuildLimbLeads(leads: ReadonlyMap<string, Int32Array>): void {
  const [I, II, III] = [leads.get('I'), leads.get('II'), leads.get('III')];
  const [aVR, aVL, aVF] = [leads.get('aVR'), leads.get('aVL'), leads.get('aVF')];
  if (!I || !II || !III) {
    if (!III && !aVR && !aVL && !aVF) return;
    throw new EcgFormatError(
      'unsupported',
      'The Philips file stores limb leads without those that they are predicted from.',
    );
  }
  for (let i = 0; i < I.length; i++) {
    const [one = 0, two = 0] = [I[i], II[i]];
    const three = two - one - (III[i] ?? 0);
    III[i] = three;
    if (aVR) aVR[i] = -Math.trunc((one + two) / 2) - (aVR[i] ?? 0);
    if (aVL) aVL[i] = Math.trunc((one - three) / 2) - (aVL[i] ?? 0);
    if (aVF) aVF[i] = Math.trunc((two + three) / 2) - (aVF[i] ?? 0);
  }
}

/**
 * How many samples come before the calibration pulse that devices append: from there on all leads are the same, 0 or 1 mV. No heart does
 * that: by Einthoven, three limb leads that are the same are zero.
 */
function withoutPulse(leads: readonly Int32Array[], rate: number, microvoltsPerUnit: number): number {
  const height = Math.round(PULSE_MICROVOLTS / microvoltsPerUnit);
  const first = leads[0] ?? new Int32Array(0);
  let [start, high] = [first.length, 0];
  for (let i = first.length - 1; i >= 0; i--) {
    const value = first[i];
    if ((value !== 0 && value !== height) || leads.some((lead) => lead[i] !== value)) break;
    start = i;
    if (value === height) high += 1;
  }
  return start > 0 && leads.length >= 3 && high >= PULSE_SECONDS * rate ? start : first.length;
}

function band(attributes: Fields, signal: Fields): EcgLead['filter'] {
  const [low, high] = (signal.get('signalbandwidth') ?? '').split('-');
  const notched = attributes.get('notchfiltered') === 'True' ? attributes.get('notchfilterfreqs') : undefined;
  return filterOf(
    decimal(attributes.get('hipass') ?? signal.get('hipass') ?? low),
    decimal(attributes.get('lowpass') ?? signal.get('lowpass') ?? high),
    decimal(notched),
  );
}
