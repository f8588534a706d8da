import { integer, text } from './attribute-readers.js';
import { DicomFormatError } from './dicom-format-error.js';
import type { DicomJson } from './dicom-json.js';
import type { ByteRange, PixelDataLocation } from './read-attributes.js';
import { isVideo, transferSyntaxOf } from './transfer-syntaxes.js';

/** One frame: its bytes are those of the fragments, joined in order. */
export interface FrameLocation {
  readonly fragments: readonly ByteRange[];
  /** Where the frame begins in the first byte, counted from the low bit; 0 unless Bits Allocated is 1. */
  readonly bitOffset: number;
}

export interface FrameTable {
  readonly kind: 'native' | 'encapsulated' | 'video';
  /** Frames found; fewer than `declaredFrames` when the file holds fewer. Video: one entry for the whole stream. */
  readonly frames: readonly FrameLocation[];
  /** Number of Frames (0028,0008), 1 when absent. */
  readonly declaredFrames: number;
}

const ITEM = 0xfffee000;
const SEQUENCE_END = 0xfffee0dd;
const RLE = '1.2.840.10008.1.2.5';

/** Bits of one frame (PS3.5 section 8.2); native YBR_FULL_422 shares chroma between two pixels. */
function nativeFrameBits(attributes: DicomJson): number {
  const rows = integer(attributes, '00280010');
  const columns = integer(attributes, '00280011');
  const allocated = integer(attributes, '00280100');
  if (!rows || !columns || !allocated) {
    throw new DicomFormatError('malformed', 'Rows, Columns or Bits Allocated is missing beside pixel data.');
  }
  const halved = /^YBR_(?:FULL|PARTIAL)_422$/.test(text(attributes, '00280004') ?? '');
  const samples = halved ? 2 : (integer(attributes, '00280002') ?? 1);
  return rows * columns * samples * allocated;
}

function nativeFrames(bits: number, count: number, start: number, length: number): FrameLocation[] {
  const frames: FrameLocation[] = [];
  for (let index = 0; index < count; index += 1) {
    const first = index * bits;
    const offset = Math.floor(first / 8);
    const end = Math.ceil((first + bits) / 8);
    if (end > length) break;
    frames.push({ fragments: [{ offset: start + offset, length: end - offset }], bitOffset: first % 8 });
  }
  return frames;
}

interface Fragment extends ByteRange {
  /** Position of its item tag, counted from the first item after the basic offset table. */
  readonly position: number;
}

function readFragments(dataset: Buffer, start: number): { table: number[]; fragments: Fragment[] } {
  let at = start;
  let origin = -1;
  const table: number[] = [];
  const fragments: Fragment[] = [];
  while (at + 8 <= dataset.length) {
    const tag = dataset.readUInt16LE(at) * 0x10000 + dataset.readUInt16LE(at + 2);
    const length = dataset.readUInt32LE(at + 4);
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM) throw new DicomFormatError('malformed', 'A pixel fragment has no item tag.');
    if (at + 8 + length > dataset.length) throw new DicomFormatError('truncated', 'A pixel fragment is cut short.');
    if (origin < 0) {
      for (let entry = at + 8; entry + 4 <= at + 8 + length; entry += 4) table.push(dataset.readUInt32LE(entry));
      origin = at + 8 + length;
    } else fragments.push({ offset: at + 8, length, position: at - origin });
    at += 8 + length;
  }
  return { table, fragments };
}

type Group = readonly ByteRange[];

/** Groups by the positions of the items that begin a frame; undefined when one of them is no item's position. */
function byOffsets(fragments: readonly Fragment[], offsets: readonly number[]): Group[] | undefined {
  const starts = offsets.map((offset) => fragments.findIndex(({ position }) => position === offset));
  const rising = starts.every((start, index) => start >= 0 && (index === 0 || start > starts[index - 1]!));
  if (!rising || starts[0] !== 0) return undefined;
  return starts.map((start, index) => fragments.slice(start, starts[index + 1] ?? fragments.length));
}

function readTable64(dataset: Buffer, { offset, length }: ByteRange): number[] {
  const values: number[] = [];
  for (let at = offset; at + 8 <= offset + length; at += 8) values.push(Number(dataset.readBigUInt64LE(at)));
  return values;
}

/** The extended offset table gives one fragment a frame and its length without the padding (PS3.3 C.7.6.3.1.8). */
function byExtendedTable(dataset: Buffer, fragments: readonly Fragment[], at: PixelDataLocation): Group[] | undefined {
  if (!at.extendedOffsetTable) return undefined;
  const offsets = readTable64(dataset, at.extendedOffsetTable.offsets);
  const lengths = readTable64(dataset, at.extendedOffsetTable.lengths);
  const groups = byOffsets(fragments, offsets);
  return groups?.map((group, index) => {
    const [only] = group;
    const exact = lengths[index];
    return group.length === 1 && only && exact !== undefined && exact <= only.length
      ? [{ offset: only.offset, length: exact }]
      : group;
  });
}

