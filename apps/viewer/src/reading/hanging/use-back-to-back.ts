import { useEffect, useState } from 'react';
import type { CellHandle } from '../images/image-cell.js';
import { useLatest } from '../../office/use-latest.js';
import type { PlannedStep } from './plan.js';
import { commonScale, shiftToWall, turnToStand, wallOf, type Standing } from './stand.js';

/** Hangs breasts with their chest walls towards each other, upright and at one scale; anew when cells change their size. @returns does it again */
export function useBackToBack(
  step: PlannedStep | null,
  handleOf: (index: number) => CellHandle | undefined,
  grid: HTMLElement | null,
): () => void {
  const cells = step?.backToBack ? step.cells : [];
  const filled = cells.flatMap(({ unit, laterality }, index) => {
    const handle = handleOf(index);
    const side = laterality ?? unit?.laterality;
    return unit && side && handle ? [{ unit, side, handle }] : [];
  });
  const ready =
    filled.length > 0 &&
    filled.length === cells.filter(({ unit }) => unit).length &&
    filled.every(({ unit, handle }) => handle.drawn && handle.series?.uid === unit.uid);
  const hang = useLatest(() => {
    const stands = filled.map(({ unit, side, handle }) => {
      const turn = turnToStand(handle.frame?.patientOrientation ?? null, side, unit.view) ?? handle.state.turn;
      let standing: Standing | null = null;
      handle.act((viewport) => {
        standing = viewport.turned(turn, millimetresOf(handle));
      });
      return standing as Standing | null;
    });
    const measured = stands.filter((one) => one !== null);
    if (measured.length === 0) return;
    const scale = commonScale(measured);
    for (const [index, { side, handle }] of filled.entries()) {
      const standing = stands[index];
      if (!standing) continue;
      const shift = shiftToWall(standing, scale, wallOf(side));
      handle.act((viewport) => viewport.stand(scale / millimetresOf(handle), shift));
    }
  });
  const [size, setSize] = useState('');
  useEffect(() => {
    if (!grid) return undefined;
    const watching = new ResizeObserver(() => setSize(`${grid.clientWidth} ${grid.clientHeight}`));
    watching.observe(grid);
    return () => watching.disconnect();
  }, [grid]);
  const uids = filled.map(({ unit }) => `${unit.uid} ${unit.at?.sopInstanceUid}`);
  const key = ready && step ? [step.rows, step.columns, size, ...uids].join(' ') : '';
  useEffect(() => {
    if (!key) return undefined;
    // In the frame after the next the cells' own pictures have their new size.
    let soon = requestAnimationFrame(() => {
      soon = requestAnimationFrame(() => hang.current());
    });
    return () => cancelAnimationFrame(soon);
  }, [key, hang]);
  return () => hang.current();
}

/** Of one unit of the picture's world; 1 where there are no millimetres. */
const millimetresOf = ({ frame }: CellHandle): number =>
  frame?.spacing.of === 'detector' ? frame.spacing.millimetres : 1;
