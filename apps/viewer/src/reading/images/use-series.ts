import { useCallback, useState } from 'react';
import { useFetched } from '../../office/use-fetched.js';
import { holdsPictures, listSeries, loadSeries, type LoadedSeries, type Series } from './series.js';

export interface StudySeries {
  series: Series[] | null;
  chosen: Series | null;
  loaded: LoadedSeries | null;
  /** Images of the chosen series that have arrived since it was loaded. */
  arrived: number;
  error: unknown;
  choose: (series: Series) => void;
  /** Fetches the chosen series again, with what has arrived. */
  reload: () => void;
  retry: () => void;
}

/** The study's series and the one being looked at. `instances` is what the case now counts: a change looks again. */
export function useSeries(study: string, instances: number): StudySeries {
  const [chosenUid, setChosenUid] = useState('');

  const list = useCallback(
    async (signal: AbortSignal) => ({ counted: instances, series: await listSeries(study, signal) }),
    [study, instances],
  );
  const listed = useFetched(list);
  const series = listed.value?.series ?? null;
  const chosen = series?.find(({ uid }) => uid === chosenUid) ?? series?.find(holdsPictures) ?? series?.[0] ?? null;

  const wanted = chosen && holdsPictures(chosen) ? chosen.uid : '';
  const load = useCallback(
    async (signal: AbortSignal) => (wanted ? loadSeries(study, wanted, signal) : null),
    [study, wanted],
  );
  const fetched = useFetched(load);
  const loaded = fetched.value && fetched.value.uid === wanted ? fetched.value : null;

  const arrived = loaded && chosen ? Math.max(0, chosen.instances - loaded.metadata.length) : 0;
  const { retry: retryList } = listed;
  const { retry: reload } = fetched;
  const retry = useCallback(() => {
    retryList();
    reload();
  }, [retryList, reload]);
  const choose = useCallback((one: Series) => setChosenUid(one.uid), []);
  return { series, chosen, loaded, arrived, error: listed.error ?? fetched.error, choose, reload, retry };
}
