import { EcgFormatError } from '../ecg-format-error.js';
import type { MultiplexGroup } from './multiplex-groups.js';

/** What one storage class of an ECG may hold: PS3.3 sections A.34.3 (12-Lead), A.34.4 (General), A.34.5 (Ambulatory), General 32-bit. */
export interface WaveformClass {
  readonly name: string;
  readonly sopClassUid: string;
  readonly mostGroups: number;
  readonly mostChannels: number;
  readonly mostSamples: number;
  readonly slowestHz: number;
  readonly fastestHz: number;
}

const TWELVE_LEAD: WaveformClass = {
  name: '12-Lead ECG',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.9.1.1',
  mostGroups: 5,
  mostChannels: 13,
  mostSamples: 16_384,
  slowestHz: 200,
  fastestHz: 1000,
};
const GENERAL: WaveformClass = {
  name: 'General ECG',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.9.1.2',
  mostGroups: 4,
  mostChannels: 24,
  mostSamples: Infinity,
  slowestHz: 200,
  fastestHz: 1000,
};
const AMBULATORY: WaveformClass = {
  name: 'Ambulatory ECG',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.9.1.3',
  mostGroups: 1,
  mostChannels: 12,
  mostSamples: Infinity,
  slowestHz: 50,
  fastestHz: 1000,
};
const GENERAL_32_BIT: WaveformClass = {
  ...GENERAL,
  name: 'General 32-bit ECG',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.9.1.4',
  slowestHz: 0,
  fastestHz: Infinity,
};

const CHEST_AND_LIMB = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
/** A recording beyond this is a monitor's or a recorder's, no resting ECG in pieces of 16,384 samples. */
const RESTING_SECONDS = 300;

/**
 * The class that fits all groups: 12-Lead for a resting ECG with the eight independent leads, Ambulatory for one long or slow group, else
 * General; 32-bit where a sample needs it.
 *
 * @throws EcgFormatError unsupported, with each limit that is passed.
 */
export function waveformClassFor(groups: readonly MultiplexGroup[]): WaveformClass {
  if (groups.some(({ bits }) => bits === 32)) return fitting(groups, [GENERAL_32_BIT]);
  const rhythm = groups.filter(({ beat }) => !beat);
  const names = new Set(rhythm.flatMap(({ leads }) => leads.map(({ name }) => name)));
  const seconds = Math.max(...rhythm.map(({ samples, sampleRateHz }) => samples / sampleRateHz));
  if (seconds > RESTING_SECONDS) return fitting(groups, [AMBULATORY, GENERAL]);
  return fitting(
    groups,
    CHEST_AND_LIMB.every((name) => names.has(name)) ? [TWELVE_LEAD, GENERAL, AMBULATORY] : [GENERAL, AMBULATORY],
  );
}

function fitting(groups: readonly MultiplexGroup[], classes: readonly WaveformClass[]): WaveformClass {
  const reasons = classes.map((candidate) => ({ candidate, reason: misfit(groups, candidate) }));
  const found = reasons.find(({ reason }) => reason === undefined);
  if (found) return found.candidate;
  const words = reasons.map(({ candidate, reason }) => `${candidate.name}: ${reason ?? ''}`).join('; ');
  throw new EcgFormatError('unsupported', `No DICOM waveform class fits the recording (${words}).`);
}

function misfit(groups: readonly MultiplexGroup[], limits: WaveformClass): string | undefined {
  for (const { leads, sampleRateHz } of groups) {
    if (sampleRateHz < limits.slowestHz || sampleRateHz > limits.fastestHz)
      return `${sampleRateHz} Hz is outside ${limits.slowestHz} to ${limits.fastestHz} Hz`;
    if (leads.length > limits.mostChannels)
      return `${leads.length} leads of one time are more than ${limits.mostChannels}`;
  }
  // Rhythm that does not lie in one instance is several instances; beats must lie with some rhythm.
  const beats = groups.filter(({ beat }) => beat).length;
  if (beats >= limits.mostGroups) return `${beats} groups of beats leave no place for the rhythm`;
  return undefined;
}
