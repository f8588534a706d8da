import { text } from '../attribute-readers.js';
import type { DicomJson, DicomJsonElement } from '../dicom-json.js';
import { IMPLEMENTATION_VERSION_NAME } from '../uids.js';
import { datasetFromJson } from '../write-from-json.js';
import { dataSet, type ImageReference } from './content-items.js';

/** Where a document belongs and who made it. */
export interface DocumentOrigin {
  /** header of one of the study's own images: patient and study are copied from it */
  readonly image: DicomJson;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly seriesNumber: number;
  readonly instanceNumber: number;
  readonly madeAt: Date;
  readonly author: { readonly name: string; readonly organization: string };
}

/** Type 2 attributes of patient and study (PS3.3 tables C.7-1 and C.7-3): there even when empty. */
const REQUIRED = [
  '00100010',
  '00100020',
  '00100030',
  '00100040',
  '0020000D',
  '00080020',
  '00080030',
  '00080090',
  '00200010',
  '00080050',
];
/** Others of the patient, study and patient study modules that are copied where the image has them. */
const COPIED = [
  '00100021',
  '00100032',
  '00101000',
  '00101001',
  '00102160',
  '00101010',
  '00101020',
  '00101030',
  '00380010',
  '00081030',
  '00080051',
  '00321033',
];
const VRS: Readonly<Record<string, string>> = {
  '00100010': 'PN',
  '00100020': 'LO',
  '00100030': 'DA',
  '00100040': 'CS',
  '0020000D': 'UI',
  '00080020': 'DA',
  '00080030': 'TM',
  '00080090': 'PN',
  '00200010': 'SH',
  '00080050': 'SH',
};
/** Devices in the network without Timezone Offset From UTC keep China Standard Time. */
const ZONE = '+0800';

function patientAndStudy(image: DicomJson): DicomJson {
  const copied: DicomJson = {};
  for (const tag of [...REQUIRED, ...COPIED]) {
    const element = image[tag];
    if (element && element.BulkDataURI === undefined) copied[tag] = element;
    else if (tag in VRS) copied[tag] = { vr: VRS[tag]! };
  }
  return copied;
}

/** Pixel Spacing of image and functional groups, Imager Pixel Spacing, ultrasound regions, modality, frames and zone. */
const FACTS = ['00080060', '00080201', '00280008', '00280030', '00181164', '00186011'];
const PIXEL_MEASURES = '00289110';

function measuresOnly(groups: DicomJsonElement): DicomJsonElement {
  const Value = (groups.Value ?? []).map((group) => {
    const measures = (group as DicomJson)[PIXEL_MEASURES];
    return measures ? { [PIXEL_MEASURES]: measures } : {};
  });
  return { vr: 'SQ', ...(Value.length > 0 && { Value }) };
}

/** Of an image's header what documents about it need, to be kept until they are made. */
export function documentFacts(image: DicomJson): DicomJson {
  const facts: DicomJson = {};
  for (const tag of [...REQUIRED, ...COPIED, ...FACTS]) if (image[tag]) facts[tag] = image[tag];
  for (const tag of ['52009229', '52009230']) if (image[tag]) facts[tag] = measuresOnly(image[tag]);
  return facts;
}

/** DA and TM of a moment in the zone that the image's own times are in. */
function localTime(at: Date, zone: string): { date: string; time: string } {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  const local = new Date(at.getTime() + (zone.startsWith('-') ? -minutes : minutes) * 60_000).toISOString();
  return { date: local.slice(0, 10).replaceAll('-', ''), time: local.slice(11, 19).replaceAll(':', '') };
}

/** Patient, general study, series, equipment, document and SOP common modules of an SR or key object document (PS3.3 C.7, C.12, C.17). */
export function documentHeader(
  origin: DocumentOrigin,
  kind: { sopClassUid: string; modality: 'SR' | 'KO'; description: string },
): DicomJson {
  const given = text(origin.image, '00080201') ?? '';
  const zone = /^[+-]\d{4}$/.test(given) ? given : ZONE;
  const { date, time } = localTime(origin.madeAt, zone);
  return {
    ...patientAndStudy(origin.image),
    ...dataSet({
      SpecificCharacterSet: 'ISO_IR 192',
      InstanceCreationDate: date,
      InstanceCreationTime: time,
      SOPClassUID: kind.sopClassUid,
      SOPInstanceUID: origin.sopInstanceUid,
      TimezoneOffsetFromUTC: zone,
      Modality: kind.modality,
      SeriesInstanceUID: origin.seriesInstanceUid,
      SeriesNumber: origin.seriesNumber,
      SeriesDescription: kind.description,
      ReferencedPerformedProcedureStepSequence: undefined,
      Manufacturer: 'Qiao',
      ManufacturerModelName: 'Qiao',
      SoftwareVersions: IMPLEMENTATION_VERSION_NAME,
      InstitutionName: origin.author.organization.slice(0, 64),
      InstanceNumber: origin.instanceNumber,
      ContentDate: date,
      ContentTime: time,
    }),
  };
}

/** Every image that a document speaks of, once, by series (PS3.3 table C.17-3, Hierarchical SOP Instance Reference Macro). */
export function evidence(studyInstanceUid: string, images: readonly ImageReference[]): DicomJson {
  const series = new Map<string, Map<string, ImageReference>>();
  for (const image of images) {
    const within = series.get(image.seriesInstanceUid) ?? new Map<string, ImageReference>();
    within.set(image.sopInstanceUid, image);
    series.set(image.seriesInstanceUid, within);
  }
  return dataSet({
    StudyInstanceUID: studyInstanceUid,
    ReferencedSeriesSequence: [...series].map(([SeriesInstanceUID, within]) =>
      dataSet({
        SeriesInstanceUID,
        ReferencedSOPSequence: [...within.values()].map((image) =>
          dataSet({ ReferencedSOPClassUID: image.sopClassUid, ReferencedSOPInstanceUID: image.sopInstanceUid }),
        ),
      }),
    ),
  });
}

/** Explicit VR Little Endian; the same document has the same bytes. */
export function documentBytes(document: DicomJson): Buffer {
  const pieces = datasetFromJson(document, { encapsulated: false, lengths: () => undefined });
  return Buffer.concat(pieces.filter((piece): piece is Buffer => Buffer.isBuffer(piece)));
}
