import { numbers, type DicomJson } from '../../api/dicom-web.js';
import type { Colour } from './cie-lab.js';

/** A display shutter (PS3.3 C.7.6.11): what is outside any of its shapes is not to be seen. Pixels count from 1. */
export interface Shutter {
  readonly shapes: readonly ShutterShape[];
  /** What is put in place of the picture. */
  readonly colour: Colour;
}
export type ShutterShape =
  | { readonly kind: 'rectangle'; left: number; right: number; top: number; bottom: number }
  | { readonly kind: 'circle'; row: number; column: number; radius: number }
  | { readonly kind: 'polygon'; corners: readonly (readonly [row: number, column: number])[] };

const tag = {
  ShutterShape: '00181600',
  LeftVerticalEdge: '00181602',
  RightVerticalEdge: '00181604',
  UpperHorizontalEdge: '00181606',
  LowerHorizontalEdge: '00181608',
  CenterOfCircularShutter: '00181610',
  RadiusOfCircularShutter: '00181612',
  VerticesOfThePolygonalShutter: '00181620',
  ShutterPresentationValue: '00181622',
} as const;

export function shutterOf(dataset: DicomJson): Shutter | null {
  const named = (dataset[tag.ShutterShape]?.Value ?? []).map((value) => String(value).trim());
  const shapes = named.flatMap((name): ShutterShape[] => {
    if (name === 'RECTANGULAR') {
      const [left, right, top, bottom] = [
        tag.LeftVerticalEdge,
        tag.RightVerticalEdge,
        tag.UpperHorizontalEdge,
        tag.LowerHorizontalEdge,
      ].map((edge) => numbers(dataset, edge)[0]);
      if (left === undefined || right === undefined || top === undefined || bottom === undefined) return [];
      return [{ kind: 'rectangle', left, right, top, bottom }];
    }
    if (name === 'CIRCULAR') {
      const [row, column] = numbers(dataset, tag.CenterOfCircularShutter);
      const [radius] = numbers(dataset, tag.RadiusOfCircularShutter);
      return row === undefined || column === undefined || radius === undefined
        ? []
        : [{ kind: 'circle', row, column, radius }];
    }
    const ends = numbers(dataset, tag.VerticesOfThePolygonalShutter);
    if (name !== 'POLYGONAL' || ends.length < 6) return [];
    return [
      {
        kind: 'polygon',
        corners: Array.from({ length: ends.length >> 1 }, (_, index) => [ends[2 * index]!, ends[2 * index + 1]!]),
      },
    ];
  });
  const [value = 0] = numbers(dataset, tag.ShutterPresentationValue);
  const grey = value >> 8;
  return shapes.length > 0 ? { shapes, colour: [grey, grey, grey] } : null;
}

/** Whether a pixel is to be seen. */
export const isOpen = ({ shapes }: Shutter, row: number, column: number): boolean =>
  shapes.every((shape) => {
    if (shape.kind === 'rectangle')
      return column >= shape.left && column <= shape.right && row >= shape.top && row <= shape.bottom;
    if (shape.kind === 'circle') return (row - shape.row) ** 2 + (column - shape.column) ** 2 <= shape.radius ** 2;
    return isWithin(shape.corners, row, column);
  });

function isWithin(corners: readonly (readonly [number, number])[], row: number, column: number): boolean {
  let within = false;
  for (const [index, [ownRow, ownColumn]] of corners.entries()) {
    const [row2, column2] = corners[(index + 1) % corners.length]!;
    const beside = (column2 - ownColumn) * (row - ownRow) - (row2 - ownRow) * (column - ownColumn);
    const along = (row - ownRow) * (row - row2) <= 0 && (column - ownColumn) * (column - column2) <= 0;
    // On the edge, which the other shapes leave to be seen too.
    if (beside === 0 && along) return true;
    if (ownRow > row !== row2 > row && column < ((column2 - ownColumn) * (row - ownRow)) / (row2 - ownRow) + ownColumn)
      within = !within;
  }
  return within;
}
