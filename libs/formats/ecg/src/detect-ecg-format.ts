import { looksLikeEcgCsv } from './csv/read-csv.js';
import { looksLikeEdf } from './edf/edf-header.js';
import { looksLikeWfdbArchive } from './wfdb/wfdb-archive.js';
import { xmlRootName } from './xml/xml-text.js';

/** What the content is. `pdf` is a document without a waveform; one without a reader is named so that a refusal can name it. */
export type EcgFormat =
  'dicom-waveform' | 'aecg' | 'scp' | 'muse-xml' | 'philips-xml' | 'mfer' | 'ishne' | 'edf' | 'wfdb' | 'csv' | 'pdf';

const ROOTS: Readonly<Record<string, EcgFormat>> = {
  AnnotatedECG: 'aecg',
  RestingECG: 'muse-xml',
  restingecgdata: 'philips-xml',
};

/** The ECG storage classes of PS3.4 annex B.5: 12-lead, general, ambulatory, general 32-bit. */
const ECG_STORAGE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.9\.1\.\d+$/;

/**
 * The ECG format of a file by its content; its name is never asked. Null when it is none that is known: a DICOM file of another kind is
 * null too. Looks at the first 64 kB at most, in an archive at its directory, and
 * never throws.
 */
export function detectEcgFormat(bytes: Uint8Array): EcgFormat | null {
  if (ascii(bytes, 128, 4) === 'DICM')
    return ECG_STORAGE.test(mediaStorageSopClassUid(bytes) ?? '') ? 'dicom-waveform' : null;
  if (ascii(bytes, 16, 6) === 'SCPECG' || hasScpPointers(bytes)) return 'scp';
  if (ascii(bytes, 0, 5) === 'ISHNE') return 'ishne';
  if (looksLikeEdf(bytes)) return 'edf';
  if (looksLikeEcgCsv(bytes)) return 'csv';
  if (looksLikeWfdbArchive(bytes)) return 'wfdb';
  if (ascii(bytes, 0, 5) === '@ MFR') return 'mfer';
  if (ascii(bytes, 0, 5) === '%PDF-') return 'pdf';
  const root = xmlRootName(bytes);
  return (root !== undefined && Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined) ?? null;
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/**
 * An SCP-ECG record that is not marked as one: section 0 stands behind the record's CRC and length, holds whole pointers, and the first
 * of them is to itself, of the same length (EN 1064, 5.2 and 5.3).
 */
function hasScpPointers(bytes: Uint8Array): boolean {
  if (bytes.length < 32) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(10, true);
  const pointsToItself = view.getUint16(22, true) === 0 && view.getUint32(24, true) === length;
  const place = view.getUint32(28, true);
  return (
    view.getUint16(8, true) === 0 &&
    length > 16 + 10 &&
    (length - 16) % 10 === 0 &&
    pointsToItself &&
    // Counted from 1 by the standard, from 0 by some devices.
    (place === 7 || place === 6)
  );
}

/** (0002,0002) from the file meta, which is explicit little endian whatever follows (PS3.10 section 7.1). */
function mediaStorageSopClassUid(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 132; at + 12 <= Math.min(bytes.length, 1 << 16) && view.getUint16(at, true) === 2;) {
    const long = /^(OB|OW|UN|UT|SQ)$/.test(ascii(bytes, at + 4, 2));
    const length = long ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const value = at + (long ? 12 : 8);
    if (view.getUint16(at + 2, true) === 2) return ascii(bytes, value, Math.min(length, 64)).replace(/[\0 ]+$/, '');
    at = value + length;
  }
  return undefined;
}
