import { useCallback, useRef } from 'react';
import { useLatest } from '../../office/use-latest.js';
import { useText } from '../../text/index.js';
import { insertLines } from '../marks/mark-sentence.js';
import { fieldInFocus, reportField } from '../report-texts/report-fields.js';
import type { DraftControl } from '../use-draft.js';
import { withMeasurementsReplaced } from './measurement-line.js';

/** Brings confirmed measurements into the findings: in place of those there, else where the caret was at `remember`, else at the end. */
export function useInsertMeasurements(draft: DraftControl) {
  const latest = useLatest(draft);
  const words = useText().ecg.line;
  const caret = useRef<number | null>(null);
  const remember = useCallback(() => {
    caret.current = fieldInFocus() === 'findings' ? (reportField('findings')?.selectionStart ?? null) : null;
  }, []);
  const insert = useCallback(
    (line: string) => {
      const text = latest.current.words.findings;
      const at = Math.min(caret.current ?? text.length, text.length);
      const findings = withMeasurementsReplaced(text, line, words) ?? insertLines(text, at, [line]).text;
      if (findings !== text) latest.current.change({ findings });
    },
    [latest, words],
  );
  return { remember, insert };
}
