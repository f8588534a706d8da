import type { DicomJson, PixelDataLocation } from '#libs/formats/dicom';
import type { EcgSource } from '#libs/formats/ecg';

/** first: the one served. re-encoded / conflict: kept beside it under its own digest, never served in its place. */
export type Standing = 'first' | 're-encoded' | 'conflict';

/** dicom for every DICOM instance, else the ECG format that the object is in; pdf: an ECG that is a document. */
export type StoredFormat = 'dicom' | EcgSource | 'pdf';

export interface StoredInstance {
  id: string;
  organisation: string;
  sopInstanceUid: string;
  sopClassUid: string;
  transferSyntaxUid: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
  /** hex SHA-256 by `instanceDigest` (dicom) or of the file (an ECG in a format of its own) */
  digest: string;
  standing: Standing;
  format: StoredFormat;
  objectKey: string;
  sizeBytes: number;
  /** where the data set begins in the object: behind the file meta that Qiao wrote */
  datasetOffset: number;
  pixelData: PixelDataLocation | null;
  attributes: DicomJson;
  source: InstanceSource;
}

export interface InstanceSource {
  /** `reading`: Qiao made it of what a reader marked */
  transport: 'dimse' | 'stow' | 'upload' | 'ecg' | 'reading';
  /** AE title, client id or account id */
  sender: string;
  /** what the sender calls it: a file name, where there is one */
  name?: string;
  /** what the sender says of the patient where the file is silent */
  supplement?: { patientId?: string; patientName?: string; idCard?: string; accessionNumber?: string };
}

/** How receiving ended; each of these is a success for the sender: the bytes are safe. */
export interface Receipt {
  outcome: 'stored' | 'duplicate' | 're-encoded' | 'conflict';
  instanceId: string;
  sopInstanceUid: string;
  sopClassUid: string;
  studyInstanceUid: string;
  seriesInstanceUid: string;
}
