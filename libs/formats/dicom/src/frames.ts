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
  /** First byte behind the pixel data element. */
  readonly end: number;
}

/** Asks for bytes of the data set; answered with fewer where it ends before. */
type Asking<T> = Generator<ByteRange, T, Buffer>;

/** Headers of fragments are read in windows of this size. */
const WINDOW = 64 * 1024;
/** An end marker may be followed by padding, hardly by more than this. */
const TAIL = 64;
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

function* readFragments(start: number): Asking<{ table: number[]; fragments: Fragment[]; end: number }> {
  let at = start;
  let origin = -1;
  const table: number[] = [];
  const fragments: Fragment[] = [];
  let window: Buffer = Buffer.alloc(0);
  let windowAt = start;
  for (;;) {
    if (at < windowAt || at + 8 > windowAt + window.length) {
      window = yield { offset: at, length: WINDOW };
      windowAt = at;
      if (window.length < 8) break;
    }
    const from = at - windowAt;
    const tag = window.readUInt16LE(from) * 0x10000 + window.readUInt16LE(from + 2);
    const length = window.readUInt32LE(from + 4);
    at += 8;
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM) throw new DicomFormatError('malformed', 'A pixel fragment has no item tag.');
    if (origin < 0) {
      const entries = yield { offset: at, length };
      if (entries.length < length) throw new DicomFormatError('truncated', 'The basic offset table is cut short.');
      for (let entry = 0; entry + 4 <= length; entry += 4) table.push(entries.readUInt32LE(entry));
      origin = at + length;
    } else fragments.push({ offset: at, length, position: at - 8 - origin });
    at += length;
  }
  const last = fragments.at(-1);
  if (last && last.length > 0) {
    const final = yield { offset: last.offset + last.length - 1, length: 1 };
    if (final.length === 0) throw new DicomFormatError('truncated', 'A pixel fragment is cut short.');
  }
  return { table, fragments, end: at };
}

type Group = readonly ByteRange[];

/** Groups by the positions of the items that begin a frame; undefined when one of them is no item's position. */
function byOffsets(fragments: readonly Fragment[], offsets: readonly number[]): Group[] | undefined {
  const starts = offsets.map((offset) => fragments.findIndex(({ position }) => position === offset));
  const rising = starts.every((start, index) => start >= 0 && (index === 0 || start > starts[index - 1]!));
  if (!rising || starts[0] !== 0) return undefined;
  return starts.map((start, index) => fragments.slice(start, starts[index + 1] ?? fragments.length));
}

function* readTable64(range: ByteRange): Asking<number[]> {
  const bytes = yield range;
  const values: number[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) values.push(Number(bytes.readBigUInt64LE(at)));
  return values;
}

