import { useEffect, useRef, type RefObject } from 'react';
import { useLatest } from '../../office/use-latest.js';
import type { MarksControl } from '../marks/use-marks.js';
import { MarkLayer } from './mark-layer.js';
import { startRendering } from './rendering.js';

/** Draws the marks of the reading, and tells of those that are drawn. */
export function useMarkLayer(control: MarksControl, editable: boolean): RefObject<MarkLayer | null> {
  const layer = useRef<MarkLayer | null>(null);
  const change = useLatest(control.change);
  useEffect(() => {
    startRendering();
    const made = new MarkLayer((marks) => change.current(marks));
    layer.current = made;
    return () => {
      made.destroy();
      layer.current = null;
    };
  }, [change]);
  const { marks, elsewhere } = control;
  useEffect(() => layer.current?.show(marks, elsewhere, !editable), [marks, elsewhere, editable]);
  return layer;
}
