import { useCallback } from 'react';
import type { Mark, ReadDetail } from '../../api/types.js';
import { useLatest } from '../../office/use-latest.js';
import { useText } from '../../text/index.js';
import { fieldInFocus, reportField } from '../report-texts/report-fields.js';
import type { DraftControl } from '../use-draft.js';
import { findFrame } from './find-frame.js';
import { insertLines, markSentence } from './mark-sentence.js';

/** What each mark says in the report stands there once; one that was changed since takes the place of what it said. */
const inserted = new Map<string, string>();

/** Brings what was measured into the findings: where the caret is, else at the end. */
export function useInsertMarks(read: ReadDetail, marks: readonly Mark[], draft: DraftControl): () => Promise<void> {
  const t = useText();
  const latest = useLatest({ draft, marks });
  return useCallback(async () => {
    const words = { ...t.images.sentence, measure: t.images.measure };
    const said = await Promise.all(
      latest.current.marks.map(async (mark) => {
        const place = await findFrame(read.studyInstanceUid, mark.sopInstanceUid, mark.frame).catch(() => undefined);
        return { id: mark.id, line: markSentence(mark, place, words) };
      }),
    );
    let text = latest.current.draft.words.findings;
    const field = reportField('findings');
    const at = field && fieldInFocus() === 'findings' ? field.selectionStart : text.length;
    const fresh = said.filter(({ id, line }) => {
      const before = inserted.get(id);
      if (line && before && before !== line && text.includes(before)) text = text.replace(before, line);
      if (line) inserted.set(id, line);
      return line && !text.includes(line);
    });
    const { text: findings, caret } = insertLines(
      text,
      Math.min(at, text.length),
      fresh.map(({ line }) => line),
    );
    if (findings === latest.current.draft.words.findings) return;
    latest.current.draft.change({ findings });
    if (field && fieldInFocus() === 'findings') requestAnimationFrame(() => field.setSelectionRange(caret, caret));
  }, [read.studyInstanceUid, t, latest]);
}
