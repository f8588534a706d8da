import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Fhir } from 'fhir';
import {
  detectEcgFormat,
  EcgFormatError,
  type EcgLead,
  type EcgRecording,
  readCsv,
  readDicomWaveform,
  readEcg,
  readWfdb,
  writeCsv,
  writeDicomWaveform,
  writeFhirObservations,
} from '#libs/formats/ecg';
import { hasCounterpart } from '#test/counterpart';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');
const folder = join(root, 'ecg');
const scratch = mkdtempSync(join(tmpdir(), 'ecg-out-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const identity = {
  studyInstanceUid: '2.25.101',
  seriesInstanceUid: '2.25.102',
  sopInstanceUid: (instanceNumber: number) => `2.25.103.${instanceNumber}`,
  receivedAt: '2026-01-02T03:04:05+08:00',
};

const identityUuid = '00000000-0000-4000-8000-000000000000';

/** Every file that a reader of this version takes; it grows with the readers. */
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => join(parentPath, name))
  .filter((path) => detectEcgFormat(readFileSync(path)) !== null);
const readable = files.flatMap((path): [string, EcgRecording][] => {
  try {
    return [[path.slice(folder.length + 1), readEcg(readFileSync(path))]];
  } catch (error) {
    if (error instanceof EcgFormatError) return [];
    throw error;
  }
});

/** Samples with gaps as null, whatever number stands for a gap. */
function values({ samples, missingValue }: EcgLead): (number | null)[] {
  return Array.from(samples, (value) => (value === missingValue ? null : value));
}

function facts({ name, sampleRateHz, microvoltsPerUnit, baselineMicrovolts, derived, ...lead }: EcgLead): unknown {
  const { startSeconds, skewSeconds = 0, filter } = lead;
  return { name, sampleRateHz, microvoltsPerUnit, baselineMicrovolts, derived, startSeconds, skewSeconds, filter };
}

/** The instances of one series as one recording: leads of one name, one behind the other. */
function joined(instances: readonly EcgRecording[]): EcgLead[] {
  const leads = new Map<string, EcgLead[]>();
  for (const lead of instances.flatMap((instance) => instance.leads))
    leads.set(lead.name, [...(leads.get(lead.name) ?? []), lead]);
  return [...leads.values()].map((pieces) => {
    const samples = new Int32Array(pieces.reduce((sum, piece) => sum + piece.samples.length, 0));
    let at = 0;
    for (const piece of pieces) {
      samples.set(piece.samples, at);
      at += piece.samples.length;
    }
    return { ...(pieces[0] as EcgLead), samples };
  });
}

function expectSameLeads(actual: readonly EcgLead[], expected: readonly EcgLead[]): void {
  const stored = expected.filter(({ derived, samples }) => !derived && samples.length > 0);
  const byName = (leads: readonly EcgLead[]): EcgLead[] => [...leads].sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(byName(actual).map(facts)).toEqual(byName(stored).map(facts));
  const others = byName(stored);
  for (const [index, lead] of byName(actual).entries()) expect(values(lead)).toEqual(values(others[index] as EcgLead));
}

const hasDciodvfy = hasCounterpart('dciodvfy');

function errorsOf(bytes: Uint8Array): string[] {
  const path = join(scratch, 'ecg.dcm');
  writeFileSync(path, bytes);
  const { stderr, stdout } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
  return `${stderr}\n${stdout}`.split('\n').filter((line) => line.startsWith('Error'));
}

it('reads at least the DICOM and the aECG files', () => {
  expect(readable.map(([name]) => name.split('/')[0])).toEqual(expect.arrayContaining(['dicom', 'aecg']));
});

describe.each(readable)('%s as DICOM', (_, recording) => {
  const written = writeDicomWaveform(recording, identity);
  const again = written.map((bytes) => readDicomWaveform(bytes));

  it('comes back exactly: samples, scale, time, filters, beats', () => {
    expectSameLeads(joined(again), recording.leads);
    expectSameLeads(again[0]?.representativeBeats ?? [], recording.representativeBeats ?? []);
  });

  it('comes back with its patient, device, time, measurements and statements', () => {
    const [first] = again;
    expect(first?.patient).toEqual(recording.patient);
    expect(first?.device).toEqual(recording.device);
    expect(first?.startTime).toBe(recording.startTime ?? identity.receivedAt);
    expect(first?.measurements).toEqual(recording.measurements);
    expect(first?.statements).toEqual(recording.statements);
  });

  (hasDciodvfy ? it : it.skip)('is valid by dciodvfy', () => {
    for (const bytes of written) expect(errorsOf(bytes)).toEqual([]);
  });
});

