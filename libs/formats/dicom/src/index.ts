/** DICOM bytes ⇄ values: PS3.5 data sets, PS3.10 files, PS3.18 annex F JSON. Pure, no I/O. */
export {
  decimals,
  instanceUids,
  integer,
  nameGroups,
  personName,
  sequence,
  text,
  texts,
  type InstanceUids,
  type PersonNameText,
} from './attribute-readers.js';
export { findCharacterSet, type CharacterSetFinding } from './character-set-guess.js';
export { decodeText, isKnownCharacterSet } from './character-sets.js';
export type { Encoding } from './element-parser.js';
export { DicomFormatError, type DicomFormatErrorCode } from './dicom-format-error.js';
export type { DicomJson, DicomJsonElement, DicomJsonValue, PersonNameValue } from './dicom-json.js';
export { dictionaryVr, keywordOf, tagOf } from './dictionary.js';
export { characterSetFor, type WritableCharacterSet } from './encode-text.js';
export { buildFileMeta, type FileMetaInput } from './file-meta.js';
export { locateFrames, locateFramesBy, type FrameLocation, type FrameTable } from './frames.js';
export { instanceDigest, type InstanceDigest } from './instance-digest.js';
export { missingFiles, referencedFiles } from './referenced-files.js';
export { Part10Splitter, type Part10Meta } from './part10-splitter.js';
export {
  inflateDataset,
  readAttributes,
  readAttributesOf,
  type ByteRange,
  type PixelDataLocation,
  type ReadResult,
} from './read-attributes.js';
export { pixelDataHeader, reencodeElements, swapped, type ReencodeOptions } from './reencode-elements.js';
export {
  isStorageSopClass,
  STORAGE_SOP_CLASSES,
  storageSopClassName,
  type StorageSopClass,
} from './storage-sop-classes.js';
export {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isVideo,
  TRANSFER_SYNTAXES,
  transferSyntaxOf,
  type TransferSyntax,
} from './transfer-syntaxes.js';
export { videoType } from './video-type.js';
export { DICOMDIR_SOP_CLASS_UID, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, isUid } from './uids.js';
export { datasetFromJson, type BulkLengths, type DatasetPiece } from './write-from-json.js';
export { writeDataset, type WritableDataset, type WritableElement, type WritableValue } from './write-dataset.js';
export {
  fitsKind,
  fitsUnit,
  MARK_CALIBRATIONS,
  MARK_KINDS,
  MARK_QUANTITIES,
  MARK_UNITS,
  type DocumentedMark,
  type Mark,
  type MarkCalibration,
  type MarkKind,
  type MarkPoint,
  type MarkQuantity,
  type MarkUnit,
  type MarkValue,
} from './documents/mark.js';
export {
  buildMeasurementReport,
  COMPREHENSIVE_SR,
  type MarkedImage,
  type MeasurementReport,
} from './documents/build-measurement-report.js';
export { readMeasurementReport, type BulkBytes, type FoundMarks } from './documents/read-measurement-report.js';
export {
  buildKeyObjectSelection,
  KEY_OBJECT_SELECTION,
  readKeyObjectSelection,
  type FoundSelection,
  type KeyObjectSelection,
  type SelectedFrame,
} from './documents/key-object-selection.js';
export { SELECTION_TITLES, type SelectionTitle } from './documents/codes.js';
export type { ImageReference } from './documents/content-items.js';
export { documentBytes, documentFacts, type DocumentOrigin } from './documents/document-header.js';
