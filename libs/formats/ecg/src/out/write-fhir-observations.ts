import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgMeasurement, EcgRecording } from '../ecg-recording.js';
import { tidy } from '../microvolts.js';
import { EKG_STUDY, leadCoding, measurementCodings, POTENTIAL, ucumCode } from './fhir-codes.js';

/** What the Observations must name and no recording knows. */
export interface FhirEcgIdentity {
  /** Of the object that the recording came as. */
  readonly sopInstanceUid: string;
  /** A UUID of one of the Observations, the same whenever it is asked for. */
  readonly uuid: (part: 'waveform' | 'device' | 'computed') => string;
  /** A Reference(Patient). */
  readonly subject: FhirElement;
  /** Name of the institution that recorded. */
  readonly performer: string;
  /** '+08:00': of times that the file gives without one. FHIR takes no time without a zone. */
  readonly zone: string;
}

export interface FhirElement {
  readonly [element: string]: unknown;
}
export interface FhirBundle extends FhirElement {
  readonly resourceType: 'Bundle';
  readonly entry: readonly { readonly fullUrl: string; readonly resource: FhirElement }[];
}

/** R4, datatypes.html: a string has at most a megabyte. */
const LONGEST_DATA = 1024 * 1024;
const UCUM = 'http://unitsofmeasure.org';
const TIME_OFFSET = 'http://hl7.org/fhir/StructureDefinition/observation-timeOffset';
const CATEGORY = {
  coding: [
    { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'procedure', display: 'Procedure' },
  ],
};

/**
 * The recording as FHIR R4: a Bundle (collection) of the waveform, of what the device found, and of what was computed here, each an
 * Observation of its own (LOINC 11524-6), the latter two `preliminary`, with a method that says whose they are, and derived from the first.
 *
 * The waveform has a component for each stored lead, a SampledData in its stored steps: microvolt = value * factor + origin, `period` in
 * milliseconds, E where there is no sample; a lead that begins later says so in milliseconds by R4's extension timeOffset. Derived leads and
 * averaged beats are left out. `computed` as the house's measurements.
 *
 * @throws EcgFormatError unsupported: a lead longer than FHIR's strings, or without a scale or rate; no-waveform.
 */