/** Those that are several files. */
const records = [
  ['100.hea', '100.dat'],
  ['s0010_re.hea', 's0010_re.dat', 's0010_re.xyz'],
].map((names): [string, EcgRecording] => [
  `wfdb/${names[0]}`,
  readWfdb(names.map((name) => ({ name, bytes: readFileSync(join(folder, 'wfdb', name)) }))),
]);

describe.each([...readable, ...records])('%s as CSV', (_, recording) => {
  const texts = writeCsv(recording).map((pieces) => Buffer.from([...pieces].join('')));
  const again = texts.map((text) => readCsv(text));

  it('is one file, found by its content', () => {
    expect(texts.map((text) => detectEcgFormat(text))).toEqual(['csv']);
  });

  it('comes back exactly: samples, scale, time, filters', () => {
    expectSameLeads(again[0]?.leads ?? [], recording.leads);
  });

  it('comes back with its patient, device, time, measurements and statements', () => {
    const { patient, device, startTime, measurements, statements } = recording;
    expect(again[0]).toMatchObject({ patient, measurements, statements });
    expect([again[0]?.device, again[0]?.startTime]).toEqual([device, startTime]);
  });
});

const short = [...readable, ...records].filter(([name]) => name !== 'wfdb/100.hea');

describe.each(short)('%s as FHIR', (_, recording) => {
  const bundle = writeFhirObservations(
    recording,
    { sopInstanceUid: '2.25.1', uuid: () => identityUuid, subject: { display: 'A' }, performer: 'B', zone: '+08:00' },
    [],
  );

  it('is valid R4 by a validator that is not ours', () => {
    const { messages } = new Fhir().validate(JSON.stringify(bundle), { errorOnUnexpected: true });
    expect(messages.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('holds the samples of every lead exactly', () => {
    const { component } = bundle.entry[0]!.resource as {
      component: { code: { text: string }; valueSampledData: { data: string; factor: number } }[];
    };
    const stored = recording.leads.filter(({ derived }) => !derived);
    expect(component.map(({ code, valueSampledData }) => [code.text, valueSampledData.factor])).toEqual(
      stored.map(({ name, microvoltsPerUnit }) => [name, microvoltsPerUnit]),
    );
    for (const [index, { valueSampledData }] of component.entries())
      expect(valueSampledData.data.split(' ').map((text) => (text === 'E' ? null : Number(text)))).toEqual(
        values(stored[index] as EcgLead),
      );
  });
});

it('record 100 of half an hour is too long for FHIR', () => {
  const [[, record100]] = records as [[string, EcgRecording]];
  const about = { sopInstanceUid: '2.25.1', uuid: () => identityUuid, subject: {}, performer: 'B', zone: '+08:00' };
  expect(() => writeFhirObservations(record100, about, [])).toThrow(/too long/);
});

describe('a resting ECG of a minute', () => {
  const [, base] = readable.find(([name]) => name === 'dicom/pydicom__waveform_ecg.dcm') as [string, EcgRecording];
  const long: EcgRecording = {
    ...base,
    startTime: '2026-11-22T23:59:50+08:00',
    leads: base.leads.map((lead) => {
      const samples = new Int32Array(lead.samples.length * 6);
      for (let i = 0; i < 6; i++) samples.set(lead.samples, i * lead.samples.length);
      return { ...lead, samples };
    }),
  };
  const written = writeDicomWaveform(long, identity);

  it('is four instances of 16 s, each with the time that it begins at', () => {
    const again = written.map((bytes) => readDicomWaveform(bytes));
    expect(again.map(({ startTime }) => startTime)).toEqual([
      '2026-11-22T23:59:50+08:00',
      '2026-11-23T00:00:06+08:00',
      '2026-11-23T00:00:22+08:00',
      '2026-11-23T00:00:38+08:00',
    ]);
    expect(again.map(({ leads }) => leads[0]?.samples.length)).toEqual([16_000, 16_000, 16_000, 12_000]);
    expectSameLeads(joined(again), long.leads);
  });

  (hasDciodvfy ? it : it.skip)('is valid by dciodvfy', () => {
    for (const bytes of written) expect(errorsOf(bytes)).toEqual([]);
  });
});
