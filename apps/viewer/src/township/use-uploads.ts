import { useCallback, useEffect, useRef, useState } from 'react';
import { useLatest } from '../office/use-latest.js';
import { titleOf, withoutJunk, type FileToSend } from './collect-files.js';
import { UploadBatch, type BatchView } from './upload-batch.js';

/** The batches of this page. `settled` is called when one is through, so that lists look again. */
export function useUploads(settled: () => void) {
  const batches = useRef<UploadBatch[]>([]);
  const [views, setViews] = useState<BatchView[]>([]);
  const pending = useRef(false);
  const whenSettled = useLatest(settled);

  const publish = useCallback(() => {
    if (pending.current) return;
    pending.current = true;
    setTimeout(() => {
      pending.current = false;
      setViews(batches.current.map((batch) => batch.view()));
    }, 100);
  }, []);

  const add = useCallback(
    (files: readonly FileToSend[]): boolean => {
      const { kept, skipped } = withoutJunk(files);
      if (kept.length === 0) return false;
      const batch = new UploadBatch(kept, titleOf(kept), skipped, publish, () => whenSettled.current());
      batches.current = [batch, ...batches.current];
      batch.start();
      publish();
      return true;
    },
    [publish, whenSettled],
  );
  const of = useCallback((id: string) => batches.current.find((batch) => batch.id === id), []);
  const dismiss = useCallback(
    (id: string) => {
      of(id)?.dispose();
      batches.current = batches.current.filter((batch) => batch.id !== id);
      publish();
    },
    [of, publish],
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

  return {
    views,
    add,
    dismiss,
    pause: (id: string) => of(id)?.pause(),
    resume: (id: string) => of(id)?.resume(),
  };
}
