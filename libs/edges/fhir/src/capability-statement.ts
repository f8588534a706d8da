import { DIAGNOSTIC_REPORT_PARAMETERS } from './diagnostic-report.controller.js';
import { IMAGING_STUDY_PARAMETERS } from './imaging-study.controller.js';
import { PATIENT_PARAMETERS } from './patient.controller.js';
import { present, type Resource } from './resource.js';
import { SERVICE_REQUEST_PARAMETERS } from './service-request.controller.js';

/** The day on which what is said here last changed. */
const DATE = '2026-11-23';
const TYPES: Record<string, string> = {
  _id: 'token',
  _lastUpdated: 'date',
  identifier: 'token',
  status: 'token',
  code: 'token',
  patient: 'reference',
};
const DEFINED: Record<string, string> = {
  _id: 'http://hl7.org/fhir/SearchParameter/Resource-id',
  _lastUpdated: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated',
};

const NOTES: Record<string, string> = {
  patient: 'An id or a reference; the chain patient.identifier is supported too.',
  _lastUpdated: 'Prefixes eq, ge, le, gt, lt, sa, eb; may be repeated.',
};

const resource = (type: string, parameters: readonly string[], documentation: string) => ({
  type,
  interaction: [{ code: 'read' }, ...(parameters.length > 0 ? [{ code: 'search-type' }] : [])],
  versioning: 'no-version',
  documentation,
  ...(parameters.length === 0
    ? {}
    : {
        // A chained name (patient.identifier) is no search parameter of its own; the documentation of `patient` names it.
        searchParam: parameters
          .filter((name) => !name.includes('.'))
          .map((name) => present({ name, definition: DEFINED[name], type: TYPES[name]!, documentation: NOTES[name] })),
      }),
});

/** @param base where FHIR lives, without a slash at the end */
export function capabilityStatement(base: string): Resource {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: DATE,
    publisher: 'Qiao',
    kind: 'instance',
    software: { name: 'Qiao' },
    implementation: { description: 'Signed reports, studies and requests of the own organisation', url: base },
    fhirVersion: '4.0.1',
    format: ['json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Searches answer in pages (_count up to 100); follow the next links. DiagnosticReport is in order of meta.lastUpdated: ask on with _lastUpdated=gt<the last one seen>.',
        security: {
          service: [
            { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'OAuth' }] },
          ],
          description: 'Bearer tokens by OAuth 2.0 client_credentials; a client sees its own organisation.',
        },
        resource: [
          resource(
            'DiagnosticReport',
            DIAGNOSTIC_REPORT_PARAMETERS,
            'Final and amended reports, signed; the PDF is in presentedForm.',
          ),
          resource('ImagingStudy', IMAGING_STUDY_PARAMETERS, 'Received DICOM studies, newest first.'),
          resource('Patient', PATIENT_PARAMETERS, "Patients by the organisation's number or ID card."),
          resource('ServiceRequest', SERVICE_REQUEST_PARAMETERS, 'Exam requests.'),
          resource(
            'Binary',
            [],
            'The signed PDF of the report with this id; Accept: application/pdf gives it as it is.',
          ),
        ],
      },
    ],
  };
}
