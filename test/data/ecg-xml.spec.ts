import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  deriveLimbLeads,
  EcgFormatError,
  type EcgLead,
  type EcgRecording,
  readAecg,
  readEcg,
  readMuse,
  readPhilips,
} from '#libs/formats/ecg';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');
const file = (name: string): Buffer => readFileSync(join(root, 'ecg', name));
const MUSE = ['muse-xml/BRAVEHEART__example1.xml', 'muse-xml/BRAVEHEART__example2.xml'];
const PHILIPS_103 = 'philips-sierra/sierra-ecg-tools__129DYPRG.XML';
const PHILIPS_104 = 'philips-sierra/sierra-ecg-tools__3191723_ZZDEMOPTONLY_1-04_orig.xml';
const STORED = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const TWELVE = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

function refusal(read: () => unknown): { code: string; message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof EcgFormatError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'read', message: '' };
}

function samplesOf(leads: readonly EcgLead[], name: string): Int32Array {
  const lead = leads.find((candidate) => candidate.name === name);
  if (!lead) throw new Error(`No lead ${name}.`);
  return lead.samples;
}

/**
 * Beats by the steepest 20 ms of all leads together (half as steep as in the median of spans of 2 s), in the first 10 s, of which 0.2 s at
 * the end may not hold a whole complex; and their rate by the mean interval.
 */
function countBeats({ leads }: EcgRecording): { beats: number; rate: number } {
  const rate = leads[0]?.sampleRateHz ?? 0;
  const reach = Math.round(rate * 0.02);
  const steep = Array.from({ length: Math.round(9.8 * rate) }, (_, i) =>
    leads.reduce((sum, { samples }) => sum + Math.abs((samples[i + reach] ?? 0) - (samples[i] ?? 0)), 0),
  );
  const tops = [0, 2, 4, 6, 8].map((second) => Math.max(...steep.slice(second * rate, (second + 2) * rate)));
  const limit = (tops.sort((x, y) => x - y)[2] ?? 0) / 2;
  const beats: number[] = [];
  steep.forEach((value, i) => {
    const last = beats.at(-1);
    if (value > limit && (last === undefined || i - last > 0.3 * rate)) beats.push(i);
  });
  const span = (beats.at(-1) ?? 0) - (beats[0] ?? 0);
  return { beats: beats.length, rate: (60 * rate * (beats.length - 1)) / span };
}

function seconds(leads: readonly EcgLead[]): string {
  return String((leads[0]?.samples.length ?? NaN) / (leads[0]?.sampleRateHz ?? NaN));
}

function deviceRate({ measurements }: EcgRecording): number {
  return measurements.find(({ code }) => code === 'HR')?.value ?? NaN;
}

describe('GE MUSE', () => {
  it.each(MUSE)('%s: eight leads and eight median beats, whose CRCs hold', (name) => {
    const recording = readMuse(file(name));
    expect(recording.leads.map((lead) => [lead.name, lead.samples.length])).toEqual(STORED.map((lead) => [lead, 5000]));
    expect(recording.representativeBeats?.map((lead) => [lead.name, lead.samples.length])).toEqual(
      STORED.map((lead) => [lead, 600]),
    );
    for (const lead of [...recording.leads, ...(recording.representativeBeats ?? [])])
      expect({ ...lead, samples: [] }).toMatchObject({
        sampleRateHz: 500,
        microvoltsPerUnit: 4.88,
        derived: false,
        filter: { lowHz: 0.16, highHz: 150, notchHz: 60 },
      });
    expect(deriveLimbLeads(recording).map((lead) => lead.name)).toEqual(['III', 'aVR', 'aVL', 'aVF']);
    expect(recording.notes.filter((note) => note.includes('CRC'))).toEqual([]);
  });

  it('takes what the device measured, and says what was changed later', () => {
    const [first, second] = MUSE.map((name) => readMuse(file(name)));
    expect(first?.measurements.map(({ code, value, unit }) => `${code} ${value} ${unit}`)).toEqual([
      'HR 48 bpm',
      'atrial-rate 48 bpm',
      'PR 138 ms',
      'QRS 96 ms',
      'QT 452 ms',
      'QTc 403 ms',
      'P-axis 51 deg',
      'QRS-axis 20 deg',
      'T-axis 40 deg',
      'QTcF 419 ms',
    ]);
    expect(first?.notes).toEqual([]);
    expect(second?.notes).toEqual(['Measurements were changed after the device: QTc 436 ms, later 437.']);
    expect(first?.device).toEqual({ serial: 'SKJ18310123PA' });
  });

  it('refuses a lead of which one character was changed', () => {
    const text = file(MUSE[0] ?? '').toString('latin1');
    const at = text.lastIndexOf('AAAA');
    const changed = Buffer.from(`${text.slice(0, at)}AAAB${text.slice(at + 4)}`, 'latin1');
    expect(refusal(() => readMuse(changed))).toMatchObject({
      code: 'bad-xml',
      message: expect.stringMatching(/^The CRC of lead V\d does not hold/),
    });
  });
});

