import type { Mark } from '../../api/types.js';

export const sameMark = (a: Mark | undefined, b: Mark | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && JSON.stringify(ordered(a)) === JSON.stringify(ordered(b)));

const ordered = ({ id, kind, sopInstanceUid, frame, points, text, values, calibration }: Mark): unknown[] => [
  id,
  kind,
  sopInstanceUid,
  frame,
  points,
  text ?? '',
  values.map(({ quantity, value, unit }) => [quantity, value, unit]),
  calibration,
];

export const sameMarks = (a: readonly Mark[], b: readonly Mark[]): boolean =>
  a.length === b.length && a.every((one, index) => sameMark(one, b[index]));

/** Brings two windows' changes of the same marks together: what was changed here counts, everything else is as it is there. */
export function mergeMarks(base: readonly Mark[], mine: readonly Mark[], theirs: readonly Mark[]): Mark[] {
  const find = (marks: readonly Mark[], id: string): Mark | undefined => marks.find((mark) => mark.id === id);
  const ids = [...new Set([...theirs, ...mine].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const here = find(mine, id);
    const kept = sameMark(here, find(base, id)) ? find(theirs, id) : here;
    return kept ? [kept] : [];
  });
}
