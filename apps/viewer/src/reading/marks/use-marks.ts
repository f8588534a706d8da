import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, ApiError } from '../../api/client.js';
import type { ForeignMarks, Mark, ReadDetail } from '../../api/types.js';
import { useSaveLoop, type SaveOutcome } from '../save-loop.js';
import type { SaveState } from '../save-state.js';
import { dropMarks, findMarks, keepMarks } from './marks-backup.js';
import { mergeMarks, sameMarks } from './merge-marks.js';

const SETTLE_MS = 600;
const RETRY_MS = 3000;

export type MarksSaving = Exclude<SaveState, { step: 'conflict' }>;

export interface MarksControl {
  marks: readonly Mark[];
  elsewhere: readonly ForeignMarks[];
  save: MarksSaving;
  change: (marks: readonly Mark[]) => void;
  /** Whether all marks are saved, after trying. */
  flush: () => Promise<boolean>;
}

const bare = ({ id, kind, sopInstanceUid, frame, points, text, values, calibration }: Mark): Mark => ({
  id,
  kind,
  sopInstanceUid,
  frame,
  points,
  ...(text ? { text } : {}),
  values,
  calibration,
});

/**
 * The marks of the reading. They save by themselves like its words, and lie in this browser until the server has them; what another
 * window saved meanwhile is brought together with them. Where the report may not be changed they are drawn for the moment and kept nowhere.
 */
export function useMarks(read: ReadDetail, userId: string, editable: boolean): MarksControl {
  const id = read.id;
  const pictures = read.kind === 'imaging';
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const [elsewhere, setElsewhere] = useState<readonly ForeignMarks[]>([]);
  const [save, setSave] = useState<MarksSaving>({ step: 'clean' });
  const now = useRef<readonly Mark[]>([]);
  const stored = useRef<{ marks: readonly Mark[]; version: number } | null>(null);
  const may = useRef(editable);

  const take = useCallback((base: readonly Mark[], fresh: { marks: Mark[]; version: number }): void => {
    now.current = mergeMarks(base, now.current, fresh.marks.map(bare));
    stored.current = { marks: fresh.marks.map(bare), version: fresh.version };
    setMarks(now.current);
  }, []);
  const unsaved = useCallback((): boolean => may.current && !sameMarks(now.current, stored.current?.marks ?? []), []);

  const put = useCallback(async (): Promise<SaveOutcome> => {
    const before = stored.current;
    const sent = now.current;
    if (!before) return 'later';
    setSave({ step: 'saving' });
    try {
      const { version, savedAt } = await api.read.saveMarks(id, sent, before.version);
      stored.current = { marks: sent, version };
      if (!sameMarks(now.current, sent)) return 'again';
      dropMarks(id, userId);
      setSave({ step: 'saved', at: savedAt });
      return 'saved';
    } catch (error) {
      const problem = error instanceof ApiError ? error : null;
      if (problem?.code === 'stale-marks') {
        const fresh = await api.read.marks(id).catch(() => null);
        if (fresh) {
          take(before.marks, fresh);
          return 'again';
        }
      } else if (problem && problem.status >= 400 && problem.status < 500 && ![401, 429].includes(problem.status)) {
        setSave({ step: 'refused', problem });
        return 'stopped';
      }
      setSave({ step: 'offline' });
      return 'later';
    }
  }, [id, userId, take]);
  const loop = useSaveLoop(put, unsaved);

  useEffect(() => {
    may.current = editable;
    if (!pictures) return undefined;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      api.read.marks(id, controller.signal).then(
        (fresh) => {
          const backup = editable ? findMarks(id, userId) : null;
          if (backup) now.current = mergeMarks(backup.base, backup.marks, now.current);
          take(backup?.base ?? stored.current?.marks ?? [], fresh);
          setElsewhere(fresh.elsewhere);
          if (unsaved()) void loop.start();
          else if (backup) dropMarks(id, userId);
        },
        () => {
          if (!controller.signal.aborted) timer = setTimeout(load, RETRY_MS);
        },
      );
    };
    load();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [id, pictures, userId, editable, take, unsaved, loop]);

  const change = useCallback(
    (next: readonly Mark[]) => {
      now.current = next;
      setMarks(next);
      if (!may.current) return;
      if (!unsaved() && !loop.busy) {
        dropMarks(id, userId);
        setSave({ step: 'clean' });
        return;
      }
      keepMarks(id, userId, { base: stored.current?.marks ?? [], marks: next });
      setSave({ step: 'dirty' });
      loop.soon(SETTLE_MS);
    },
    [id, userId, loop, unsaved],
  );
  const flush = useCallback(async () => (await loop.now()) || !unsaved(), [loop, unsaved]);

  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent): void => {
      if (!unsaved()) return;
      void loop.start();
      event.preventDefault();
    };
    const online = (): void => void loop.start();
    window.addEventListener('beforeunload', leaving);
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('beforeunload', leaving);
      window.removeEventListener('online', online);
      loop.stop();
      if (unsaved() && !loop.busy && stored.current) {
        api.read.saveMarks(id, now.current, stored.current.version, true).then(
          () => dropMarks(id, userId),
          () => undefined,
        );
      }
    };
  }, [id, userId, loop, unsaved]);

  return useMemo(() => ({ marks, elsewhere, save, change, flush }), [marks, elsewhere, save, change, flush]);
}
