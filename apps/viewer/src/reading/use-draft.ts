import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, ApiError } from '../api/client.js';
import type { Draft, KeyImage, ReadDetail } from '../api/types.js';
import { dropBackup, findBackup, keepBackup } from './draft-backup.js';

const settleFor = 600;
const retryEvery = 3000;

export interface Words {
  findings: string;
  impression: string;
  keyImages: KeyImage[];
}

export type SaveState =
  | { step: 'clean' | 'dirty' | 'saving' | 'offline' }
  | { step: 'saved'; at: string }
  | { step: 'refused'; problem: ApiError }
  | { step: 'conflict'; theirs: Draft };

const noWords: Words = { findings: '', impression: '', keyImages: [] };
const wordsOf = (draft: Draft | null): Words =>
  draft ? { findings: draft.findings, impression: draft.impression, keyImages: draft.keyImages } : noWords;
const same = (a: Words, b: Words): boolean =>
  a.findings === b.findings &&
  a.impression === b.impression &&
  JSON.stringify(a.keyImages) === JSON.stringify(b.keyImages);

/**
 * The report being written. Saves by itself 600 ms after the last change, one save at a time, and goes on trying;
 * until the server has them, the words also lie in this browser. `flush` resolves to whether all is saved.
 */
export function useDraft(read: ReadDetail, userId: string, editable: boolean) {
  const [words, setWords] = useState<Words>(() => wordsOf(read.draft));
  const [save, setSave] = useState<SaveState>(() =>
    read.draft ? { step: 'saved', at: read.draft.savedAt } : { step: 'clean' },
  );
  const [restoredAt, setRestoredAt] = useState<string | null>(null);
  const now = useRef(words);
  const saved = useRef(wordsOf(read.draft));
  const version = useRef(read.draft?.version ?? 0);
  const running = useRef<Promise<boolean> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const conflict = useRef(false);
  const id = read.id;

  /** `again`: more was written meanwhile; `later`: the line or the server was not there. */
  const put = useCallback(async (): Promise<'saved' | 'again' | 'later' | 'stopped'> => {
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

  const retry = useRef<() => void>(() => undefined);
  const start = useCallback((): Promise<boolean> => {
    if (conflict.current) return Promise.resolve(false);
    if (running.current) return running.current;
    if (same(now.current, saved.current)) return Promise.resolve(true);
    const rounds = async (): Promise<boolean> => {
      let outcome = await put();
      while (outcome === 'again') outcome = await put();
      running.current = null;
      if (outcome === 'later') {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => retry.current(), retryEvery);
      }
      return outcome === 'saved';
    };
    running.current = rounds();
    return running.current;
  }, [put]);
  useEffect(() => {
    retry.current = () => void start();
  }, [start]);

  const change = useCallback(
    (part: Partial<Words>) => {
      now.current = { ...now.current, ...part };
      setWords(now.current);
      keepBackup(id, userId, { ...now.current, version: version.current });
      if (conflict.current) return;
      setSave({ step: 'dirty' });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void start(), settleFor);
    },
    [id, userId, start],
  );

  const flush = useCallback(async (): Promise<boolean> => {
    clearTimeout(timer.current);
    if (running.current) await running.current;
    return start();
  }, [start]);

  const resolve = useCallback(
    (keepMine: boolean) => {
      if (save.step !== 'conflict') return;
      conflict.current = false;
      version.current = save.theirs.version;
      saved.current = wordsOf(save.theirs);
      if (keepMine) {
        void start();
        return;
      }
      now.current = saved.current;
      setWords(saved.current);
      dropBackup(id, userId);
      setSave({ step: 'saved', at: save.theirs.savedAt });
    },
    [save, start, id, userId],
  );

  // Words of an earlier visit that never reached the server.
  const looked = useRef(false);
  useEffect(() => {
    if (!editable || looked.current) return;
    looked.current = true;
    const backup = findBackup(id, userId);
    if (!backup) return;
    const { findings, impression, keyImages } = backup;
    if (same({ findings, impression, keyImages }, saved.current)) {
      dropBackup(id, userId);
      return;
    }
    setRestoredAt(backup.at);
    now.current = { findings, impression, keyImages };
    setWords(now.current);
    if (read.draft && backup.version < read.draft.version) {
      conflict.current = true;
      setSave({ step: 'conflict', theirs: read.draft });
    } else void start();
  }, [editable, id, userId, read.draft, start]);

  // Someone else's words, or our own from another window, while nothing here is unsaved.
  const draft = read.draft;
  useEffect(() => {
    if (!draft || running.current || draft.version <= version.current || !same(now.current, saved.current)) return;
    version.current = draft.version;
    saved.current = wordsOf(draft);
    now.current = saved.current;
    setWords(saved.current);
    setSave({ step: 'saved', at: draft.savedAt });
  }, [draft]);

  useEffect(() => {
    const unsaved = (): boolean => !same(now.current, saved.current);
    const leaving = (event: BeforeUnloadEvent): void => {
      if (!unsaved()) return;
      void start();
      event.preventDefault();
    };
    const online = (): void => void start();
    window.addEventListener('beforeunload', leaving);
    window.addEventListener('online', online);
    return () => {
      window.removeEventListener('beforeunload', leaving);
      window.removeEventListener('online', online);
      clearTimeout(timer.current);
      // Leaving inside the application: what is unsaved goes off now, and lies in the backup besides.
      if (unsaved() && !conflict.current && !running.current) {
        api.read.save(id, { ...now.current, version: version.current }, true).then(
          () => dropBackup(id, userId),
          () => undefined,
        );
      }
    };
  }, [id, userId, start]);

  return useMemo(
    () => ({ words, save, change, flush, resolve, restoredAt, forgetRestored: () => setRestoredAt(null) }),
    [words, save, change, flush, resolve, restoredAt],
  );
}

export type DraftControl = ReturnType<typeof useDraft>;
