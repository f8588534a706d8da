/**
 * FHIR R4 (4.0.1) at `/fhir/R4`: metadata; search and read of DiagnosticReport, ImagingStudy, Patient and ServiceRequest; Binary as the
 * signed PDF of a report. Callers with `fhir.read`, their own organisation alone; every answer about a patient and every try beyond the
 * own organisation is in the audit. Errors are OperationOutcomes.
 */
export { FhirModule } from './fhir.module.js';
