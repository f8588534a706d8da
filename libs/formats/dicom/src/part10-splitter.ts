import { DicomFormatError } from './dicom-format-error.js';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes.js';
import { trimUid } from './uids.js';
import { isLongVr, isVr } from './value-representations.js';

/** What group 0002 of a file says, padding removed. */
export interface Part10Meta {
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
  readonly transferSyntaxUid: string;
  /** The file did not name its transfer syntax; it was read off the first element. */
  readonly transferSyntaxGuessed: boolean;
}

const NOTHING = Buffer.alloc(0);
/** Group 0002 is a few hundred bytes; a header larger than this is no header. */
const LARGEST_META = 1 << 20;

type Fields = { sopClassUid?: string; sopInstanceUid?: string; transferSyntaxUid?: string };

/** Byte position after group 0002 and its UIDs; undefined when the buffer ends before that is known. */
function readGroup2(bytes: Buffer, start: number, atEnd: boolean): { end: number; fields: Fields } | undefined {
  const fields: Fields = {};
  let at = start;
  for (;;) {
    if (at + 8 > bytes.length) return atEnd && at === bytes.length ? { end: at, fields } : undefined;
    if (bytes.readUInt16LE(at) !== 0x0002) return { end: at, fields };
    const tag = bytes.readUInt16LE(at + 2);
    const vr = bytes.toString('latin1', at + 4, at + 6);
    let header = 8;
    let length: number;
    if (!isVr(vr)) length = bytes.readUInt32LE(at + 4);
    else if (isLongVr(vr)) {
      if (at + 12 > bytes.length) return undefined;
      header = 12;
      length = bytes.readUInt32LE(at + 8);
    } else length = bytes.readUInt16LE(at + 6);
    if (length > LARGEST_META) throw new DicomFormatError('malformed', 'File meta holds an element of absurd length.');
    const next = at + header + length;
    if (next > bytes.length) return undefined;
    if (tag === 0x0002 || tag === 0x0003 || tag === 0x0010) {
      const uid = trimUid(bytes.toString('latin1', at + header, next));
      if (uid !== '') {
        if (tag === 0x0002) fields.sopClassUid = uid;
        else if (tag === 0x0003) fields.sopInstanceUid = uid;
        else fields.transferSyntaxUid = uid;
      }
    }
    at = next;
  }
}

/** Transfer syntax by the look of the first element: VR letters mean explicit, a huge group number big endian. */
function guessTransferSyntax(bytes: Buffer, at: number): string {
  if (at + 6 > bytes.length) return EXPLICIT_VR_LITTLE_ENDIAN;
  if (!isVr(bytes.toString('latin1', at + 4, at + 6))) return IMPLICIT_VR_LITTLE_ENDIAN;
  return bytes.readUInt16LE(at) >= 0x0400 ? EXPLICIT_VR_BIG_ENDIAN : EXPLICIT_VR_LITTLE_ENDIAN;
}

/** A bare data set begins in a low even group with a VR or with a believable length; other files do not. */
function looksLikeDataset(bytes: Buffer): boolean {
  if (bytes.length < 8) return false;
  const little = bytes.readUInt16LE(0);
  const big = bytes.readUInt16BE(0);
  if (isVr(bytes.toString('latin1', 4, 6))) return [little, big].some((group) => group === 0x0004 || group === 0x0008);
  const length = bytes.readUInt32LE(4);
  return (little === 0x0004 || little === 0x0008) && bytes.readUInt16LE(2) <= 0x0100 && length <= 0x0400;
}

/**
 * Takes a Part 10 file apart as it streams by: feed chunks to `push`, get back the data set bytes that are certain so
 * far; `meta` is set once group 0002 has passed. Files without preamble, without group 0002, without its group length
 * or its transfer syntax are understood. Not DICOM: `failure` is set, `push` swallows the rest and `end` throws
 * {@link DicomFormatError} (`not-dicom`, `truncated`, `malformed`). Always write out what `end` returns too.
 */
export class Part10Splitter {
  meta: Part10Meta | undefined;
  failure: DicomFormatError | undefined;
  private held: Buffer[] = [];
  private heldLength = 0;
  /** The held bytes are looked at again only when they have grown this far, so tiny chunks stay cheap. */
  private lookAgainAt = 140;

  /** Data set bytes contained in what was pushed so far and not yet returned; possibly empty. */
  push(chunk: Buffer): Buffer {
    if (this.meta) return chunk;
    if (this.failure) return NOTHING;
    this.held.push(chunk);
    this.heldLength += chunk.length;
    return this.heldLength < this.lookAgainAt ? NOTHING : this.look(false);
  }

  /** Last data set bytes (files shorter than a preamble are decided here). Throws when the file was not DICOM. */
  end(): Buffer {
    const rest = this.meta || this.failure ? NOTHING : this.look(true);
    if (this.failure) throw this.failure;
    if (!this.meta) throw new DicomFormatError('truncated', 'The file ends inside its file meta information.');
    return rest;
  }

  private look(atEnd: boolean): Buffer {
    const bytes = this.held.length === 1 ? this.held[0]! : Buffer.concat(this.held, this.heldLength);
    this.held = [bytes];
    try {
      return this.split(bytes, atEnd);
    } catch (error) {
      if (!(error instanceof DicomFormatError)) throw error;
      this.failure = error;
      this.held = [];
      return NOTHING;
    }
  }

  private split(bytes: Buffer, atEnd: boolean): Buffer {
    const preamble = bytes.length >= 132 && bytes.toString('latin1', 128, 132) === 'DICM';
    const bareGroup2 = bytes.length >= 8 && bytes.readUInt16LE(0) === 0x0002 && isVr(bytes.toString('latin1', 4, 6));
    if (!preamble && !bareGroup2) {
      if (!looksLikeDataset(bytes)) throw new DicomFormatError('not-dicom', 'The file is not DICOM.');
      return this.begin(bytes, 0, {});
    }
    const read = readGroup2(bytes, preamble ? 132 : 0, atEnd);
    if (!read) {
      if (bytes.length > LARGEST_META) throw new DicomFormatError('malformed', 'File meta information does not end.');
      this.lookAgainAt = Math.max(bytes.length + 1, Math.min(bytes.length * 2, bytes.length + 256));
      return NOTHING;
    }
    return this.begin(bytes, read.end, read.fields);
  }

  private begin(bytes: Buffer, at: number, fields: Fields): Buffer {
    const { transferSyntaxUid, ...uids } = fields;
    this.meta = {
      ...uids,
      transferSyntaxUid: transferSyntaxUid ?? guessTransferSyntax(bytes, at),
      transferSyntaxGuessed: transferSyntaxUid === undefined,
    };
    this.held = [];
    return bytes.subarray(at);
  }
}
