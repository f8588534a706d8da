import { nextBlank, previousBlank } from './blanks.js';

/** The two fields of a report, in the order in which they are written. */
export const REPORT_FIELDS = ['findings', 'impression'] as const;
export type ReportField = (typeof REPORT_FIELDS)[number];

let column: HTMLElement | null = null;
/** The report column on the screen, in whichever window it is. */
export const setReportColumn = (element: HTMLElement | null): void => {
  column = element;
};

export const reportField = (name: ReportField): HTMLTextAreaElement | null =>
  column?.querySelector<HTMLTextAreaElement>(`#${name}`) ?? null;

/** The field that has the caret. */
export function fieldInFocus(): ReportField | undefined {
  return REPORT_FIELDS.find((name) => {
    const field = reportField(name);
    return field !== null && field.ownerDocument.activeElement === field;
  });
}

/** Puts words in place of others as typing does, so that the browser's own undo takes them back. */
export function typeInto(field: HTMLTextAreaElement, from: number, to: number, words: string): void {
  field.focus();
  field.setSelectionRange(from, to);
  if (from === to && words === '') return;
  const done = words === '' ? 'delete' : 'insertText';
  const focused = field.ownerDocument.activeElement === field;
  if (focused && field.ownerDocument.execCommand(done, false, words)) return;
  field.setRangeText(words, from, to, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Selects the first blank behind (or before) a place, in this field or the ones after (before) it. @returns whether there was one */
export function selectBlank(name: ReportField, at: number, back = false): boolean {
  const order = back ? (['impression', 'findings'] as const) : REPORT_FIELDS;
  for (const one of order.slice(order.indexOf(name))) {
    const field = reportField(one);
    if (!field) continue;
    const begin = one === name ? at : back ? field.value.length : 0;
    const blank = back ? previousBlank(field.value, begin) : nextBlank(field.value, begin);
    if (!blank) continue;
    field.focus();
    field.setSelectionRange(blank.from, blank.to);
    return true;
  }
  return false;
}
