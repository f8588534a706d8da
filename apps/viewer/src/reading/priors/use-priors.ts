import { useCallback } from 'react';
import { api } from '../../api/client.js';
import { useFetched } from '../../office/use-fetched.js';

/** Other examinations of the person of a read; again when a doubt of whose it is has been decided. */
export function usePriors(readId: string, identityDoubts: number) {
  const load = useCallback(
    async (signal: AbortSignal) => ({ doubts: identityDoubts, ...(await api.read.priors(readId, signal)) }),
    [readId, identityDoubts],
  );
  const { value, error, retry } = useFetched(load);
  return { priors: value?.doubts === identityDoubts ? value : null, error, retry };
}
