import { useCallback, useEffect, useRef, useState } from 'react';
import { ImageViewport, type ViewportState } from './image-viewport.js';
import { registerMetadata, type DrawFailure } from './rendering.js';
import type { LoadedSeries } from './series.js';

const markOnce = (name: string): void => {
  if (performance.getEntriesByName(name, 'mark').length === 0) performance.mark(name);
};

const start: ViewportState = {
  index: 0,
  windowWidth: Number.NaN,
  windowCenter: Number.NaN,
  zoom: 1,
  invert: false,
  letters: ['', '', '', ''],
};

/** Binds an ImageViewport to an element and a series, and keeps what it shows as React state. */
export function useImageViewport(loaded: LoadedSeries | null) {
  const element = useRef<HTMLDivElement>(null);
  const viewport = useRef<ImageViewport | null>(null);
  const [state, setState] = useState<ViewportState>(start);
  const [drawn, setDrawn] = useState('');
  const [failures, setFailures] = useState<ReadonlyMap<string, DrawFailure>>(new Map());
  const shownSeries = useRef('');

  useEffect(() => {
    performance.clearMarks('first-preview');
    performance.clearMarks('first-lossless');
  }, []);

  useEffect(() => {
    const host = element.current;
    if (!host) return undefined;
    const made = new ImageViewport(host, {
      changed: setState,
      drawn: (imageId) => {
        host.dataset['renderedImageId'] = imageId;
        markOnce('first-preview');
        // Frames are fetched as they are stored: what is drawn is never a reduced copy.
        markOnce('first-lossless');
        setDrawn(imageId);
        setFailures((old) => {
          if (!old.has(imageId)) return old;
          const next = new Map(old);
          next.delete(imageId);
          return next;
        });
      },
      failed: (imageId, failure) => setFailures((old) => new Map(old).set(imageId, failure)),
    });
    viewport.current = made;
    return () => {
      viewport.current = null;
      shownSeries.current = '';
      made.destroy();
    };
  }, []);

  useEffect(() => {
    if (!loaded || loaded.frames.length === 0 || !viewport.current) return;
    registerMetadata(loaded);
    const imageIds = loaded.frames.map((frame) => frame.imageId);
    if (shownSeries.current === loaded.uid) void viewport.current.extend(imageIds);
    else void viewport.current.show(imageIds, 0);
    shownSeries.current = loaded.uid;
  }, [loaded]);

  const act = useCallback((what: (viewport: ImageViewport) => void) => {
    if (viewport.current) what(viewport.current);
  }, []);
  return { element, state, drawn, failures, act };
}
