import { describe, expect, it } from '@jest/globals';
import { sampleHolter } from '#libs/formats/samples';
import { cutRecording, secondsOf } from '../cut-recording.js';
import type { EcgRecording } from '../ecg-recording.js';
import { readEcg } from '../read-ecg.js';
import type { EcgStretch } from './ecg-reel.js';
import { openEcgReel, REEL_HEAD } from './open-ecg-reel.js';

/** 90 s of 3 leads at 200 Hz in records of 0.8 s, with an annotation in the record at 40 s. */
function edf(plus: string): Buffer {
  const [leads, records, perRecord] = [3, 113, 160];
  const [note, width] = [60, (leads + 1) * 256];
  const fields: [number, (lead: number) => string][] = [
    [16, (lead) => ['ECG II', 'ECG V1', 'ECG V5', 'EDF Annotations'][lead]!],
    [80, () => ''],
    [8, () => 'uV'],
    [8, () => '-32768'],
    [8, () => '32767'],
    [8, () => '-32768'],
    [8, () => '32767'],
    [80, () => ''],
    [8, (lead) => String(lead === leads ? note / 2 : perRecord)],
    [32, () => ''],
  ];
  const head =
    `${'0'.padEnd(8)}${'P-7 M 02-AUG-1951 X'.padEnd(80)}${'Startdate 24-JAN-2026 X X X'.padEnd(80)}24.01.2608.30.00` +
    `${String(width + 256).padEnd(8)}${plus.padEnd(44)}${String(records).padEnd(8)}${'0.8'.padEnd(8)}${String(leads + 1).padEnd(4)}` +
    fields.map(([size, of]) => Array.from({ length: leads + 1 }, (_, lead) => of(lead).padEnd(size)).join('')).join('');
  const data = Array.from({ length: records }, (_, record) => {
    const bytes = Buffer.alloc(leads * perRecord * 2 + note);
    for (let i = 0; i < leads * perRecord; i += 1) bytes.writeInt16LE(((record * 997 + i * 31) % 4000) - 2000, i * 2);
    const at = (record * 0.8).toFixed(1);
    bytes.write(`+${at}\x14\x14\0${record === 50 ? '+40.2\x14chest pain\x14\0' : ''}`, leads * perRecord * 2);
    return bytes;
  });
  return Buffer.concat([Buffer.from(head, 'latin1'), ...data]);
}

const STRETCHES: EcgStretch[] = [
  { fromSeconds: 0, seconds: 10 },
  { fromSeconds: 0.003, seconds: 0.004 },
  { fromSeconds: 39.9, seconds: 7.33 },
  { fromSeconds: 12, seconds: 0.8 },
  { fromSeconds: 85, seconds: 60 },
  { fromSeconds: 200, seconds: 5 },
];
const content = ({ leads }: EcgRecording): unknown =>
  leads.map((lead) => ({ ...lead, samples: [...lead.samples], startSeconds: Math.round(lead.startSeconds * 1e6) }));

describe.each([
  ['ISHNE', sampleHolter({ patientId: 'H-1', seconds: 90.4 }).bytes, 90.4],
  ['EDF', edf(''), 90.4],
  ['EDF+C', edf('EDF+C'), 90.4],
])('an %s file as a reel', (_, bytes, seconds) => {
  const reel = openEcgReel(bytes.subarray(0, 4096), bytes.length)!;
  const whole = readEcg(bytes);

  it('says what its reader says, without the samples', () => {
    const { leads, notes: _notes, ...facts } = reel.recording;
    expect(whole).toMatchObject(facts);
    expect(leads.map((lead) => ({ ...lead, samples: 0 }))).toEqual(
      whole.leads.map((lead) => ({ ...lead, samples: 0 })),
    );
    expect(reel.seconds).toBeCloseTo(seconds, 6);
    expect(secondsOf(whole)).toBeCloseTo(seconds, 6);
  });

  it.each(STRETCHES)('gives the stretch of $seconds s from $fromSeconds s as the whole has it', (stretch) => {
    const { start, length } = reel.bytesOf(stretch);
    const cut = reel.cut(bytes.subarray(start, start + length), stretch);
    expect(content(cut)).toEqual(content(cutRecording(whole, stretch)));
  });

  it('gives adjoining stretches that make the whole', () => {
    const parts = [0, 31.7, 63.1].map((fromSeconds, i) => {
      const stretch = { fromSeconds, seconds: [31.7, 31.4, 30][i]! };
      const { start, length } = reel.bytesOf(stretch);
      return reel.cut(bytes.subarray(start, start + length), stretch);
    });
    whole.leads.forEach((lead, i) => {
      const joined = parts.flatMap(({ leads }) => [...leads[i]!.samples]);
      expect(Int32Array.from(joined)).toEqual(lead.samples);
    });
  });
});

describe('openEcgReel', () => {
  it("keeps an EDF+'s annotations with the stretch that they lie in", () => {
    const bytes = edf('EDF+C');
    const reel = openEcgReel(bytes.subarray(0, REEL_HEAD), bytes.length)!;
    const notes = (fromSeconds: number): readonly string[] => {
      const stretch = { fromSeconds, seconds: 10 };
      const { start, length } = reel.bytesOf(stretch);
      return reel.cut(bytes.subarray(start, start + length), stretch).notes;
    };
    expect(notes(35)).toEqual(['At 40.2 s: chest pain']);
    expect(notes(50)).toEqual([]);
  });

  it('is for no file that has to be read whole', () => {
    expect(openEcgReel(edf('EDF+D'), edf('EDF+D').length)).toBeNull();
    expect(openEcgReel(Buffer.from('%PDF-1.7'), 8)).toBeNull();
  });

  it('refuses what the size shows to be cut short', () => {
    const { bytes } = sampleHolter({ patientId: 'H-1', seconds: 20 });
    expect(() => openEcgReel(bytes.subarray(0, 4096), bytes.length - 6)).toThrow(/truncated|declares/);
    const whole = edf('');
    expect(() => openEcgReel(whole.subarray(0, 4096), whole.length - 1)).toThrow(/declares 113 records/);
  });
});
