import { bulkBytes, numbers, text, type DicomAttribute, type DicomJson } from '../../api/dicom-web.js';

/** A table of PS3.3 C.11.1.1 or C.7.6.3.1.5: stored value `first` + i becomes `entries[i]`; values outside take the nearest entry. */
export interface LookupTable {
  readonly first: number;
  readonly entries: ArrayLike<number>;
  /** of an entry */
  readonly bits: number;
  /** LUTExplanation */
  readonly name?: string;
}

const [LUT_DESCRIPTOR, LUT_EXPLANATION, LUT_DATA] = ['00283002', '00283003', '00283006'];
const COLOURS = ['red', 'green', 'blue'] as const;

export const lookedUp = ({ first, entries }: LookupTable, value: number): number =>
  entries[Math.max(0, Math.min(entries.length - 1, Math.round(value) - first))] ?? 0;

/** An item of ModalityLUTSequence or VOILUTSequence. Null where it holds no table. */
export async function tableOf(item: DicomJson, signal?: AbortSignal): Promise<LookupTable | null> {
  const descriptor = numbers(item, LUT_DESCRIPTOR);
  const element = item[LUT_DATA];
  if (descriptor.length !== 3 || !element) return null;
  const entries = await words(element, sizeOf(descriptor), signal);
  return { ...described(descriptor), entries, name: text(item, LUT_EXPLANATION) };
}

/** The palette of PALETTE COLOR: whole, or in segments. Null where a colour is missing. */
export async function paletteOf(dataset: DicomJson, signal?: AbortSignal): Promise<readonly LookupTable[] | null> {
  const tables = await Promise.all(
    COLOURS.map(async (_, index): Promise<LookupTable | null> => {
      const descriptor = numbers(dataset, `0028110${index + 1}`);
      const whole = dataset[`0028120${index + 1}`];
      const segmented = dataset[`0028122${index + 1}`];
      if (descriptor.length !== 3 || !(whole ?? segmented)) return null;
      const entries = whole
        ? await words(whole, sizeOf(descriptor), signal)
        : expandSegments(await words(segmented!, 0, signal));
      return { ...described(descriptor), entries };
    }),
  );
  return tables.every((table) => table !== null && table.entries.length > 0) ? (tables as LookupTable[]) : null;
}

/** 0 entries stands for 65,536. */
const sizeOf = ([count = 0]: number[]): number => count || 65_536;
const described = ([, first = 0, bits = 16]: number[]) => ({ first, bits });

/** Words, or bytes where there are fewer of them than words would take. */
async function words(element: DicomAttribute, count: number, signal?: AbortSignal): Promise<ArrayLike<number>> {
  if (element.Value) return element.Value.map(Number);
  const bytes = await bulkBytes(element, signal);
  if (bytes.length < count * 2) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, index) => view.getUint16(2 * index, true));
}

/** Segmented palette data of 16 bits (PS3.3 C.7.9.2): entries as they are, straight lines, and earlier segments again. */
export function expandSegments(data: ArrayLike<number>): number[] {
  const out: number[] = [];
  /** @returns where the next segment begins */
  const segment = (at: number): number => {
    const [kind, length = 0] = [data[at], data[at + 1]];
    if (kind === 0) {
      for (let i = 0; i < length; i += 1) out.push(data[at + 2 + i] ?? 0);
      return at + 2 + length;
    }
    if (kind === 1) {
      const from = out.at(-1) ?? 0;
      const to = data[at + 2] ?? 0;
      for (let i = 1; i <= length; i += 1) out.push(Math.round(from + ((to - from) * i) / length));
      return at + 3;
    }
    if (kind !== 2) throw new RangeError(`palette segment of kind ${kind}`);
    // The offset counts words, in two words, the lesser first.
    let other = (data[at + 2] ?? 0) + (data[at + 3] ?? 0) * 65_536;
    for (let i = 0; i < length; i += 1) {
      if (data[other] === 2) throw new RangeError('a palette segment within itself');
      other = segment(other);
    }
    return at + 4;
  };
  for (let at = 0; at + 1 < data.length;) at = segment(at);
  return out;
}

/** Every table to entries of eight bits: the image loader takes the depth of red for that of all. */
export function inEightBits(tables: readonly LookupTable[]): LookupTable[] {
  // Some writers say 16 bits and store 8: such a table would be black as told.
  const deep = tables.some(({ bits, entries }) => bits > 8 && Array.from(entries).some((entry) => entry > 255));
  return tables.map(({ first, entries }) => ({
    first,
    bits: 8,
    entries: deep ? Array.from(entries, (entry) => entry >> 8) : Array.from(entries),
  }));
}
