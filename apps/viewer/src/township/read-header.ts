/** What the page reads of a DICOM file before it is sent: which instance of which study it is, and whose. */
export interface FileHeader {
  studyInstanceUid: string;
  sopInstanceUid: string;
  patientName: string;
  description: string;
}

/** Enough of a file: what is looked for stands in groups 0008 to 0020, far before the pixels. */
const looked = 16 * 1024;
const undefinedLength = 0xffffffff;
const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const implicit = '1.2.840.10008.1.2';
/** Deflated and big endian data sets are left to the server. */
const unread = new Set(['1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2']);
const wanted = new Map([
  [0x00080018, 'sopInstanceUid'],
  [0x00081030, 'description'],
  [0x00100010, 'patientName'],
  [0x0020000d, 'studyInstanceUid'],
] as const);
type Field = typeof wanted extends Map<number, infer F> ? F : never;

class Reader {
  at = 132;
  constructor(
    private readonly view: DataView,
    private readonly bytes: Uint8Array,
  ) {}

  more(): boolean {
    return this.at + 8 <= this.bytes.length;
  }

  tag(): number {
    return this.view.getUint16(this.at, true) * 0x10000 + this.view.getUint16(this.at + 2, true);
  }

  /** Length of the value that follows; `at` moves to its first byte. */
  header(explicit: boolean): number {
    const vr = String.fromCharCode(this.bytes[this.at + 4] ?? 0, this.bytes[this.at + 5] ?? 0);
    const group = this.view.getUint16(this.at, true);
    if (!explicit || group === 0xfffe) {
      this.at += 8;
      return this.view.getUint32(this.at - 4, true);
    }
    if (!longVrs.has(vr)) {
      this.at += 8;
      return this.view.getUint16(this.at - 2, true);
    }
    this.at += 12;
    return this.at <= this.bytes.length ? this.view.getUint32(this.at - 4, true) : undefinedLength;
  }

  value(length: number): Uint8Array {
    return this.bytes.subarray(this.at, this.at + length);
  }

  /** Moves behind the delimiter of a sequence or item of undefined length. */
  skipUndefined(explicit: boolean): void {
    for (let depth = 1; depth > 0 && this.more();) {
      const tag = this.tag();
      const length = this.header(explicit);
      if (tag === 0xfffee0dd || tag === 0xfffee00d) depth -= 1;
      else if (length === undefinedLength) depth += 1;
      // Items of defined length are walked through; their elements follow.
      else if (tag !== 0xfffee000) this.at += length;
    }
  }
}

const plain = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replace(/[\0 ]+$/, '');

/** Text as UTF-8 where it is that, else as GB18030, which devices write whatever they declare. */
function words(bytes: Uint8Array): string {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder('gb18030').decode(bytes);
  }
  // An escape says ISO 2022: better no name than a wrong one.
  return text.includes('\x1b') ? '' : text.replace(/[\0 ]+$/, '');
}

/** The ideographic group of a name where there is one. */
function shownName(text: string): string {
  const [alphabetic = '', ideographic = ''] = text.split('=');
  const han = /\p{Script=Han}/u.test(ideographic || alphabetic);
  return (ideographic || alphabetic)
    .split('^')
    .filter(Boolean)
    .join(han ? '' : ' ')
    .trim();
}

/** Null for what is no DICOM file, or one that only the server can read. */
export function headerOf(bytes: Uint8Array): FileHeader | null {
  if (bytes.length < 140 || plain(bytes.subarray(128, 132)) !== 'DICM') return null;
  const reader = new Reader(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes);
  let syntax = '';
  const found: Record<Field, string> = { sopInstanceUid: '', description: '', patientName: '', studyInstanceUid: '' };
  while (reader.more()) {
    const tag = reader.tag();
    if (tag > 0x0020000d) break;
    const explicit = tag < 0x00030000 || syntax !== implicit;
    if (tag >= 0x00030000 && unread.has(syntax)) return null;
    const length = reader.header(explicit);
    if (length === undefinedLength) {
      reader.skipUndefined(explicit);
      continue;
    }
    const field = wanted.get(tag as never);
    if (tag === 0x00020010) syntax = plain(reader.value(length));
    else if (field) {
      const value = reader.value(length);
      found[field] = field.endsWith('Uid') ? plain(value) : words(value);
    }
    reader.at += length;
  }
  const uid = /^\d[\d.]{0,63}$/;
  if (!uid.test(found.studyInstanceUid) || !uid.test(found.sopInstanceUid)) return null;
  return { ...found, patientName: shownName(found.patientName) };
}

/** First bytes of things that lie on every CD beside the images: programs, pictures, PDF. */
const beside = [
  [0x4d, 0x5a],
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
  [0x25, 0x50, 0x44, 0x46],
];

export type Look = { kind: 'instance'; header: FileHeader } | { kind: 'beside' } | { kind: 'other' };

/** What a file is, by its first bytes; whatever cannot be told is for the server to say. */
export async function lookAt(file: File): Promise<Look> {
  const bytes = new Uint8Array(await file.slice(0, looked).arrayBuffer());
  const header = headerOf(bytes);
  if (header) return { kind: 'instance', header };
  return { kind: beside.some((magic) => magic.every((byte, at) => bytes[at] === byte)) ? 'beside' : 'other' };
}
