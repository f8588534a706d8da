import { useCallback } from 'react';
import { useFetched, type Fetched } from '../../office/use-fetched.js';
import { listSeries, type Series } from './series.js';

/** The study's series. `instances` is what the case now counts: a change looks again. */
export function useSeries(study: string, instances: number): Fetched<Series[]> {
  const list = useCallback(
    async (signal: AbortSignal) => ({ counted: instances, series: await listSeries(study, signal) }),
    [study, instances],
  );
  const { value, error, retry } = useFetched(list);
  return { value: value?.series ?? null, error, retry };
}