describe('Philips', () => {
  it.each([
    [PHILIPS_103, '10.528', 54],
    [PHILIPS_104, '10.6', 0],
  ])(
    '%s: twelve leads of %s s in which I + III is II within 1 unit, but for %d samples stored 2 off',
    (name, long, two) => {
      const { leads, notes } = readPhilips(file(name));
      expect(notes).toEqual([`The calibration pulse of 1 mV after ${long} s is left out.`]);
      expect(seconds(leads)).toBe(long);
      expect(leads.map((lead) => lead.name)).toEqual(TWELVE);
      for (const lead of leads)
        expect({ ...lead, samples: [] }).toMatchObject({
          sampleRateHz: 500,
          microvoltsPerUnit: 5,
          derived: false,
          filter: { lowHz: 0.05, highHz: 150 },
        });
      const [I, II, III, aVR, aVL, aVF] = TWELVE.map((lead) => Array.from(samplesOf(leads, lead)));
      const off = (of: (i: number) => number): number[] => (I ?? []).map((_, i) => Math.abs(of(i)));
      const at = (lead: number[] | undefined, i: number): number => lead?.[i] ?? NaN;
      const einthoven = off((i) => at(I, i) + at(III, i) - at(II, i));
      expect(einthoven.filter((units) => units === 2)).toHaveLength(two);
      expect(einthoven.filter((units) => !(units <= 2))).toEqual([]);
      expect(Math.max(...off((i) => at(aVR, i) + (at(I, i) + at(II, i)) / 2))).toBeLessThanOrEqual(1.5);
      expect(Math.max(...off((i) => at(aVR, i) + at(aVL, i) + at(aVF, i)))).toBeLessThanOrEqual(2);
    },
  );

  it('1.04: what the device said, in UTF-16', () => {
    const recording = readPhilips(file(PHILIPS_104));
    expect(recording).toMatchObject({
      patient: { id: '9999', name: 'ZZDEMOPTONLY ADULT', sex: 'M', birthDate: '1950-01-01' },
      device: { manufacturer: 'Philips Medical Products', model: 'PageWriter Touch', serial: 'EKG1715' },
      startTime: '2010-01-19T15:19:22',
      source: 'philips',
      statements: [
        '- ABNORMAL ECG -',
        'SINUS RHYTHM (normal P axis, V-rate 60-99)',
        'PROBABLE LEFT VENTRICULAR HYPERTROPHY ((RaVL+SV3)xQRSd >280)',
        'ANTERIOR ST ELEVATION, PROBABLY DUE TO LVH (ST >0.20 mV in V1-V4 & LVH)',
      ],
    });
    expect(recording.measurements.map(({ code, value, unit }) => `${code} ${value} ${unit}`)).toEqual([
      'HR 84 bpm',
      'RR 714 ms',
      'atrial-rate 77 bpm',
      'P 148 ms',
      'PR 144 ms',
      'QRS 84 ms',
      'QT 352 ms',
      'QTcB 417 ms',
      'QTcF 394 ms',
      'P-axis 81 deg',
      'QRS-axis 78 deg',
      'T-axis 67 deg',
      'QTc 416 ms',
    ]);
  });

  it('1.04: the representative beats are as high as the device measured R in them', () => {
    const beats = readPhilips(file(PHILIPS_104)).representativeBeats ?? [];
    const text = file(PHILIPS_104).toString('utf16le');
    expect(beats.map((lead) => lead.name)).toEqual(TWELVE);
    for (const name of ['I', 'II', 'III', 'aVF', 'V1', 'V6']) {
      const lead = beats.find((candidate) => candidate.name === name);
      const part = text.slice(text.indexOf(`<leadmeasurement leadname="${name}"`));
      const measured = Number(/<ramp>(\d+)<\/ramp>/.exec(part)?.[1]);
      expect(lead?.samples).toHaveLength(600);
      expect(Math.abs(Math.max(...(lead?.samples ?? [])) * (lead?.microvoltsPerUnit ?? 0) - measured)).toBeLessThan(3);
    }
  });

  it('1.03: what the device said', () => {
    expect(readPhilips(file(PHILIPS_103))).toMatchObject({
      patient: { id: '1112010721168bdc', sex: 'M' },
      device: { model: 'HeartstartMRx', serial: '0001' },
      startTime: '2011-12-01T07:27:34',
      statements: expect.arrayContaining(['Sinus bradycardia (rate< 50)', '>>> Acute MI <<<']),
      measurements: expect.arrayContaining([{ code: 'HR', value: 41, unit: 'bpm' }]),
    });
  });

  it.each([
    ['invalid-doc-type', 'MortaraECG'],
    ['invalid-doc-version', '1.05'],
  ])('%s is refused by name', (name, named) => {
    const { code, message } = refusal(() => readEcg(file(`philips-sierra/sierra-ecg-tools__${name}.xml`)));
    expect(code).toBe('unsupported');
    expect(message).toContain(`'${named}'`);
  });
});

