import { bulkBytes, numbers, octets, text, type DicomAttribute, type DicomJson } from '../../api/dicom-web.js';
import type { Colour } from './cie-lab.js';
import type { Shutter } from './shutter.js';

/** An overlay plane (PS3.3 C.9.2): single bits over an image, in its pixels. */
export interface OverlayPlane {
  /** 6000 to 601E */
  readonly group: string;
  /** Label or description. */
  readonly name: string;
  /** region: of interest; graphics: lines and words; shutter: its bits hide the picture */
  readonly type: 'graphics' | 'region' | 'shutter';
  /** Where somebody has chosen one for it. */
  readonly colour?: Colour;
  readonly rows: number;
  readonly columns: number;
  /** Of its first bit, from 0; may lie outside the image. */
  readonly top: number;
  readonly left: number;
  /** Frames of the image that it lies over, from 1, a plane of its own for each; null: one for all. */
  readonly frames: { readonly first: number; readonly count: number } | null;
  /** OverlayData, else a bit of the pixel cells (retired). */
  readonly data: DicomAttribute | { readonly bit: number; readonly bitsAllocated: number };
}

/** What a file has drawn over its own image. */
export interface DrawnOver {
  readonly overlays: readonly OverlayPlane[];
  readonly shutter: Shutter | null;
  readonly rows: number;
  readonly columns: number;
}

/** Groups 6000 to 601E; those that hold nothing drawable are left out. */
export function overlayPlanesOf(dataset: DicomJson): OverlayPlane[] {
  return Array.from(
    { length: 16 },
    (_, index) => `60${(2 * index).toString(16).padStart(2, '0').toUpperCase()}`,
  ).flatMap((group): OverlayPlane[] => {
    const whole = (element: string): number | undefined => numbers(dataset, group + element)[0];
    const [rows, columns] = [whole('0010'), whole('0011')];
    const data = dataset[`${group}3000`];
    const bit = whole('0102') ?? 0;
    if (!rows || !columns || (!data && bit === 0)) return [];
    const [top = 1, left = 1] = numbers(dataset, `${group}0050`);
    const [count, first] = [whole('0015'), whole('0051')];
    return [
      {
        group,
        name: text(dataset, `${group}1500`) || text(dataset, `${group}0022`),
        type: text(dataset, `${group}0040`) === 'R' ? 'region' : 'graphics',
        rows,
        columns,
        top: top - 1,
        left: left - 1,
        frames: data && (count ?? first) !== undefined ? { first: first ?? 1, count: count ?? 1 } : null,
        data: data ?? { bit, bitsAllocated: numbers(dataset, '00280100')[0] ?? 16 },
      },
    ];
  });
}

export const isOver = ({ frames }: OverlayPlane, frame: number): boolean =>
  frames === null || (frame >= frames.first && frame < frames.first + frames.count);

/**
 * Whether a bit of the plane is set, by its place in the plane.
 * @param frameUrl of the image, uncompressed
 */
export async function bitsOf(plane: OverlayPlane, frame: number, frameUrl: string): Promise<(at: number) => boolean> {
  if ('bit' in plane.data) {
    const { bit, bitsAllocated } = plane.data;
    const cells = await octets(new URL(frameUrl).pathname);
    // Little endian: the bit lies in one byte of its cell.
    const size = bitsAllocated / 8;
    return (at) => ((cells[at * size + (bit >> 3)]! >> (bit & 7)) & 1) === 1;
  }
  const bytes = await bulkBytes(plane.data);
  const from = plane.frames ? (frame - plane.frames.first) * plane.rows * plane.columns : 0;
  return (at) => ((bytes[(from + at) >> 3]! >> ((from + at) & 7)) & 1) === 1;
}
