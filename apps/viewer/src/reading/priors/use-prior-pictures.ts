import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Prior, ReadDetail } from '../../api/types.js';
import { numbers } from '../../api/dicom-web.js';
import { useFetched } from '../../office/use-fetched.js';
import type { CellHandle } from '../images/image-cell.js';
import { holdsPictures, listSeries, type LoadedSeries, type Series } from '../images/series.js';
import { readOfPrior } from './prior-words.js';

/** The picture series of the prior that stands beside the present images, and which of them is shown. */
export function usePriorPictures(read: ReadDetail, prior: Prior | null, modality: string) {
  const study = prior?.studyInstanceUid ?? '';
  const load = useCallback(
    async (signal: AbortSignal) => ({ study, series: study ? await listSeries(study, signal) : [] }),
    [study],
  );
  const { value, error, retry } = useFetched(load);
  const [picked, pick] = useState('');
  const series = useMemo<Series[]>(
    () => (value?.study === study ? value.series.filter(holdsPictures) : []),
    [value, study],
  );
  const shown =
    series.find(({ uid }) => uid === picked) ?? series.find((one) => one.modality === modality) ?? series[0] ?? null;
  const asRead = useMemo(() => (prior ? readOfPrior(read, prior) : null), [read, prior]);
  const state = useMemo(
    () => ({ empty: value?.study === study && series.length === 0, error, retry }),
    [value, study, series, error, retry],
  );
  return { series, shown, pick, read: asRead, state };
}

/** Millimetres from one image of a volume to the next; 1 where nothing says so. */
function stepOf({ metadata }: LoadedSeries): number {
  const [a, b] = metadata.slice(0, 2).map(({ dataset }) => numbers(dataset, '00200032'));
  if (a?.length !== 3 || b?.length !== 3) return 1;
  return Math.hypot(...a.map((one, axis) => one - b[axis]!)) || 1;
}

/** While it is on, scrolling one of two cells moves the other by as many millimetres: two examinations share no frame of reference. */
export function useScrollBeside(on: boolean, active: CellHandle | undefined, other: CellHandle | undefined): void {
  const from = useRef<{ cell: string; index: number; beside: number } | null>(null);
  const [index, beside] = [active?.state.index, other?.state.index];
  useEffect(() => {
    if (!on || !active?.loaded || !other?.loaded || index === undefined || beside === undefined) {
      from.current = null;
      return;
    }
    if (from.current?.cell !== active.id) from.current = { cell: active.id, index, beside };
    const millimetres = (index - from.current.index) * stepOf(active.loaded);
    const wanted = Math.max(
      0,
      Math.min(other.loaded.frames.length - 1, from.current.beside + Math.round(millimetres / stepOf(other.loaded))),
    );
    if (wanted !== beside) other.act((viewport) => viewport.scrollTo(wanted));
    // The other cell's own index is where it was led, or where somebody made it active and scrolled.
  }, [on, active, other, index, beside]);
}
