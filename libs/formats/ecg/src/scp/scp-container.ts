import { EcgFormatError } from '../ecg-format-error.js';
import { crcCcitt } from './crc-ccitt.js';

/** The header of every section: CRC 2, id 2, length 4, section version 1, protocol version 1, reserved 6 (EN 1064, 5.2.7). */
export const SECTION_HEADER = 16;
/** Before section 0: the CRC of the record, 2, and its length, 4 (EN 1064, 5.2.1). */
export const RECORD_HEADER = 6;
const POINTER = 10;

/** The data parts of the sections, by number. */
export interface ScpContainer {
  readonly sections: ReadonlyMap<number, Uint8Array>;
  readonly notes: readonly string[];
}

/**
 * Opens a record: its length, its CRC, the pointers of section 0 and the CRC of each section up to 11 (EN 1064, 5.2 and 5.3). The sections
 * are views into `bytes`.
 *
 * @throws EcgFormatError not-ecg, truncated (shorter than the record says), damaged (a CRC or a pointer is wrong).
 */
export function openScp(bytes: Uint8Array): ScpContainer {
  if (bytes.length < RECORD_HEADER + SECTION_HEADER)
    throw new EcgFormatError('truncated', `An SCP-ECG record is longer than ${bytes.length} bytes.`);
  const view = viewOf(bytes);
  const length = view.getUint32(2, true);
  if (length < RECORD_HEADER + SECTION_HEADER)
    throw new EcgFormatError('not-ecg', `${length} bytes cannot be an SCP-ECG record.`);
  if (length > bytes.length) {
    // A section 0 that is sound tells a file that was cut from one whose length means nothing.
    sectionAt(bytes, 0, RECORD_HEADER, view.getUint32(RECORD_HEADER + 4, true));
    throw new EcgFormatError('truncated', `The record is ${length} bytes long, the file has ${bytes.length}.`);
  }
  if (crcCcitt(bytes.subarray(2, length)) !== view.getUint16(0, true))
    throw new EcgFormatError('damaged', 'The CRC of the SCP-ECG record is wrong: the file was changed or damaged.');
  const notes: string[] = [];
  if (bytes.length > length) notes.push(`${bytes.length - length} bytes behind the record were not read.`);
  const record = bytes.subarray(0, length);
  const pointers = sectionAt(record, 0, RECORD_HEADER, view.getUint32(RECORD_HEADER + 4, true));
  const sections = new Map<number, Uint8Array>();
  const table = viewOf(pointers);
  for (let at = 0; at + POINTER <= pointers.length; at += POINTER) {
    const id = table.getUint16(at, true);
    const size = table.getUint32(at + 2, true);
    const index = table.getUint32(at + 6, true);
    // Sections above 11 are a later edition's or the manufacturer's; an empty one is only named.
    if (id === 0 || id > 11 || size === 0) continue;
    if (index === 0) throw new EcgFormatError('damaged', `Section ${id} has a length but no place.`);
    if (sections.has(id)) throw new EcgFormatError('damaged', `Section ${id} is named twice.`);
    const data = sectionAt(record, id, index - 1, size);
    if (data.length > 0) sections.set(id, data);
  }
  return { sections, notes };
}

function sectionAt(record: Uint8Array, id: number, start: number, size: number): Uint8Array {
  if (size < SECTION_HEADER || start + size > record.length)
    throw new EcgFormatError('damaged', `Section ${id} (${size} bytes at ${start}) is not inside the record.`);
  const section = record.subarray(start, start + size);
  const view = viewOf(section);
  if (view.getUint16(2, true) !== id || view.getUint32(4, true) !== size)
    throw new EcgFormatError('damaged', `The pointer to section ${id} and its header do not agree.`);
  if (crcCcitt(section.subarray(2)) !== view.getUint16(0, true))
    throw new EcgFormatError('damaged', `The CRC of section ${id} is wrong: the file was changed or damaged.`);
  return section.subarray(SECTION_HEADER);
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
