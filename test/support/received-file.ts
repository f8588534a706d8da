import { readFileSync } from 'node:fs';
import { Part10Splitter, readAttributes, text } from '#libs/formats/dicom';

/** A file of somebody else's making, as a sender would read it before it offers it. */
export interface ForeignFile {
  path: string;
  bytes: Buffer;
  transferSyntaxUid: string;
  sopClassUid: string;
  sopInstanceUid: string;
  /** what follows group 0002, to the last byte */
  dataset: Buffer;
}

/** @returns null when nobody could offer it by DIMSE: it is no DICOM, or does not say what it is */
export function foreignFile(path: string): ForeignFile | null {
  const bytes = readFileSync(path);
  const splitter = new Part10Splitter();
  try {
    const split = Buffer.concat([splitter.push(bytes), splitter.end()]);
    const { transferSyntaxUid, sopClassUid, sopInstanceUid } = splitter.meta!;
    const dataset = behindGroup2(bytes) ?? split;
    const { attributes } = readAttributes(dataset, transferSyntaxUid, { complete: false });
    const uid = (tag: string, meta: string | undefined) => text(attributes, tag) || meta || '';
    return {
      path,
      bytes,
      transferSyntaxUid,
      sopClassUid: uid('00080016', sopClassUid),
      sopInstanceUid: uid('00080018', sopInstanceUid),
      dataset,
    };
  } catch {
    return null;
  }
}

/** The data set by the file's own word, (0002,0000) group length; undefined where the file has none. */
export function behindGroup2(bytes: Buffer): Buffer | undefined {
  if (bytes.toString('latin1', 128, 132) !== 'DICM' || bytes.readUInt32LE(132) !== 0x00000002) return undefined;
  const end = 144 + bytes.readUInt32LE(140);
  return end < bytes.length && bytes.readUInt16LE(end) !== 0x0002 ? bytes.subarray(end) : undefined;
}
