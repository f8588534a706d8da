import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead } from '../ecg-recording.js';

/** Leads of one rate, start and length, as one item of WaveformSequence holds them (PS3.3 section C.10.9). */
export interface MultiplexGroup {
  readonly beat: boolean;
  readonly leads: readonly EcgLead[];
  readonly sampleRateHz: number;
  readonly startSeconds: number;
  readonly samples: number;
  readonly bits: 16 | 32;
  /** Of the whole group, whatever value each lead had for it; undefined when no sample is missing. */
  readonly padding?: number;
}

const LOWEST = { 16: -0x8000, 32: -0x8000_0000 } as const;

/** The stored leads in groups, in their order; derived ones are left out, for a file holds what was recorded. */
export function multiplexGroups(leads: readonly EcgLead[], beat: boolean): MultiplexGroup[] {
  const byTime = new Map<string, EcgLead[]>();
  for (const lead of leads) {
    if (lead.derived || lead.samples.length === 0) continue;
    if (!(lead.sampleRateHz > 0) || !Number.isFinite(lead.startSeconds))
      throw new EcgFormatError('unsupported', `Lead ${lead.name} has no sampling rate or no time.`);
    const key = [lead.sampleRateHz, lead.startSeconds, lead.samples.length].join(' ');
    const known = byTime.get(key);
    if (known) known.push(lead);
    else byTime.set(key, [lead]);
  }
  return [...byTime.values()].map((together) => groupOf(together, beat));
}

function groupOf(leads: readonly EcgLead[], beat: boolean): MultiplexGroup {
  const [first] = leads;
  if (!first) throw new EcgFormatError('no-waveform', 'A group without leads.');
  let gaps = false;
  let bits: 16 | 32 = 16;
  for (const { samples, missingValue, name } of leads)
    for (const sample of samples)
      if (sample === missingValue) gaps = true;
      // -32,768 is what readers take for a gap in 16 bits.
      else if (sample <= LOWEST[16] || sample > 0x7fff) {
        bits = 32;
        if (sample === LOWEST[32])
          throw new EcgFormatError('unsupported', `Lead ${name} uses the whole range of 32 bits, with none for gaps.`);
      }
  return {
    beat,
    leads,
    sampleRateHz: first.sampleRateHz,
    startSeconds: first.startSeconds,
    samples: first.samples.length,
    bits,
    ...(gaps ? { padding: LOWEST[bits] } : {}),
  };
}

/** WaveformData, little endian, channels side by side: samples `from` to before `to` of each lead. */
export function waveformData(group: MultiplexGroup, from: number, to: number): Uint8Array {
  const { leads, bits, padding = 0 } = group;
  const bytes = new Uint8Array((to - from) * leads.length * (bits / 8));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let i = from; i < to; i++)
    for (const { samples, missingValue } of leads) {
      const stored = samples[i] ?? 0;
      const sample = stored === missingValue ? padding : stored;
      if (bits === 16) view.setInt16(at, sample, true);
      else view.setInt32(at, sample, true);
      at += bits / 8;
    }
  return bytes;
}
