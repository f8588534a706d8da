import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, ApiError } from '../api/client.js';
import type { Contradiction, Draft, KeyImage, ReadDetail, TemplateUsed } from '../api/types.js';
import { dropBackup, findBackup, keepBackup } from './draft-backup.js';
import { useSaveLoop, type SaveOutcome } from './save-loop.js';
import type { SaveState } from './save-state.js';

const SETTLE_MS = 600;

export interface Words {
  findings: string;
  impression: string;
  keyImages: KeyImage[];
  templates: TemplateUsed[];
}

const noWords: Words = { findings: '', impression: '', keyImages: [], templates: [] };
const wordsOf = (draft: Draft | null): Words => (draft ? only(draft) : noWords);
/** Without what the server adds. */
const only = ({
  findings,
  impression,
  keyImages,
  templates = [],
}: Partial<Words> & Omit<Words, 'templates'>): Words => ({
  findings,
  impression,
  keyImages,
  templates,
});
const same = (a: Words, b: Words): boolean =>
  a.findings === b.findings &&
  a.impression === b.impression &&
  JSON.stringify([a.keyImages, a.templates]) === JSON.stringify([b.keyImages, b.templates]);

/**
 * The report being written. Saves by itself 600 ms after the last change, one save at a time, and goes on trying;
 * until the server has them, the words also lie in this browser. `flush` resolves to whether all is saved.
 */
export function useDraft(read: ReadDetail, userId: string, editable: boolean) {
  const [words, setWords] = useState<Words>(() => wordsOf(read.draft));
  const [save, setSave] = useState<SaveState>(() =>
    read.draft ? { step: 'saved', at: read.draft.savedAt } : { step: 'clean' },
  );
  const [contradictions, setContradictions] = useState<Contradiction[]>(read.contradictions);
  const [restoredAt, setRestoredAt] = useState<string | null>(null);
  const now = useRef(words);
  const saved = useRef(wordsOf(read.draft));
  const version = useRef(read.draft?.version ?? 0);
  const conflict = useRef(false);
  const id = read.id;

  const put = useCallback(async (): Promise<SaveOutcome> => {
    const sent = now.current;
    const took = (newVersion: number, at: string): 'saved' | 'again' => {
      version.current = newVersion;
      saved.current = sent;
      if (!same(now.current, sent)) return 'again';
      dropBackup(id, userId);
      setSave({ step: 'saved', at });
      return 'saved';
    };
    setSave({ step: 'saving' });
    try {
      const answer = await api.read.save(id, { ...sent, version: version.current });
      setContradictions(answer.contradictions);
      return took(answer.version, answer.savedAt);
    } catch (error) {
      const problem = error instanceof ApiError ? error : null;
      if (problem?.status === 409) {
        const fresh = await api.read.get(id).catch(() => null);
        // Our own save had arrived, only its answer was lost.
        if (fresh?.draft && same(wordsOf(fresh.draft), sent)) return took(fresh.draft.version, fresh.draft.savedAt);
        if (fresh?.draft && problem.code === 'stale-draft') {
          conflict.current = true;
          setSave({ step: 'conflict', theirs: fresh.draft });
          return 'stopped';
        }
      }
      const refused = problem && problem.status >= 400 && problem.status < 500;
      if (refused && problem.status !== 401 && problem.status !== 429 && problem.code !== 'stale-draft') {
        setSave({ step: 'refused', problem });
        return 'stopped';
      }
      setSave({ step: 'offline' });
      return 'later';
    }
  }, [id, userId]);

  const unsaved = useCallback((): boolean => !same(now.current, saved.current), []);
  const loop = useSaveLoop(
    put,
    useCallback(() => !conflict.current && unsaved(), [unsaved]),
  );

  const change = useCallback(
    (part: Partial<Words>) => {
      now.current = { ...now.current, ...part };
      setWords(now.current);
      keepBackup(id, userId, { ...now.current, version: version.current });
      if (conflict.current) return;
      setSave({ step: 'dirty' });
      loop.soon(SETTLE_MS);
    },
    [id, userId, loop],
  );

  const flush = useCallback(
    async (): Promise<boolean> => (await loop.now()) || (!conflict.current && !unsaved()),
    [loop, unsaved],
  );

  const resolve = useCallback(
    (keepMine: boolean) => {
      if (save.step !== 'conflict') return;
      conflict.current = false;
      version.current = save.theirs.version;
      saved.current = wordsOf(save.theirs);
      if (keepMine) {
        void loop.start();
        return;
      }
      now.current = saved.current;
      setWords(saved.current);
      dropBackup(id, userId);
      setSave({ step: 'saved', at: save.theirs.savedAt });
    },
    [save, loop, id, userId],
  );

  // Words of an earlier visit that never reached the server.
  const looked = useRef(false);
  useEffect(() => {
    if (!editable || looked.current) return;
    looked.current = true;
    const backup = findBackup(id, userId);
    if (!backup) return;
    const kept = only(backup);
    if (same(kept, saved.current)) {
      dropBackup(id, userId);
      return;
    }
    setRestoredAt(backup.at);
    now.current = kept;
    setWords(now.current);
    if (read.draft && backup.version < read.draft.version) {
      conflict.current = true;
      setSave({ step: 'conflict', theirs: read.draft });
    } else void loop.start();
  }, [editable, id, userId, read.draft, loop]);

  // Someone else's words, or our own from another window, while nothing here is unsaved.
  const { draft, contradictions: theirs } = read;
  useEffect(() => {
    if (!draft || loop.busy || draft.version <= version.current || unsaved()) return;
    version.current = draft.version;
    saved.current = wordsOf(draft);
    now.current = saved.current;
    setWords(saved.current);
    setContradictions(theirs);
    setSave({ step: 'saved', at: draft.savedAt });
  }, [draft, theirs, loop, unsaved]);

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
      // Leaving inside the application: what is unsaved goes off now, and lies in the backup besides.
      if (unsaved() && !conflict.current && !loop.busy) {
        api.read.save(id, { ...now.current, version: version.current }, true).then(
          () => dropBackup(id, userId),
          () => undefined,
        );
      }
    };
  }, [id, userId, loop, unsaved]);

  return useMemo(
    () => ({
      words,
      save,
      contradictions,
      change,
      flush,
      resolve,
      restoredAt,
      forgetRestored: () => setRestoredAt(null),
    }),
    [words, save, contradictions, change, flush, resolve, restoredAt],
  );
}

export type DraftControl = ReturnType<typeof useDraft>;