/** The extended offset table gives one fragment a frame and its length without the padding (PS3.3 C.7.6.3.1.8). */
function* byExtendedTable(fragments: readonly Fragment[], at: PixelDataLocation): Asking<Group[] | undefined> {
  if (!at.extendedOffsetTable) return undefined;
  const offsets = yield* readTable64(at.extendedOffsetTable.offsets);
  const lengths = yield* readTable64(at.extendedOffsetTable.lengths);
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
function beginsImage(head: Buffer): boolean {
  if (head.length < 4) return false;
  const first = head.readUInt16BE(0);
  if (first === 0xffd8) return head[2] === 0xff;
  return first === 0xff0a || head.readUInt32BE(0) === 0xff4fff51;
}

/** Ends with EOI or EOC (both FF D9), padding aside. */
function endsImage(tail: Buffer): boolean {
  let end = tail.length;
  while (end > 0 && tail[end - 1] === 0) end -= 1;
  return end >= 2 && tail.readUInt16BE(end - 2) === 0xffd9;
}

function* byMarkers(fragments: readonly Fragment[]): Asking<{ begins: Group[]; ends: Group[] }> {
  const begins: ByteRange[][] = [];
  const ends: ByteRange[][] = [];
  let open = true;
  for (const fragment of fragments) {
    const { offset, length } = fragment;
    if (begins.length === 0 || beginsImage(yield { offset, length: Math.min(4, length) })) begins.push([]);
    begins.at(-1)!.push(fragment);
    if (open) ends.push([]);
    ends.at(-1)!.push(fragment);
    const tail = Math.min(TAIL, length);
    open = endsImage(yield { offset: offset + length - tail, length: tail });
  }
  return { begins, ends };
}

function* encapsulatedFrames(uid: string, at: PixelDataLocation, count: number): Asking<[Group[], number]> {
  const { table, fragments, end } = yield* readFragments(at.offset);
  if (fragments.length === 0) return [[], end];
  const extended = yield* byExtendedTable(fragments, at);
  if (extended) return [extended, end];
  if (count === 1) return [[fragments], end];
  if (table.length > 0) {
    const groups = byOffsets(fragments, table);
    if (groups && groups.length === count) return [groups, end];
  }
  // An RLE frame is always one fragment (PS3.5 section A.4.2); elsewhere equal counts leave no other reading.
  if (fragments.length <= count || uid === RLE) return [fragments.map((fragment) => [fragment]), end];
  const { begins, ends } = yield* byMarkers(fragments);
  if (begins.length === count) return [begins, end];
  if (ends.length === count) return [ends, end];
  throw new DicomFormatError(
    'frames-unclear',
    `${fragments.length} fragments cannot be told apart into ${count} frames.`,
  );
}

function* locating(transferSyntaxUid: string, attributes: DicomJson, pixelData: PixelDataLocation): Asking<FrameTable> {
  if (!transferSyntaxOf(transferSyntaxUid)) {
    throw new DicomFormatError('unknown-transfer-syntax', `Transfer syntax ${transferSyntaxUid} is unknown.`);
  }
  const declaredFrames = Math.max(1, integer(attributes, '00280008') ?? 1);
  const plain = ({ offset, length }: ByteRange): ByteRange => ({ offset, length });
  const table = (kind: FrameTable['kind'], groups: readonly Group[], end: number): FrameTable => ({
    kind,
    frames: groups.map((fragments) => ({ fragments: fragments.map(plain), bitOffset: 0 })),
    declaredFrames,
    end,
  });
  if (pixelData.length === undefined) {
    if (isVideo(transferSyntaxUid)) {
      const { fragments, end } = yield* readFragments(pixelData.offset);
      return table('video', [fragments], end);
    }
    return table('encapsulated', ...(yield* encapsulatedFrames(transferSyntaxUid, pixelData, declaredFrames)));
  }
  const end = pixelData.offset + pixelData.length;
  // A compressed stream of defined length breaks the standard but exists: it can only be one frame.
  if (transferSyntaxOf(transferSyntaxUid)?.encapsulated) {
    return table('encapsulated', [[{ offset: pixelData.offset, length: pixelData.length }]], end);
  }
  const bits = nativeFrameBits(attributes);
  const frames = nativeFrames(bits, declaredFrames, pixelData.offset, pixelData.length);
  return { kind: 'native', frames, declaredFrames, end };
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
  const asking = locating(transferSyntaxUid, attributes, pixelData);
  let step = asking.next();
  while (!step.done) step = asking.next(dataset.subarray(step.value.offset, step.value.offset + step.value.length));
  return step.value;
}

/**
 * The same for a data set that is not in memory: `read` gives bytes of it, fewer where it ends before. Only the headers of the
 * fragments are read, and the beginnings and ends of fragments where nothing else tells the frames apart.
 */
export async function locateFramesBy(
  read: (range: ByteRange) => Promise<Buffer>,
  transferSyntaxUid: string,
  attributes: DicomJson,
  pixelData: PixelDataLocation,
): Promise<FrameTable> {
  const asking = locating(transferSyntaxUid, attributes, pixelData);
  let step = asking.next();
  while (!step.done) step = asking.next(await read(step.value));
  return step.value;
}
