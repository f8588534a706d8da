import { useCallback } from 'react';
import { useFetched } from '../../office/use-fetched.js';
import { holdsPictures, loadSeries, type LoadedSeries, type Series } from './series.js';

export interface SeriesInCell {
  loaded: LoadedSeries | null;
  /** Images that have arrived since it was loaded. */
  arrived: number;
  error: unknown;
  /** Fetches the series again, with what has arrived. */
  reload: () => void;
}

/** The images of one series; none for what is not a picture. */
export function useLoadedSeries(study: string, series: Series | null): SeriesInCell {
  const wanted = series && holdsPictures(series) ? series.uid : '';
  const load = useCallback(
    async (signal: AbortSignal) => (wanted ? loadSeries(study, wanted, signal) : null),
    [study, wanted],
  );
  const fetched = useFetched(load);
  const loaded = fetched.value && fetched.value.uid === wanted ? fetched.value : null;
  const arrived = loaded && series ? Math.max(0, series.instances - loaded.metadata.length) : 0;
  return { loaded, arrived, error: fetched.error, reload: fetched.retry };
}
