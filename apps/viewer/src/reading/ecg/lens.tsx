import { useEffect, useRef } from 'react';
import type { Point } from './caliper.js';
import { paintPage, type PageDrawing } from './draw-page.js';
import { screenBox } from './ecg-view.js';

/** CSS pixels. */
const SIZE = 240;
const TIMES = 3;

interface LensProps {
  drawing: PageDrawing;
  /** What it enlarges, in the page's millimetres. */
  at: Point;
  /** CSS pixels of a millimetre of the page beneath. */
  scale: number;
  /** On the left of it: what a caliper says stands on the right. */
  left: boolean;
}

/** Three times as large, drawn anew and not stretched, beside what it enlarges. */
export function Lens({ drawing, at, scale, left: leftward }: LensProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.current.width = SIZE * ratio;
    canvas.current.height = SIZE * ratio;
    const large = scale * ratio * TIMES;
    const middle = (SIZE * ratio) / 2;
    context.translate(Math.round(middle - at.x * large), Math.round(middle - at.y * large));
    paintPage(context, drawing, large);
  }, [drawing, at.x, at.y, scale]);
  const box = screenBox(drawing.page);
  const [x, y] = [(at.x - box.xMm) * scale, (at.y - box.yMm) * scale];
  const fits = leftward ? x - 24 - SIZE < 0 : x + 24 + SIZE <= box.widthMm * scale;
  const left = fits ? x + 24 : x - 24 - SIZE;
  const top = Math.min(Math.max(0, y - SIZE / 2), Math.max(0, box.heightMm * scale - SIZE));
  return (
    <canvas
      ref={canvas}
      className="ecg-lens"
      data-testid="lens"
      style={{ width: SIZE, height: SIZE, left: Math.max(0, left), top }}
    />
  );
}
