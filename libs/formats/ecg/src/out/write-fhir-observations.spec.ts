import { describe, expect, it } from '@jest/globals';
import { Fhir } from 'fhir';
import { sampleAecg, sampleEcg } from '#libs/formats/samples';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { readEcg } from '../read-ecg.js';
import { leadCoding, measurementCodings } from './fhir-codes.js';
import { type FhirElement, writeFhirObservations } from './write-fhir-observations.js';

const identity = {
  sopInstanceUid: '2.25.17',
  uuid: (part: string) => `00000000-0000-4000-8000-${Buffer.from(part.slice(0, 6)).toString('hex')}`,
  subject: { reference: 'Patient/p', type: 'Patient', display: '王丽' },
  performer: '赵庄镇卫生院',
  zone: '+08:00',
};
const fhir = new Fhir();

/** What a validator that is not ours holds against a resource. LOINC and 11073 are not among its definitions, and its hints say so. */
function faults(resource: FhirElement): string[] {
  return fhir
    .validate(JSON.stringify(resource), { errorOnUnexpected: true })
    .messages.filter(({ severity, location }) => severity === 'error' || !/[.]code$/.test(location ?? ''))
    .map(({ severity, location, message }) => `${severity} ${location}: ${message}`);
}

function lead(name: string, more: Partial<EcgLead> = {}): EcgLead {
  return {
    name,
    samples: Int32Array.of(1, -2, 3),
    sampleRateHz: 360,
    microvoltsPerUnit: 4.88,
    baselineMicrovolts: 0,
    derived: false,
    startSeconds: 0,
    ...more,
  };
}
function recording(leads: readonly EcgLead[], more: Partial<EcgRecording> = {}): EcgRecording {
  return { patient: {}, leads, measurements: [], statements: [], notes: [], source: 'scp', ...more };
}

interface Component {
  readonly extension?: { readonly url: string; readonly valueInteger: number }[];
  readonly code: { readonly coding?: { readonly system: string; readonly code: string }[]; readonly text: string };
  readonly valueSampledData?: {
    readonly origin: { readonly value: number; readonly code: string };
    readonly period: number;
    readonly factor: number;
    readonly data: string;
  };
  readonly valueQuantity?: { readonly value: number; readonly unit?: string; readonly code?: string };
  readonly valueString?: string;
}
interface Observation extends FhirElement {
  readonly component: readonly Component[];
}
const written = (given: EcgRecording, computed: EcgRecording['measurements'] = []): Observation[] =>
  writeFhirObservations(given, identity, computed).entry.map(({ resource }) => resource as Observation);

