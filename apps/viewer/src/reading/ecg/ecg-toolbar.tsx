import { useText } from '../../text/index.js';
import type { EcgFilters } from '#libs/formats/ecg-page';
import type { EcgChoice } from './ecg-choice.js';
import type { EcgActions } from './ecg-keys.js';

interface EcgToolbarProps {
  act: EcgActions;
  choice: EcgChoice;
  layout: string;
  filters: EcgFilters;
  on: Readonly<
    Record<'raw' | 'earlier' | 'overlay' | 'beats' | 'lens' | 'fit' | 'actual' | 'double' | 'hours', boolean>
  >;
  pages: number;
  at: number;
  /** A recording of more than ten minutes. */
  long: boolean;
}

/** One button an action, with its key; those that hold a value show it. */
export function EcgToolbar({ act, choice, layout, filters, on, pages, at, long }: EcgToolbarProps) {
  const { actions: words, off, long: longWords } = useText().ecg;
  const button = (key: string, text: string, run: () => void, pressed?: boolean, disabled = false) => (
    <button type="button" key={key} onClick={run} aria-pressed={pressed} disabled={disabled}>
      {text} <kbd>{key}</kbd>
    </button>
  );
  const { highPassHz, lowPassHz, notch50Hz } = filters;
  return (
    <div className="ecg-tools ecg-tools-many" role="toolbar" data-testid="ecg-tools">
      {button('L', layout, act.layout)}
      {button('C', words.cabrera, act.cabrera, choice.cabrera)}
      {button('S', `${choice.speed} mm/s`, act.speed)}
      {button('G', `${choice.gain} mm/mV`, act.gain)}
      <span className="ecg-tools-gap" />
      {button('H', `${words.highPass} ${highPassHz ?? off}`, act.highPass, highPassHz !== null)}
      {button('P', `${words.lowPass} ${lowPassHz ?? off}`, act.lowPass, lowPassHz !== null)}
      {button('N', words.notch, act.notch, notch50Hz)}
      {button('R', words.raw, act.raw, on.raw)}
      <span className="ecg-tools-gap" />
      {button('E', words.earlier, act.earlier, on.earlier)}
      {button('O', words.overlay, act.overlay, on.overlay)}
      {button('B', words.beats, act.beats, on.beats)}
      {button('Z', words.lens, act.lens, on.lens)}
      <span className="ecg-tools-gap" />
      {button('F', words.fit, act.fit, on.fit)}
      {button('U', words.actual, act.actual, on.actual)}
      {button('D', words.double, act.double, on.double)}
      {button('Y', words.ruler, act.ruler)}
      {button('X', words.clear, act.clear)}
      {long && button('T', longWords.hours, act.hours, on.hours)}
      {pages > 1 && button('←', words.previous, () => act.turn(-1), undefined, at <= 0)}
      {pages > 1 && button('→', words.next, () => act.turn(1), undefined, at >= pages - 1)}
      {button('?', words.keys, act.keys)}
    </div>
  );
}