it.each([
  [MUSE[0] ?? '', 8],
  [MUSE[1] ?? '', 10],
  [PHILIPS_103, 6],
  [PHILIPS_104, 13],
])(
  '%s: the rate counted is within 2/min of the device, from the %d complexes that the device counted',
  (name, complexes) => {
    const recording = readEcg(file(name));
    const { beats, rate } = countBeats(recording);
    console.log(name, 'device', deviceRate(recording), 'counted', rate.toFixed(2));
    expect(beats).toBe(complexes);
    expect(Math.abs(rate - deviceRate(recording))).toBeLessThanOrEqual(2);
  },
);

it('an aECG with nothing in it is refused', () => {
  expect(refusal(() => readEcg(file('aecg/aecg-python__empty.xml')))).toMatchObject({ code: 'no-waveform' });
});

/** Numerical Recipes' quick generator: the same mutations on every run. */
function* seeded(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

/** 10,000 of each take minutes; a run of every day does with fewer. */
const MUTATIONS = Number(process.env['QIAO_ECG_MUTATIONS'] ?? 500);

describe('damaged files end in a recording or a refusal, within 2 s', () => {
  const files = [...MUSE, PHILIPS_103, PHILIPS_104, 'aecg/ECGToolkit__Example.xml'];

  function slowest(inputs: Iterable<Buffer>, read: (bytes: Uint8Array) => EcgRecording): Record<string, number> {
    const seen: Record<string, number> = {};
    let slow = 0;
    for (const input of inputs) {
      const start = performance.now();
      const { code } = refusal(() => read(input));
      slow = Math.max(slow, performance.now() - start);
      seen[code] = (seen[code] ?? 0) + 1;
    }
    expect(slow).toBeLessThan(2000);
    return { ...seen, slowestMs: Math.round(slow) };
  }
  const readerOf = (name: string): ((bytes: Uint8Array) => EcgRecording) =>
    name.startsWith('muse') ? readMuse : name.startsWith('aecg') ? readAecg : readPhilips;

  it.each(files)('%s cut off at every 1,000 bytes', (name) => {
    const whole = file(name);
    const cuts = Array.from({ length: Math.ceil(whole.length / 1000) }, (_, i) => whole.subarray(0, i * 1000));
    const seen = slowest(cuts, readerOf(name));
    console.log(name, cuts.length, 'cuts', seen);
    expect(seen['read']).toBeUndefined();
  });

  it.each(files)(
    '%s with seeded mutations',
    (name) => {
      const whole = file(name);
      const random = seeded(name.length);
      const next = (below: number): number => Math.floor((random.next().value / 2 ** 32) * below);
      function* mutants(): Generator<Buffer> {
        for (let i = 0; i < MUTATIONS; i++) {
          const mutant = Buffer.from(whole);
          for (let k = 1 + next(4); k > 0; k--)
            mutant[next(mutant.length)] = next(3) === 0 ? next(256) : 0x20 + next(0x5f);
          yield mutant;
        }
      }
      console.log(name, slowest(mutants(), readerOf(name)));
    },
    600_000,
  );
});
