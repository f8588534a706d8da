import { useCallback, useMemo, useState } from 'react';
import { api } from '../../api/client.js';
import type { Prior, ReadDetail } from '../../api/types.js';
import { useFetched } from '../../office/use-fetched.js';
import { isLater } from '../priors/prior-words.js';
import { usePriors } from '../priors/use-priors.js';
import { decodeLeads, type EcgView } from './ecg-view.js';

const NONE: readonly number[] = [];

/** Earlier ECGs of the person, newest first, and the leads of the one that is looked at; nothing is fetched before one is. */
export function useEarlierEcg(read: ReadDetail, wanted: boolean) {
  const { priors } = usePriors(read.id, 0);
  const list = useMemo<Prior[]>(
    () => (priors?.items ?? []).filter((prior) => prior.kind === 'ecg' && !isLater(prior, read)),
    [priors, read],
  );
  const [at, setAt] = useState(0);
  const prior = list[Math.min(at, list.length - 1)] ?? null;
  const id = wanted ? (prior?.id ?? '') : '';
  const load = useCallback(
    async (signal: AbortSignal): Promise<{ id: string; view: EcgView } | null> =>
      id ? { id, view: await api.read.priorEcg(read.id, id, signal) } : null,
    [read.id, id],
  );
  const { value, error } = useFetched(load);
  const view = value?.id === id ? value.view : null;
  const leads = useMemo(() => (view ? decodeLeads(view.recording.leads).leads : null), [view]);
  return {
    known: priors !== null,
    count: list.length,
    number: Math.min(at, list.length - 1) + 1,
    prior,
    leads,
    beats: view?.beats ?? NONE,
    failed: Boolean(error) && id !== '',
    step: (by: number) => setAt((now) => Math.max(0, Math.min(list.length - 1, now + by))),
  };
}
