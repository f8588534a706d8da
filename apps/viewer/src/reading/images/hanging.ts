import type { Layout } from './layouts.js';
import type { Series } from './series.js';

/** One rule of how a study is hung when it is opened; the first that fits counts. Absent conditions fit everything. */
interface HangingRule {
  readonly modality?: readonly string[];
  /** picture series at least */
  readonly series?: number;
  readonly layout: Layout;
}

const RULES: readonly HangingRule[] = [
  { modality: ['MG'], series: 4, layout: { rows: 2, columns: 2 } },
  { modality: ['CR', 'DX', 'MG'], series: 2, layout: { rows: 1, columns: 2 } },
  { modality: ['MR'], series: 4, layout: { rows: 2, columns: 2 } },
  { modality: ['MR'], series: 2, layout: { rows: 1, columns: 2 } },
  { layout: { rows: 1, columns: 1 } },
];

/** The layout for a study's picture series by rule, unless the reader has chosen one for the modality before. */
export function hang(pictures: readonly Series[], chosen: Readonly<Record<string, Layout>>): Layout {
  const modality = pictures[0]?.modality ?? '';
  const rule = RULES.find(
    (one) => (one.modality === undefined || one.modality.includes(modality)) && pictures.length >= (one.series ?? 0),
  );
  return chosen[modality] ?? rule!.layout;
}
