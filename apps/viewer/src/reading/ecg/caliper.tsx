import { useEffect, useState, type MouseEvent } from 'react';
import type { EcgPage } from '#libs/formats/ecg-page';
import { useText } from '../../text/index.js';
import { screenBox } from './ecg-view.js';

interface Point {
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

/** Click-click measuring over the page, in its millimetres. Holding M steps the interval along the rhythm. */
export function Caliper({ page }: { page: EcgPage }) {
  const t = useText();
  const seen = screenBox(page);
  const right = seen.xMm + seen.widthMm;
  const bottom = seen.yMm + seen.heightMm;
  const [from, setFrom] = useState<Point | null>(null);
  const [to, setTo] = useState<Point | null>(null);
  const [fixed, setFixed] = useState(false);
  const [marching, setMarching] = useState(false);

  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.matches('input, textarea')) return;
      if (event.key.toLowerCase() === 'm') setMarching(event.type === 'keydown');
      if (event.key === 'Escape' && event.type === 'keydown') {
        setFrom(null);
        setTo(null);
        setFixed(false);
      }
    };
    window.addEventListener('keydown', key);
    window.addEventListener('keyup', key);
    return () => {
      window.removeEventListener('keydown', key);
      window.removeEventListener('keyup', key);
    };
  }, []);

  const pointOf = (event: MouseEvent<SVGSVGElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: seen.xMm + ((event.clientX - box.left) / box.width) * seen.widthMm,
      y: seen.yMm + ((event.clientY - box.top) / box.height) * seen.heightMm,
    };
  };
  const click = (event: MouseEvent<SVGSVGElement>): void => {
    const point = pointOf(event);
    if (!from || fixed) {
      setFrom(point);
      setTo(point);
      setFixed(false);
    } else {
      setTo(point);
      setFixed(true);
    }
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
      onClick={click}
      onMouseMove={(event) => {
        if (from && !fixed) setTo(pointOf(event));
      }}
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
