import { useEffect, useMemo, useRef, type RefObject } from 'react';
import { Caliper, type CaliperState } from './caliper.js';
import { drawPage, type PageDrawing } from './draw-page.js';
import { screenBox } from './ecg-view.js';
import { Lens } from './lens.js';

interface PaperProps {
  drawing: PageDrawing;
  /** CSS pixels of a millimetre. */
  scale: number;
  caliper: CaliperState | null;
  lens: boolean;
  drawn?: () => void;
}

/** One page to scale. `data-frame-ms` is what drawing it took. */
export function Paper({ drawing, scale, caliper, lens, drawn }: PaperProps) {
  const canvas: RefObject<HTMLCanvasElement | null> = useRef(null);
  const box = useMemo(() => screenBox(drawing.page), [drawing.page]);
  useEffect(() => {
    if (!canvas.current || scale <= 0) return;
    const begun = performance.now();
    drawPage(canvas.current, drawing, scale * (window.devicePixelRatio || 1));
    canvas.current.dataset['frameMs'] = (performance.now() - begun).toFixed(2);
    drawn?.();
  }, [drawing, scale, drawn]);
  const size = { width: `${box.widthMm * scale}px`, height: `${box.heightMm * scale}px` };
  return (
    <div className="ecg-paper" style={size}>
      <canvas ref={canvas} style={size} />
      {caliper && <Caliper page={drawing.page} caliper={caliper} />}
      {lens && caliper && <Lens drawing={drawing} at={caliper.at} scale={scale} left={caliper.from !== null} />}
    </div>
  );
}
