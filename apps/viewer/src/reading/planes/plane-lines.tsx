import { useRef, type PointerEvent } from 'react';
import { useText } from '../../text/index.js';
import type { ImageViewport } from '../images/image-viewport.js';
import { angleTo, reach, type CellLines, type PlaneLine } from './lines-of-planes.js';
import type { PlaneName } from './plane.js';
import './plane-lines.css';

const COLOURS: Readonly<Record<PlaneName, string>> = { axial: '#ff8a7a', coronal: '#7fe39a', sagittal: '#7ab8ff' };
/** The handles keep clear of the letters at the edges. */
const MARGIN = 34;

interface PlaneLinesProps {
  of: CellLines;
  /** of the planes as they are turned now */
  turnId: number;
  /** the viewport of the cell */
  pointAt: (what: (viewport: ImageViewport) => void) => void;
  turn: (radians: number) => void;
}

/** Where the other two planes cut this one; by the ends of the lines both are turned. */
export function PlaneLines({ of, turnId, pointAt, turn }: PlaneLinesProps) {
  const words = useText().images.planes;
  const { centre, size, lines } = of;
  const held = useRef<PlaneName | null>(null);
  /** Which end of the line is held. */
  const end = useRef<1 | -1>(1);
  /** One turn is there before the next is asked for. */
  const askedAt = useRef(-1);
  const move = (event: PointerEvent): void => {
    const line = lines.find(({ name }) => name === held.current);
    if (!line || askedAt.current === turnId) return;
    pointAt((viewport) => {
      const at = viewport.pointAt(event.clientX, event.clientY);
      if (!at) return;
      const [x, y, z] = line.direction;
      const radians = angleTo([x * end.current, y * end.current, z * end.current], of, at.point);
      if (Math.abs(radians) < 0.002) return;
      askedAt.current = turnId;
      turn(radians);
    });
  };
  const handle = (line: PlaneLine, side: 1 | -1) => {
    const along = [line.along[0] * side, line.along[1] * side] as const;
    const far = reach(centre, along, size, MARGIN);
    if (far < MARGIN) return null;
    const [x, y] = [centre[0] + along[0] * far, centre[1] + along[1] * far];
    return (
      <g
        key={`${line.name} ${side}`}
        className="plane-handle"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          held.current = line.name;
          askedAt.current = -1;
          end.current = side;
          event.preventDefault();
        }}
        onPointerMove={move}
        onPointerUp={() => {
          held.current = null;
        }}
        onPointerCancel={() => {
          held.current = null;
        }}
        data-testid={`turn-${line.name}`}
      >
        <title>{words.handle}</title>
        <circle cx={x} cy={y} r={14} className="plane-hold" />
        <circle cx={x} cy={y} r={6} />
      </g>
    );
  };
  return (
    <svg className="plane-lines" data-testid="plane-lines">
      {lines.map((line) => {
        const ends = ([1, -1] as const).map((side) => {
          const way = [line.along[0] * side, line.along[1] * side] as const;
          const far = reach(centre, way, size, 0);
          return [centre[0] + way[0] * far, centre[1] + way[1] * far] as const;
        });
        const [[x1, y1], [x2, y2]] = ends as [readonly [number, number], readonly [number, number]];
        return (
          <g key={line.name} stroke={COLOURS[line.name]}>
            <line x1={x1} y1={y1} x2={x2} y2={y2} />
            {handle(line, 1)}
            {handle(line, -1)}
          </g>
        );
      })}
    </svg>
  );
}
