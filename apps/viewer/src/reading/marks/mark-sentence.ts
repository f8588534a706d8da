import type { Mark, MarkQuantity } from '../../api/types.js';
import { numberText, type MeasureWords } from '../images/measured.js';

export interface SentenceWords {
  readonly measure: MeasureWords;
  /** names of kinds whose numbers do not say what was measured */
  readonly kind: Readonly<Partial<Record<Mark['kind'], string>>>;
  readonly place: (series: string, image: string) => string;
  readonly between: string;
}

/** Where a mark lies, as people name an image. */
export interface MarkPlace {
  readonly seriesNumber: string;
  readonly instanceNumber: string;
}

/** What of a region belongs in a report; extremes are for the screen. */
const TOLD: ReadonlySet<MarkQuantity> = new Set([
  'length',
  'short-axis',
  'angle',
  'area',
  'mean',
  'deviation',
  'ratio',
  'hip-knee-ankle',
  'axis-deviation',
  'value',
]);

const SAID_BY_KIND: ReadonlySet<MarkQuantity> = new Set(['angle', 'ratio']);

/** One line for the report; empty for what neither measures nor says anything. */
export function markSentence(mark: Mark, place: MarkPlace | undefined, words: SentenceWords): string {
  const named = words.kind[mark.kind];
  const numbers = mark.values
    .filter(({ quantity }) => TOLD.has(quantity))
    .map((one) => {
      const number = numberText(one, mark.calibration, words.measure);
      return named && SAID_BY_KIND.has(one.quantity) ? number : `${words.measure.quantity[one.quantity]} ${number}`;
    });
  const said = [mark.text ?? '', numbers.join(words.between)].filter(Boolean).join(' ');
  if (!said) return '';
  const where = place ? words.place(place.seriesNumber, place.instanceNumber) : '';
  return `${[named, said].filter(Boolean).join(' ')}${where}`;
}

/** Lines put where the caret is, each a line of its own. @returns the text, and where the caret goes */
export function insertLines(text: string, at: number, lines: readonly string[]): { text: string; caret: number } {
  const [before, after] = [text.slice(0, at), text.slice(at)];
  if (lines.length === 0) return { text, caret: at };
  const block = `${before && !before.endsWith('\n') ? '\n' : ''}${lines.join('\n')}${after && !after.startsWith('\n') ? '\n' : ''}`;
  return { text: `${before}${block}${after}`, caret: before.length + block.length };
}