describe('writeFhirObservations', () => {
  const computed = [
    { code: 'HR', value: 72, unit: 'bpm' },
    { code: 'QTcF', value: 401, unit: 'ms' },
  ];

  it.each([
    ['DICOM', sampleEcg({ seed: 'fhir', patientId: 'F-1' })[0]!.bytes],
    ['aECG', sampleAecg({ seed: 'fhir', patientId: 'F-2' })[0]!.bytes],
  ])('is valid R4, and holds the samples of a recording that came as %s', (_, bytes) => {
    const given = readEcg(bytes);
    const bundle = writeFhirObservations(given, identity, computed);
    expect(faults(bundle)).toEqual([]);
    expect(bundle.entry.flatMap(({ resource }) => faults(resource))).toEqual([]);
    const [waveform] = bundle.entry.map(({ resource }) => resource as Observation);
    const leads = waveform!.component.map(({ code, valueSampledData }) => [
      code.text,
      1000 / valueSampledData!.period,
      valueSampledData!.data
        .split(' ')
        .map((value) => Number(value) * valueSampledData!.factor + valueSampledData!.origin.value),
    ]);
    expect(leads).toEqual(
      given.leads.map(({ name, sampleRateHz, samples, microvoltsPerUnit, baselineMicrovolts }) => [
        name,
        sampleRateHz,
        Array.from(samples, (value) => value * microvoltsPerUnit + baselineMicrovolts),
      ]),
    );
  });

  it('is refused by that validator where it is not R4', () => {
    const { resource } = writeFhirObservations(recording([lead('I')]), identity, []).entry[0]!;
    expect(faults({ ...resource, status: 'done' })).toEqual([expect.stringContaining('status')]);
    expect(faults({ ...resource, effectiveDateTime: 'noon' })).toEqual([expect.stringContaining('effectiveDateTime')]);
    const component = structuredClone(resource['component']) as { valueSampledData: { origin?: unknown } }[];
    delete component[0]!.valueSampledData.origin;
    expect(faults({ ...resource, component })).toEqual([expect.stringContaining('origin')]);
  });

  it('names a lead in 11073-10102, its rate, scale, zero, gaps and when it begins', () => {
    const given = recording([
      lead('I'),
      lead('aVF', { samples: Int32Array.of(5, -9, 5), missingValue: -9, baselineMicrovolts: -1.5, startSeconds: 2.5 }),
      lead('MLII', { sampleRateHz: 125, skewSeconds: 0.002 }),
      lead('III', { derived: true }),
    ]);
    const [{ component, ...waveform } = { component: [] }] = written(given);
    expect(waveform).toMatchObject({
      status: 'final',
      identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:2.25.17' }],
      subject: identity.subject,
      performer: [{ display: '赵庄镇卫生院' }],
    });
    const timeOffset = 'http://hl7.org/fhir/StructureDefinition/observation-timeOffset';
    expect(component.map(({ extension, code }) => [code.coding?.map((one) => one.code), code.text, extension])).toEqual(
      [
        [['131329'], 'I', undefined],
        [['131392'], 'aVF', [{ url: timeOffset, valueInteger: 2500 }]],
        [undefined, 'MLII', [{ url: timeOffset, valueInteger: 2 }]],
      ],
    );
    expect(component.map(({ valueSampledData }) => valueSampledData)).toMatchObject([
      { period: 2.77777777778, factor: 4.88, origin: { value: 0, code: 'uV' }, data: '1 -2 3' },
      { origin: { value: -1.5 }, data: '5 E 5' },
      { period: 8 },
    ]);
  });

  it('keeps what the device found and what was computed here apart from the waveform and from each other', () => {
    const given = recording([lead('I')], {
      device: { manufacturer: '理邦', model: 'SE-1200', serial: '7' },
      measurements: [
        { code: 'QT', value: 420, unit: 'ms' },
        { code: 'RV5+SV1', value: 2.3, unit: 'mV' },
        { code: 'score', value: 3, unit: 'points' },
      ],
      statements: ['窦性心律', ' '],
    });
    const bundle = writeFhirObservations(given, identity, computed);
    expect(bundle.entry.map(({ fullUrl }) => fullUrl)).toEqual(
      ['waveform', 'device', 'computed'].map((part) => `urn:uuid:${identity.uuid(part)}`),
    );
    const [waveform, device, ours] = bundle.entry.map(({ resource }) => resource as Observation);
    expect(faults(bundle)).toEqual([]);
    expect(waveform!.component).toHaveLength(1);
    const derivedFrom = [{ reference: bundle.entry[0]!.fullUrl, type: 'Observation' }];
    expect(device).toMatchObject({
      status: 'preliminary',
      derivedFrom,
      method: { text: expect.stringContaining('not confirmed') },
      device: { display: '理邦 SE-1200', identifier: { value: '7' } },
    });
    expect(
      device!.component.map(({ code, valueQuantity, valueString }) => [code.text, valueQuantity ?? valueString]),
    ).toEqual([
      ['QT', { value: 420, unit: 'ms', system: 'http://unitsofmeasure.org', code: 'ms' }],
      ['RV5+SV1', { value: 2.3, unit: 'mV', system: 'http://unitsofmeasure.org', code: 'mV' }],
      ['score', { value: 3, unit: 'points' }],
      ['设备提示 Statement by the device', '窦性心律'],
    ]);
    expect(ours).toMatchObject({
      status: 'preliminary',
      derivedFrom,
      method: { text: expect.stringContaining('Computed') },
      device: { display: 'Qiao' },
    });
    expect(ours!.component.map(({ code }) => code.text)).toEqual(['HR', 'QTcF']);
  });

  it.each([
    ['2026-03-02T08:15:30', '2026-03-02T08:15:30+08:00'],
    ['2026-03-02T08:15:30.25Z', '2026-03-02T08:15:30.25Z'],
    ['2026-03-02T08:15-05:00', '2026-03-02T08:15:00-05:00'],
    ['2026-03-02', '2026-03-02'],
    ['2026', '2026'],
    ['0000', undefined],
    [undefined, undefined],
  ])('a start of %s is effective at %s', (startTime, expected) => {
    const [waveform] = written(recording([lead('I')], startTime === undefined ? {} : { startTime }));
    expect(waveform!['effectiveDateTime']).toBe(expected);
    expect(faults(waveform!)).toEqual([]);
  });

  it('says what SampledData has no place for', () => {
    const filter = { lowHz: 0.05, highHz: 150, notchHz: 50 };
    const given = recording([lead('I', { filter }), lead('II', { filter }), lead('V1', { filter: { highHz: 40 } })], {
      notes: ['The header says 8 leads.'],
    });
    expect(written(given)[0]!['note']).toEqual([
      { text: 'Filtered by the recorder, from 0.05 Hz, to 150 Hz, without 50 Hz: I, II.' },
      { text: 'Filtered by the recorder, to 40 Hz: V1.' },
      { text: 'The header says 8 leads.' },
    ]);
  });

  it.each([
    ['no lead', recording([lead('III', { derived: true })]), 'no-waveform', /no stored samples/],
    ['a day', recording([lead('I', { samples: new Int32Array(1 << 20) })]), 'unsupported', /too long/],
    ['long numbers', recording([lead('I', { samples: new Int32Array(200_000).fill(-12_345) })]), 'unsupported', /long/],
    ['no scale', recording([lead('I', { microvoltsPerUnit: 0 })]), 'unsupported', /no scale/],
  ])('refuses %s', (_, given, code, message) => {
    expect(() => written(given)).toThrow(EcgFormatError);
    expect(() => written(given)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('codes', () => {
  it('are those that PS3.16 and the examples of FHIR give', () => {
    const names = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V6', 'X'];
    expect(names.map((name) => `${leadCoding(name)?.code} ${leadCoding(name)?.display}`)).toEqual([
      '131329 MDC_ECG_ELEC_POTL_I',
      '131330 MDC_ECG_ELEC_POTL_II',
      '131389 MDC_ECG_ELEC_POTL_III',
      '131390 MDC_ECG_ELEC_POTL_AVR',
      '131391 MDC_ECG_ELEC_POTL_AVL',
      '131392 MDC_ECG_ELEC_POTL_AVF',
      '131331 MDC_ECG_ELEC_POTL_V1',
      '131336 MDC_ECG_ELEC_POTL_V6',
      '131344 MDC_ECG_ELEC_POTL_X',
    ]);
    expect(['QT', 'P-axis', 'QRS-axis', 'T-axis'].map((code) => measurementCodings(code).at(-1)?.code)).toEqual([
      '147232',
      '147200',
      '147204',
      '147208',
    ]);
  });

  it('of LOINC end in their check digit', () => {
    const codes = ['HR', 'RR', 'PR', 'QRS', 'QT', 'QTc', 'P-axis', 'QRS-axis', 'T-axis'].flatMap((code) =>
      measurementCodings(code).filter(({ system }) => system === 'http://loinc.org'),
    );
    expect(codes).toHaveLength(9);
    for (const { code } of codes) {
      const digits = [...code.replace('-', '')].map(Number).toReversed();
      const sum = digits.reduce(
        (total, digit, at) => total + (at % 2 === 0 ? digit : ((digit * 2) % 10) + Math.floor(digit / 5)),
        0,
      );
      expect([code, sum % 10]).toEqual([code, 0]);
    }
  });
});
