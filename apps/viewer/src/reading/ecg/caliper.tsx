import { useEffect, useState, type MouseEvent } from 'react';
import type { EcgPage } from '#libs/formats/ecg-page';
import { typing } from '../../office/typing.js';
import { useText } from '../../text/index.js';
import { MARCH_KEY } from './ecg-keys.js';
import { screenBox } from './ecg-view.js';

export interface Point {
  x: number;
  y: number;
}

export interface Span {
  milliseconds: number;
  millivolts: number;
}

/** What lies between two points of the page, by its paper speed and gain. */
export function spanOf(page: EcgPage, from: Point, to: Point): Span {
  return {
    milliseconds: (Math.abs(to.x - from.x) / page.speedMmPerS) * 1000,
    millivolts: (from.y - to.y) / page.gainMmPerMv,
  };
}

/** One step of a caliper's end by keys: 20 ms or 0.05 mV at the usual scale. */
const STEP_MM = 0.5;

export interface CaliperState {
  from: Point | null;
  to: Point | null;
  fixed: boolean;
  marching: boolean;
  /** Where the mouse was last, or the end that keys move. */
  at: Point;
  point: (at?: Point) => void;
  hover: (at: Point) => void;
  move: (right: number, down: number) => void;
  clear: () => void;
}

interface Held {
  /** The view it was measured in. */
  of: string;
  from: Point;
  to: Point;
  fixed: boolean;
}

/**
 * Click-click measuring over the page, in its millimetres, by mouse or keys. Holding M steps the interval along the rhythm. What was
 * measured in one view (`of`) is not shown in another, where the same millimetres mean something else.
 */
export function useCaliper(page: EcgPage, of: string): CaliperState {
  const { xMm, yMm, widthMm, heightMm } = page.grid;
  const middle = { x: xMm + widthMm / 2, y: yMm + heightMm / 2 };
  const [kept, setHeld] = useState<Held | null>(null);
  const held = kept?.of === of ? kept : null;
  const [marching, setMarching] = useState(false);
  const [mouse, setMouse] = useState<Point | null>(null);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (typing(event.target) || event.key.toUpperCase() !== MARCH_KEY) return;
      setMarching(event.type === 'keydown');
    };
    const leave = (): void => setMarching(false);
    window.addEventListener('keydown', key);
    window.addEventListener('keyup', key);
    window.addEventListener('blur', leave);
    return () => {
      window.removeEventListener('keydown', key);
      window.removeEventListener('keyup', key);
      window.removeEventListener('blur', leave);
    };
  }, []);
  const at = held?.to ?? mouse ?? middle;
  return {
    from: held?.from ?? null,
    to: held?.to ?? null,
    fixed: held?.fixed ?? false,
    marching,
    at,
    point: (point = at) =>
      setHeld(held && !held.fixed ? { ...held, to: point, fixed: true } : { of, from: point, to: point, fixed: false }),
    hover: (point) => {
      setMouse(point);
      if (held && !held.fixed) setHeld({ ...held, to: point });
    },
    move: (right, down) => {
      const moved = {
        x: Math.min(xMm + widthMm, Math.max(xMm, at.x + right * STEP_MM)),
        y: Math.min(yMm + heightMm, Math.max(yMm, at.y + down * STEP_MM)),
      };
      if (held) setHeld({ ...held, to: moved });
      else setMouse(moved);
    },
    clear: () => setHeld(null),
  };
}

export function Caliper({ page, caliper }: { page: EcgPage; caliper: CaliperState }) {
  const t = useText();
  const { from, to, fixed, marching, point, hover } = caliper;
  const seen = screenBox(page);
  const right = seen.xMm + seen.widthMm;
  const bottom = seen.yMm + seen.heightMm;
  const pointOf = (event: MouseEvent<SVGSVGElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: seen.xMm + ((event.clientX - box.left) / box.width) * seen.widthMm,
      y: seen.yMm + ((event.clientY - box.top) / box.height) * seen.heightMm,
    };
  };
  const span = from && to ? spanOf(page, from, to) : null;
  const step = from && to ? Math.abs(to.x - from.x) : 0;
  const steps: number[] = [];
  if (marching && fixed && from && step > 1.5) {
    for (let x = from.x % step; x < right; x += step) steps.push(x);
  }
  const textX = from && to ? Math.min(Math.max(from.x, to.x) + 1.5, right - 55) : 0;
  const textY = from && to ? Math.max(seen.yMm + 6, Math.min(from.y, to.y) - 2) : 0;
  const rate = span && span.milliseconds > 0 ? Math.round(60_000 / span.milliseconds) : 0;

  return (
    <svg
      className="caliper"
      viewBox={`${seen.xMm} ${seen.yMm} ${seen.widthMm} ${seen.heightMm}`}
      onClick={(event) => point(pointOf(event))}
      onMouseMove={(event) => hover(pointOf(event))}
      data-testid="caliper"
      data-ms={span && fixed ? span.milliseconds.toFixed(0) : undefined}
      data-mv={span && fixed ? span.millivolts.toFixed(2) : undefined}
    >
      {steps.map((x) => (
        <line key={x} className="caliper-step" x1={x} x2={x} y1={seen.yMm} y2={bottom} />
      ))}
      {from && to && span && (
        <>
          <line className="caliper-line" x1={from.x} x2={from.x} y1={seen.yMm} y2={bottom} />
          <line className="caliper-line" x1={to.x} x2={to.x} y1={seen.yMm} y2={bottom} />
          <line className="caliper-level" x1={from.x} x2={to.x} y1={from.y} y2={from.y} />
          <line className="caliper-level" x1={to.x} x2={to.x} y1={from.y} y2={to.y} />
          <rect
            className="caliper-box"
            x={textX - 1}
            y={textY - 4.4}
            width={rate >= 20 && rate <= 400 ? 54 : 36}
            height={6}
            rx={1}
          />
          <text className="caliper-text" x={textX} y={textY}>
            {`${span.milliseconds.toFixed(0)} ms · ${span.millivolts.toFixed(2)} mV`}
            {rate >= 20 && rate <= 400 ? ` · ${rate} ${t.ecg.perMinute}` : ''}
          </text>
        </>
      )}
    </svg>
  );
}
