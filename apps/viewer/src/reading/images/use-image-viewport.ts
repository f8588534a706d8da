import { useCallback, useEffect, useRef, useState } from 'react';
import type { KeyImage } from '../../api/types.js';
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
  playing: false,
  rate: 1,
  turn: { quarters: 0, flipped: false },
  letters: ['', '', '', ''],
};

const indexOf = ({ frames }: LoadedSeries, key: KeyImage): number =>
  frames.findIndex((frame) => frame.sopInstanceUid === key.sopInstanceUid && frame.frame === key.frame);

/** Binds an ImageViewport to an element and a series, and keeps what it shows as React state. It opens on `begin`, and goes to `wanted`. */
export function useImageViewport(
  id: string,
  loaded: LoadedSeries | null,
  wanted: KeyImage | null,
  begin: KeyImage | null,
) {
  const element = useRef<HTMLDivElement>(null);
  const viewport = useRef<ImageViewport | null>(null);
  const [state, setState] = useState<ViewportState>(start);
  const [drawn, setDrawn] = useState('');
  const [failures, setFailures] = useState<ReadonlyMap<string, DrawFailure>>(new Map());
  const shown = useRef<LoadedSeries | null>(null);
  const begun = useRef<KeyImage | null>(null);

  useEffect(() => {
    const host = element.current;
    if (!host) return undefined;
    const made = new ImageViewport(id, host, {
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
      shown.current = null;
      made.destroy();
    };
  }, [id]);

  useEffect(() => {
    if (!loaded || loaded.frames.length === 0 || !viewport.current) return;
    registerMetadata(loaded);
    const imageIds = loaded.frames.map((frame) => frame.imageId);
    const [at, beginsAt] = [wanted, begin].map((key) => (key ? indexOf(loaded, key) : -1)) as [number, number];
    const opensAt = at >= 0 ? at : beginsAt >= 0 ? beginsAt : loaded.opensAt;
    if (shown.current?.uid !== loaded.uid) void viewport.current.show(imageIds, opensAt);
    else if (shown.current !== loaded)
      void viewport.current.extend(imageIds, shown.current.goesTo === loaded.goesTo ? undefined : loaded.goesTo?.index);
    else if (begin !== begun.current && beginsAt >= 0) viewport.current.scrollTo(beginsAt);
    else if (at >= 0) viewport.current.scrollTo(at);
    shown.current = loaded;
    begun.current = begin;
  }, [loaded, wanted, begin]);

  const act = useCallback((what: (viewport: ImageViewport) => void) => {
    if (viewport.current) what(viewport.current);
  }, []);
  return { element, state, drawn, failures, act };
}
