import type { ReactNode } from 'react';
import type { CellHandle } from '../images/image-cell.js';
import { linesOfPlanes } from './lines-of-planes.js';
import { PlaneLines } from './plane-lines.js';
import type { PlanesState } from './use-planes.js';

interface PlaneTurns {
  /** Turns the other planes in the active cell, clockwise on the screen. */
  readonly by: (degrees: number) => void;
  /** Null where no plane is turned. */
  readonly straighten: (() => void) | null;
  /** What lies over a cell. */
  readonly over: (cell: number) => ReactNode;
}

/** How the planes are turned: by keys in the active cell, and by the ends of the lines in each. */
export function planeTurns(
  planes: PlanesState,
  handles: readonly (CellHandle | undefined)[],
  active: number,
): PlaneTurns {
  const cells = linesOfPlanes(planes, handles);
  const turnIn = (cell: number, radians: number): void => {
    const of = cells?.[cell];
    if (of && planes.step === 'ready') planes.turnIn(of.name, radians, of.meeting);
  };
  const turned = planes.step === 'ready' && planes.lie.id > 0 && cells ? planes : null;
  return {
    by: (degrees) => turnIn(active, ((cells?.[active]?.clockwise ?? 1) * degrees * Math.PI) / 180),
    straighten: turned && (() => turned.straighten(cells![0]!.meeting)),
    over: (cell) => {
      const of = cells?.[cell];
      const handle = handles[cell];
      if (!of || !handle || planes.step !== 'ready') return null;
      return (
        <PlaneLines of={of} turnId={planes.lie.id} pointAt={handle.act} turn={(radians) => turnIn(cell, radians)} />
      );
    },
  };
}
