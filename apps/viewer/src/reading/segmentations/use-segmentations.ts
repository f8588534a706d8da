import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { seriesMetadata } from '../../api/dicom-web.js';
import { useFetched } from '../../office/use-fetched.js';
import type { LoadedSeries, Series } from '../images/series.js';
import { fitFrames } from './fit-frames.js';
import { placedImages } from './placed-images.js';
import type { SegmentsOver } from './segment-badges.js';
import { segmentationsOf, type Segment, type Segmentation } from './segmentation.js';
import { SegmentationLayer, segmentKey, type FittedSegmentation, type LayerState } from './segmentation-layer.js';

export interface SegmentationsControl {
  /** Of the series that is looked at. */
  readonly fitted: readonly FittedSegmentation[];
  readonly isShown: (segmentation: Segmentation, segment: Segment) => boolean;
  readonly toggle: (segmentation: Segmentation, segment: Segment) => void;
  /** Hides what is shown, and shows it again: all of it where nothing was shown yet. */
  readonly toggleAll: () => void;
  readonly state: LayerState;
  /** Segments that are shown over the images of a series, by its UID. */
  readonly over: ReadonlyMap<string, SegmentsOver>;
  /** The list of them could not be fetched. */
  readonly error: unknown;
}

/** By the series that they are over. */
type Fits = ReadonlyMap<string, readonly FittedSegmentation[]>;
const none: Fits = new Map();
const nothing: ReadonlySet<string> = new Set();
const idle: LayerState = { coming: false, error: null };
const keysOf = ({ segmentation }: FittedSegmentation): string[] =>
  (segmentation.type === 'other' ? [] : segmentation.segments).map((segment) => segmentKey(segmentation, segment));

/**
 * The segmentations of a study over the images of its series. What they are is fetched when the first picture is on the screen; their
 * pixels when somebody wants to see them.
 * @param looked at in the active cell
 */
export function useSegmentations(
  study: string,
  series: readonly Series[],
  looked: LoadedSeries | null,
  pictureIsThere: boolean,
): SegmentationsControl {
  const wanted = pictureIsThere
    ? series
        .filter(({ modality }) => modality === 'SEG')
        .map(({ uid, instances }) => `${uid} ${instances}`)
        .join('\n')
    : '';
  const load = useCallback(
    async (signal: AbortSignal): Promise<Segmentation[]> => {
      const uids = wanted.split('\n').filter(Boolean);
      const datasets = await Promise.all(uids.map((one) => seriesMetadata(study, one.split(' ')[0]!, signal)));
      return segmentationsOf(datasets.flat(), signal);
    },
    [study, wanted],
  );
  const { value: all, error } = useFetched(load);
  const known = useRef<Fits>(none);
  const fit = useCallback(async (): Promise<Fits> => {
    if (!all || all.length === 0 || !looked) return known.current;
    const images = placedImages(looked);
    const fitted = all.flatMap((segmentation) => {
      const found = fitFrames(segmentation, images);
      return found ? [{ segmentation, fit: found }] : [];
    });
    known.current = new Map(known.current).set(looked.uid, fitted);
    return known.current;
  }, [all, looked]);
  const fits = useFetched(fit).value ?? none;

  const [shown, setShown] = useState(nothing);
  const [before, setBefore] = useState(nothing);
  const [state, setState] = useState(idle);
  const layer = useRef<SegmentationLayer | null>(null);
  useEffect(() => {
    const made = new SegmentationLayer(study, setState);
    layer.current = made;
    return () => {
      made.destroy();
      layer.current = null;
    };
  }, [study]);
  useEffect(() => layer.current?.show([...fits.values()].flat(), shown), [fits, shown]);

  const fitted = (looked && fits.get(looked.uid)) || [];
  const over = useMemo(
    () =>
      new Map(
        [...fits].map(([uid, ones]) => [
          uid,
          {
            coming: state.coming,
            over: ones.flatMap(({ segmentation }) => {
              const segments = segmentation.segments.filter((segment) => shown.has(segmentKey(segmentation, segment)));
              return segments.length > 0 ? [{ segmentation, segments }] : [];
            }),
          },
        ]),
      ),
    [fits, shown, state],
  );
  return {
    fitted,
    isShown: (segmentation, segment) => shown.has(segmentKey(segmentation, segment)),
    toggle: (segmentation, segment) => {
      const key = segmentKey(segmentation, segment);
      const next = new Set(shown);
      if (!next.delete(key)) next.add(key);
      setShown(next);
    },
    toggleAll: () => {
      const here = fitted.flatMap(keysOf);
      const visible = here.filter((key) => shown.has(key));
      const again = here.filter((key) => before.has(key));
      if (visible.length > 0) setBefore(new Set(visible));
      const next = new Set([...shown].filter((key) => !here.includes(key)));
      if (visible.length === 0) for (const key of again.length > 0 ? again : here) next.add(key);
      setShown(next);
    },
    state,
    over,
    error,
  };
}
