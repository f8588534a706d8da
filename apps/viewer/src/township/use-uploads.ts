import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../api/client.js';
import type { OpenBatch } from '../api/types.js';
import { useLatest } from '../office/use-latest.js';
import { usePolled } from '../office/use-polled.js';
import { chosenOf, type Chosen, type Given } from './collect-files.js';
import { filesOfHandles, forgetHandles, handlesOf, keepHandles, mayRead } from './kept-handles.js';
import { UploadBatch, type BatchView } from './upload-batch.js';

const lookForOpenEvery = 10_000;

/** A batch that was begun earlier, on this page or another. */
export interface Interrupted extends OpenBatch {
  /** this browser knows where its files are */
  known: boolean;
}

/** The same files as the batch was begun with, as far as can be told without sending them. */
const isSame = (batch: OpenBatch, chosen: Chosen): boolean =>
  batch.title === chosen.title && batch.files === chosen.files.length && batch.bytes === chosen.bytes;

/** The batches of this page, and those that wait to be continued. `settled` is called when one is through, so that lists look again. */
export function useUploads(settled: () => void) {
  const batches = useRef<UploadBatch[]>([]);
  const [views, setViews] = useState<BatchView[]>([]);
  const [known, setKnown] = useState<ReadonlySet<string>>(new Set());
  const pending = useRef(false);
  const whenSettled = useLatest(settled);
  const tried = useRef(new Set<string>());
  const open = usePolled(
    useCallback(async (signal: AbortSignal) => (await api.openBatches(signal)).items, []),
    lookForOpenEvery,
  );
  const { refresh } = open;

  const publish = useCallback(() => {
    if (pending.current) return;
    pending.current = true;
    setTimeout(() => {
      pending.current = false;
      setViews(batches.current.map((batch) => batch.view()));
    }, 100);
  }, []);

  const send = useCallback(
    (chosen: Chosen, continued: OpenBatch | undefined, handles: Given['handles']): void => {
      const batch = new UploadBatch(chosen, continued?.batch, publish, () => {
        whenSettled.current();
        void forgetHandles(batch.id);
        refresh();
      });
      if (handles.length > 0) void keepHandles(batch.id, handles);
      batches.current = [batch, ...batches.current.filter(({ id }) => id !== batch.id)];
      batch.start();
      publish();
    },
    [publish, refresh, whenSettled],
  );

  /** Sends what was given, or goes on with the batch that was begun with it; false: there is nothing in it to send. */
  const add = useCallback(
    async ({ files, handles }: Given, counted: (n: number) => void): Promise<boolean> => {
      const chosen = await chosenOf(files, counted);
      if (chosen.files.length === 0) return false;
      const begun = await api.openBatches().then(
        ({ items }) => items,
        () => [],
      );
      const here = new Set(batches.current.filter(({ busy }) => busy).map(({ id }) => id));
      send(
        chosen,
        begun.find((batch) => !here.has(batch.batch) && isSame(batch, chosen)),
        handles,
      );
      return true;
    },
    [send],
  );

  /** Goes on by itself where the browser kept the way to the files and may read them; within a click it asks. */
  const goOn = useCallback(
    async (batch: OpenBatch, ask: boolean): Promise<void> => {
      const handles = await handlesOf(batch.batch);
      if (handles.length > 0) setKnown((before) => new Set([...before, batch.batch]));
      if (!(await mayRead(handles, ask))) return;
      const chosen = await chosenOf(await filesOfHandles(handles), () => undefined);
      if (batches.current.some(({ id }) => id === batch.batch)) return;
      if (isSame(batch, chosen)) send(chosen, batch, handles);
    },
    [send],
  );

  const found = open.value;
  useEffect(() => {
    for (const batch of found ?? []) {
      if (tried.current.has(batch.batch) || batches.current.some(({ id }) => id === batch.batch)) continue;
      tried.current.add(batch.batch);
      // Files that are gone or were changed: the card stays and asks for them.
      goOn(batch, false).catch(() => undefined);
    }
  }, [found, goOn]);

  const of = useCallback((id: string) => batches.current.find((batch) => batch.id === id), []);
  const giveUp = useCallback(
    async (id: string): Promise<void> => {
      await forgetHandles(id);
      await api.giveUpBatch(id).catch(() => undefined);
      refresh();
    },
    [refresh],
  );
  const dismiss = useCallback(
    (id: string) => {
      const batch = of(id);
      const unended = batch?.busy || batch?.view().unsent.length;
      batch?.dispose();
      batches.current = batches.current.filter((one) => one.id !== id);
      publish();
      if (unended) void giveUp(id);
    },
    [giveUp, of, publish],
  );

  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent): void => {
      if (batches.current.some((batch) => batch.busy)) event.preventDefault();
    };
    window.addEventListener('beforeunload', leaving);
    return () => {
      window.removeEventListener('beforeunload', leaving);
      for (const batch of batches.current) batch.dispose();
    };
  }, []);

  const here = new Set(views.map(({ id }) => id));
  const interrupted: Interrupted[] = (found ?? [])
    .filter((batch) => !here.has(batch.batch))
    .map((batch) => ({ ...batch, known: known.has(batch.batch) }));
  return {
    views,
    interrupted,
    add,
    dismiss,
    giveUp,
    goOn: (batch: OpenBatch) => goOn(batch, true),
    pause: (id: string) => of(id)?.pause(),
    resume: (id: string) => of(id)?.resume(),
  };
}