/** First bytes of a JPEG or JPEG-LS image (SOI), a JPEG 2000 codestream (SOC SIZ), or a JPEG XL codestream. */
function beginsImage(dataset: Buffer, { offset, length }: ByteRange): boolean {
  if (length < 4) return false;
  const first = dataset.readUInt16BE(offset);
  if (first === 0xffd8) return dataset[offset + 2] === 0xff;
  return first === 0xff0a || dataset.readUInt32BE(offset) === 0xff4fff51;
}

/** Ends with EOI or EOC (both FF D9), padding aside. */
function endsImage(dataset: Buffer, { offset, length }: ByteRange): boolean {
  let end = offset + length;
  while (end > offset && dataset[end - 1] === 0) end -= 1;
  return end - offset >= 2 && dataset.readUInt16BE(end - 2) === 0xffd9;
}

function byMarkers(dataset: Buffer, fragments: readonly Fragment[]): { begins: Group[]; ends: Group[] } {
  const begins: ByteRange[][] = [];
  const ends: ByteRange[][] = [];
  let open = true;
  for (const fragment of fragments) {
    if (begins.length === 0 || beginsImage(dataset, fragment)) begins.push([]);
    begins.at(-1)!.push(fragment);
    if (open) ends.push([]);
    ends.at(-1)!.push(fragment);
    open = endsImage(dataset, fragment);
  }
  return { begins, ends };
}

function encapsulatedFrames(dataset: Buffer, uid: string, at: PixelDataLocation, count: number): Group[] {
  const { table, fragments } = readFragments(dataset, at.offset);
  if (fragments.length === 0) return [];
  const extended = byExtendedTable(dataset, fragments, at);
  if (extended) return extended;
  if (count === 1) return [fragments];
  if (table.length > 0) {
    const groups = byOffsets(fragments, table);
    if (groups && groups.length === count) return groups;
  }
  // An RLE frame is always one fragment (PS3.5 section A.4.2); elsewhere equal counts leave no other reading.
  if (fragments.length <= count || uid === RLE) return fragments.map((fragment) => [fragment]);
  const { begins, ends } = byMarkers(dataset, fragments);
  if (begins.length === count) return begins;
  if (ends.length === count) return ends;
  throw new DicomFormatError(
    'frames-unclear',
    `${fragments.length} fragments cannot be told apart into ${count} frames.`,
  );
}

/**
 * Where each frame lies in `dataset` (for a deflated syntax: in the inflated one). Native frames of Bits Allocated 1
 * need not begin at a byte: the slice covers every byte touched and `bitOffset` says where to begin. Encapsulated
 * frames come from the extended offset table, the basic one, the fragment count, or start and end markers, in this
 * order. Throws DicomFormatError `malformed`, `truncated`, `frames-unclear` or `unknown-transfer-syntax`.
 */
export function locateFrames(
  dataset: Buffer,
  transferSyntaxUid: string,
  attributes: DicomJson,
  pixelData: PixelDataLocation,
): FrameTable {
  if (!transferSyntaxOf(transferSyntaxUid)) {
    throw new DicomFormatError('unknown-transfer-syntax', `Transfer syntax ${transferSyntaxUid} is unknown.`);
  }
  const declaredFrames = Math.max(1, integer(attributes, '00280008') ?? 1);
  const plain = ({ offset, length }: ByteRange): ByteRange => ({ offset, length });
  const table = (kind: FrameTable['kind'], groups: readonly Group[]): FrameTable => ({
    kind,
    frames: groups.map((fragments) => ({ fragments: fragments.map(plain), bitOffset: 0 })),
    declaredFrames,
  });
  if (pixelData.length === undefined) {
    if (isVideo(transferSyntaxUid)) return table('video', [readFragments(dataset, pixelData.offset).fragments]);
    return table('encapsulated', encapsulatedFrames(dataset, transferSyntaxUid, pixelData, declaredFrames));
  }
  // A compressed stream of defined length breaks the standard but exists: it can only be one frame.
  if (transferSyntaxOf(transferSyntaxUid)?.encapsulated) {
    return table('encapsulated', [[{ offset: pixelData.offset, length: pixelData.length }]]);
  }
  const bits = nativeFrameBits(attributes);
  return {
    kind: 'native',
    frames: nativeFrames(bits, declaredFrames, pixelData.offset, pixelData.length),
    declaredFrames,
  };
}
