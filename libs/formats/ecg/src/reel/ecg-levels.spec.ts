import { describe, expect, it } from '@jest/globals';
import { cutRecording } from '../cut-recording.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { ECG_LEVELS, EcgLevelsReader, EcgLevelsWriter } from './ecg-levels.js';

const SECONDS = 1500;

/** Values that a pair's own place can be told from, at a rate that does not divide into pairs. */
function recording(): EcgRecording {
  const lead = (name: string, sampleRateHz: number, more: Partial<EcgLead> = {}): EcgLead => ({
    name,
    samples: Int32Array.from({ length: SECONDS * sampleRateHz }, (_, i) => ((i * 7919) % 5000) - 2500),
    sampleRateHz,
    microvoltsPerUnit: 2.5,
    baselineMicrovolts: 100,
    derived: false,
    startSeconds: 0,
    ...more,
  });
  const silent = lead('V1', 128, { missingValue: -99_999 });
  silent.samples.fill(-99_999, 128 * 700, 128 * 701);
  return {
    patient: {},
    leads: [lead('II', 180), silent],
    measurements: [],
    statements: [],
    notes: [],
    source: 'ishne',
  };
}

/** Lowest and highest of each 40 ms by a plain search through all samples. */
function expected({ samples, sampleRateHz, missingValue }: EcgLead, fromSeconds: number, seconds: number): number[] {
  const pairs: number[] = [];
  for (let pair = Math.round(fromSeconds * 25); pair < Math.round((fromSeconds + seconds) * 25); pair += 1) {
    const inside = [
      ...samples.subarray(Math.floor((pair * sampleRateHz) / 25) - 2, Math.ceil(((pair + 1) * sampleRateHz) / 25) + 2),
    ];
    const first = Math.max(0, Math.floor((pair * sampleRateHz) / 25) - 2);
    const values = inside
      .filter((value, i) => value !== missingValue && Math.floor(((first + i) * 25) / sampleRateHz + 1e-9) === pair)
      .map((value) => Math.round((value * 2.5 + 100) / 10));
    pairs.push(
      ...(values.length === 0 ? [ECG_LEVELS.nothing, ECG_LEVELS.nothing] : [Math.min(...values), Math.max(...values)]),
    );
  }
  return pairs;
}

describe('levels of a long ECG', () => {
  const whole = recording();
  const writer = new EcgLevelsWriter(['II', 'V1'], SECONDS);
  for (let fromSeconds = 0; fromSeconds < SECONDS; fromSeconds += 131)
    writer.push(cutRecording(whole, { fromSeconds, seconds: 131 }));
  const bytes = writer.end({ beats: 7 });
  const reader = EcgLevelsReader.open(bytes.subarray(0, EcgLevelsReader.HEAD));

  it('names the leads and how long they are', () => {
    expect(reader.leads).toEqual(['II', 'V1']);
    expect(reader.seconds).toBe(SECONDS);
    expect(reader.about).toEqual({ beats: 7 });
  });

  it.each([
    ['II', 100, 20],
    ['II', 590, 20],
    ['V1', 695, 10],
    ['V1', 1195.2, 12],
  ] as const)('has the extremes of lead %s from %d s on', (name, fromSeconds, seconds) => {
    const { start, length } = reader.bytesOf(name, fromSeconds, seconds);
    const cut = reader.cut(bytes.subarray(start, start + length), name, fromSeconds, seconds);
    const lead = whole.leads.find((one) => one.name === name)!;
    expect([...cut]).toEqual(expected(lead, fromSeconds, seconds));
  });

  it('ends where the recording does', () => {
    const { start, length } = reader.bytesOf('II', SECONDS - 2, 100);
    expect(start + length).toBeLessThan(bytes.length);
    expect(reader.cut(bytes.subarray(start, start + length), 'II', SECONDS - 2, 100)).toHaveLength(2 * 25 * 2);
    expect(reader.bytesOf('II', 9999, 10).length).toBe(0);
  });

  it('refuses what is none', () => {
    expect(() => EcgLevelsReader.open(Buffer.from('qiao-ecg-levels'))).toThrow('These are no levels');
    expect(() => EcgLevelsReader.open(bytes.subarray(0, 30))).toThrow('These are no levels');
    expect(() => reader.bytesOf('aVR', 0, 1)).toThrow('no lead aVR');
  });
});
