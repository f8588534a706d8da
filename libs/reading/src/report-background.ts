import type { InstanceLocation } from '#libs/catalogue';
import { text } from '#libs/formats/dicom';
import type { WorklistRow } from '#libs/worklist';
import type { ReportBackground } from './domain/contradictions.js';

/** Laterality and Image Laterality (PS3.3 C.7.3.1, C.10.6). */
const LATERALITIES = ['00200060', '00200062'];

/** What a report is held against. Without instances the images say nothing of a side. */
export function reportBackground(read: WorklistRow, instances: readonly InstanceLocation[] = []): ReportBackground {
  return {
    sex: read.patient.sex,
    request: [read.clinicalInformation, read.itemName, read.exam.description].filter(Boolean).join('；'),
    lateralities: instances.flatMap(({ attributes }) => LATERALITIES.flatMap((tag) => text(attributes, tag) ?? [])),
  };
}
