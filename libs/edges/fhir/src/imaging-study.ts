import type { SeriesSummary, StudySummary } from '#libs/catalogue';
import { present, type Resource } from './resource.js';
import { accessionSystem, DICOM_UID_SYSTEM, patientSystem } from './systems.js';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';

/** A received study as R4's ImagingStudy; its id is the examination's. */
export function imagingStudy(study: StudySummary, series: readonly SeriesSummary[]): Resource {
  return present({
    resourceType: 'ImagingStudy',
    id: study.id,
    meta: { lastUpdated: study.lastReceivedAt.toISOString() },
    identifier: [
      { system: DICOM_UID_SYSTEM, value: `urn:oid:${study.studyInstanceUid}` },
      ...(study.accessionNumber ? [{ system: accessionSystem(study.organisation), value: study.accessionNumber }] : []),
    ],
    status: 'available',
    modality: study.modalities.length > 0 ? study.modalities.map((code) => ({ system: DCM, code })) : null,
    subject: present({
      reference: `Patient/${study.patientId}`,
      type: 'Patient',
      identifier: { system: patientSystem(study.organisation), value: study.patient.number },
      display: study.patient.name,
    }),
    started: study.examinedAt?.toISOString(),
    numberOfSeries: series.length,
    numberOfInstances: series.reduce((sum, one) => sum + one.instances, 0),
    description: study.description,
    // Series.modality is required in R4; OT is DICOM's word for what does not say.
    series:
      series.length > 0
        ? series.map((one) =>
            present({
              uid: one.seriesInstanceUid,
              number: one.number !== null && one.number >= 0 ? one.number : null,
              modality: { system: DCM, code: one.modality ?? 'OT' },
              description: one.description,
              numberOfInstances: one.instances,
            }),
          )
        : null,
  });
}
