/** Cells beside and below each other. */
export interface Layout {
  readonly rows: number;
  readonly columns: number;
}

export const LAYOUTS: readonly Layout[] = [
  { rows: 1, columns: 1 },
  { rows: 1, columns: 2 },
  { rows: 2, columns: 1 },
  { rows: 1, columns: 3 },
  { rows: 2, columns: 2 },
  { rows: 2, columns: 3 },
  { rows: 3, columns: 3 },
];

export const layoutName = ({ rows, columns }: Layout): string => `${rows}×${columns}`;
export const cellsOf = ({ rows, columns }: Layout): number => rows * columns;

/** The one behind it in the list, from the last on to the first. */
export function nextLayout(layout: Layout): Layout {
  const at = LAYOUTS.findIndex((one) => layoutName(one) === layoutName(layout));
  return LAYOUTS[(at + 1) % LAYOUTS.length]!;
}

/** Whether these fill so many cells as they are: nothing of them has gone. Empty ones may be among them. */
export const arranged = (cells: readonly string[], count: number, there: readonly string[]): boolean =>
  cells.length === count && cells.every((uid) => uid === '' || there.includes(uid));

/**
 * What lies in the cells of a layout: what lay there before, then the series that are nowhere yet, in their order. `others` hang only
 * where someone hung them.
 */
export function filled(
  cells: readonly string[],
  count: number,
  series: readonly string[],
  others: readonly string[] = [],
): string[] {
  const kept = cells.slice(0, count).filter((uid) => series.includes(uid) || others.includes(uid));
  const rest = series.filter((uid) => !kept.includes(uid));
  return Array.from({ length: count }, (_, index) => kept[index] ?? rest[index - kept.length] ?? '');
}
