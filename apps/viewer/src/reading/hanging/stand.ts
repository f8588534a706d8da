import { edgeLetters, type Turn } from '../images/orientation.js';
import type { Side } from './unit.js';

/** Of the cell, towards which the chest wall is hung: a right breast hangs on the left. */
export const wallOf = (laterality: Side): 'left' | 'right' => (laterality === 'R' ? 'right' : 'left');

/**
 * How an image of a breast is turned so that the chest wall is towards the middle and the patient stands upright, from what its row and column
 * run towards (PS3.3 C.7.6.1.1.1): feet down in oblique and lateral views, the middle of the patient down in one from head to foot. Null where
 * the file does not say which side the chest wall is.
 */
export function turnToStand(
  patientOrientation: readonly [string, string] | null,
  laterality: Side,
  view: string,
): Turn | null {
  if (!patientOrientation) return null;
  const wall = laterality === 'R' ? 'P' : 'A';
  const down = view === 'CC' ? (laterality === 'R' ? 'L' : 'R') : 'F';
  const turns = [0, 1, 2, 3].flatMap((quarters): Turn[] => [
    { quarters, flipped: false },
    { quarters, flipped: true },
  ]);
  const fits = (turn: Turn): number => {
    const [, right = '', bottom = ''] = edgeLetters({ oriented: false, patientOrientation }, [], turn);
    return (right.startsWith(wall) ? 2 : 0) + (bottom.includes(down) ? 1 : 0);
  };
  const [best] = turns.sort((a, b) => fits(b) - fits(a));
  return best && fits(best) >= 2 ? best : null;
}

/** An image as it hangs: its size on the screen's axes, in millimetres, and that of its cell in pixels of the screen. */
export interface Standing {
  readonly width: number;
  readonly height: number;
  readonly cell: readonly [width: number, height: number];
}

/** Millimetres per pixel of the screen at which every image is seen whole. */
export const commonScale = (images: readonly Standing[]): number =>
  Math.max(...images.map(({ width, height, cell }) => Math.max(width / cell[0], height / cell[1])));

/** By how many pixels of the screen an image in the middle of its cell is moved for its edge to lie at the cell's. */
export const shiftToWall = ({ width, cell }: Standing, scale: number, wall: 'left' | 'right'): number =>
  ((wall === 'right' ? 1 : -1) * (cell[0] - width / scale)) / 2;