export function writeFhirObservations(
  recording: EcgRecording,
  identity: FhirEcgIdentity,
  computed: readonly EcgMeasurement[],
): FhirBundle {
  const leads = recording.leads.filter(({ derived, samples }) => !derived && samples.length > 0);
  if (leads.length === 0) throw new EcgFormatError('no-waveform', 'The recording has no stored samples.');
  const url = (part: Parameters<FhirEcgIdentity['uuid']>[0]): string => `urn:uuid:${identity.uuid(part)}`;
  const { measurements, statements } = recording;
  const common = {
    resourceType: 'Observation',
    category: [CATEGORY],
    subject: identity.subject,
    ...effective(recording.startTime, identity.zone),
  };
  const derivedFrom = [{ reference: url('waveform'), type: 'Observation' }];
  const device = deviceOf(recording);
  const waveform = {
    ...common,
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${identity.sopInstanceUid}` }],
    status: 'final',
    code: { coding: [EKG_STUDY, POTENTIAL], text: '心电图波形 ECG waveform' },
    performer: [{ type: 'Organization', display: identity.performer }],
    ...(device ? { device } : {}),
    ...notesOf(recording, leads),
    component: leads.map(leadComponent),
  };
  const found = [...measurements.flatMap(measurementComponent), ...statements.flatMap(statementComponent)];
  const byDevice = {
    ...common,
    status: 'preliminary',
    code: { coding: [EKG_STUDY], text: '设备测量 Measurements by the device' },
    performer: [{ type: 'Organization', display: identity.performer }],
    method: { text: '由心电图机自动测量，未经医生确认 Measured by the recording device, not confirmed by a doctor' },
    ...(device ? { device } : {}),
    derivedFrom,
    component: found,
  };
  const byUs = {
    ...common,
    status: 'preliminary',
    code: { coding: [EKG_STUDY], text: '计算值 Computed measurements' },
    method: { text: '由系统计算，供医生确认 Computed, for the doctor to confirm' },
    device: { type: 'Device', display: 'Qiao' },
    derivedFrom,
    component: computed.flatMap(measurementComponent),
  };
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      { fullUrl: url('waveform'), resource: waveform },
      ...(found.length > 0 ? [{ fullUrl: url('device'), resource: byDevice }] : []),
      ...(computed.length > 0 ? [{ fullUrl: url('computed'), resource: byUs }] : []),
    ],
  };
}

/** Nothing where the file has no time. */
function effective(startTime: string | undefined, zone: string): { effectiveDateTime?: string } {
  const [, date, clock, seconds, own] =
    /^((?!0000)\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(
      startTime ?? '',
    ) ?? [];
  if (date === undefined) return {};
  return { effectiveDateTime: clock === undefined ? date : `${date}T${clock}${seconds ?? ':00'}${own ?? zone}` };
}

function deviceOf({ device }: EcgRecording): FhirElement | undefined {
  const display = words([device?.manufacturer, device?.model].filter((one) => one !== undefined).join(' '));
  const serial = words(device?.serial ?? '');
  if (display === '' && serial === '') return undefined;
  return {
    type: 'Device',
    ...(serial === '' ? {} : { identifier: { value: serial } }),
    ...(display === '' ? {} : { display }),
  };
}

/** What was odd about the file, and the recorder's filters, which SampledData has no place for. */
function notesOf({ notes }: EcgRecording, leads: readonly EcgLead[]): { note?: { text: string }[] } {
  const filters = new Map<string, string[]>();
  for (const { name, filter } of leads) {
    const said = [
      ...(filter?.lowHz === undefined ? [] : [`from ${filter.lowHz} Hz`]),
      ...(filter?.highHz === undefined ? [] : [`to ${filter.highHz} Hz`]),
      ...(filter?.notchHz === undefined ? [] : [`without ${filter.notchHz} Hz`]),
    ].join(', ');
    if (said !== '') filters.set(said, [...(filters.get(said) ?? []), words(name)]);
  }
  const texts = [
    ...[...filters].map(([said, names]) => `Filtered by the recorder, ${said}: ${names.join(', ')}.`),
    ...notes.map(words),
  ].filter((text) => text !== '');
  return texts.length === 0 ? {} : { note: texts.map((text) => ({ text })) };
}

function leadComponent(lead: EcgLead): FhirElement {
  const { name, sampleRateHz, microvoltsPerUnit, baselineMicrovolts, startSeconds, skewSeconds = 0 } = lead;
  if (
    !(sampleRateHz > 0 && Number.isFinite(sampleRateHz)) ||
    !(microvoltsPerUnit !== 0 && Number.isFinite(microvoltsPerUnit))
  )
    throw new EcgFormatError('unsupported', `Lead ${name} has no sampling rate or no scale.`);
  const offset = Math.round((startSeconds + skewSeconds) * 1000);
  const coding = leadCoding(name);
  return {
    ...(offset === 0 ? {} : { extension: [{ url: TIME_OFFSET, valueInteger: offset }] }),
    code: { ...(coding ? { coding: [coding] } : {}), text: words(name) || 'unnamed' },
    valueSampledData: {
      origin: { value: baselineMicrovolts, unit: 'uV', system: UCUM, code: 'uV' },
      period: tidy(1000 / sampleRateHz),
      factor: microvoltsPerUnit,
      dimensions: 1,
      data: dataOf(lead),
    },
  };
}

function dataOf({ name, samples, missingValue }: EcgLead): string {
  // Each has a digit and a space at least.
  const data = samples.length > LONGEST_DATA / 2 ? undefined : joined(samples, missingValue);
  if (data === undefined || data.length > LONGEST_DATA)
    throw new EcgFormatError('unsupported', `Lead ${name} is too long: FHIR's SampledData holds a megabyte of text.`);
  return data;
}

function joined(samples: Int32Array, missingValue: number | undefined): string {
  return Array.from(samples, (sample) => (sample === missingValue ? 'E' : sample)).join(' ');
}

function measurementComponent({ code, value, unit }: EcgMeasurement): FhirElement[] {
  const text = words(code);
  if (!Number.isFinite(value) || text === '') return [];
  const coding = measurementCodings(code);
  const ucum = ucumCode(unit);
  const said = words(unit);
  return [
    {
      code: { ...(coding.length > 0 ? { coding } : {}), text },
      valueQuantity: {
        value,
        ...(said === '' ? {} : { unit: said }),
        ...(ucum === undefined ? {} : { system: UCUM, code: ucum }),
      },
    },
  ];
}

function statementComponent(statement: string): FhirElement[] {
  const valueString = words(statement);
  return valueString === '' ? [] : [{ code: { text: '设备提示 Statement by the device' }, valueString }];
}

/** FHIR's strings have no control characters and no white space around them. */
function words(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}
