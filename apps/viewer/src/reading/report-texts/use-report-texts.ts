import { useCallback } from 'react';
import { api } from '../../api/client.js';
import type { ReportText } from '../../api/types.js';
import { useFetched } from '../../office/use-fetched.js';

export type TextKind = ReportText['kind'];

/** Templates and phrases for a read, once they are wanted; `again` after one was changed. */
export function useReportTexts(readId: string, wanted: boolean) {
  const load = useCallback(
    async (signal: AbortSignal) => (wanted ? api.reportTexts(readId, signal) : null),
    [readId, wanted],
  );
  const { value, error, retry } = useFetched(load);
  return { texts: value, error, again: retry };
}
