import { useEffect } from 'react';
import { dialogOpen } from '../../office/dialog-open.js';
import { typing } from '../../office/typing.js';
import { useLatest } from '../../office/use-latest.js';

export interface EcgActions {
  layout: () => void;
  cabrera: () => void;
  speed: () => void;
  gain: () => void;
  highPass: () => void;
  lowPass: () => void;
  notch: () => void;
  raw: () => void;
  /** By so many pages. */
  turn: (by: number) => void;
  point: () => void;
  /** The caliper's free end, in steps to the right and downwards. */
  move: (right: number, down: number) => void;
  clear: () => void;
  lens: () => void;
  beats: () => void;
  earlier: () => void;
  overlay: () => void;
  shift: (by: 1 | -1) => void;
  /** To an older ECG, or a newer one. */
  older: (by: 1 | -1) => void;
  fit: () => void;
  actual: () => void;
  double: () => void;
  ruler: () => void;
  keys: () => void;
  /** The step in which measurements are confirmed into the report. */
  confirm: () => void;
  /** Of a long recording: by so many minutes, and to the next or the previous of what was found. */
  minutes: (by: number) => void;
  event: (by: 1 | -1) => void;
  hours: () => void;
}

export const ECG_KEYS: readonly (readonly [string, (act: EcgActions) => void])[] = [
  ['L', (act) => act.layout()],
  ['C', (act) => act.cabrera()],
  ['S', (act) => act.speed()],
  ['G', (act) => act.gain()],
  ['H', (act) => act.highPass()],
  ['P', (act) => act.lowPass()],
  ['N', (act) => act.notch()],
  ['R', (act) => act.raw()],
  ['ArrowRight', (act) => act.turn(1)],
  ['ArrowLeft', (act) => act.turn(-1)],
  ['PageDown', (act) => act.turn(1)],
  ['PageUp', (act) => act.turn(-1)],
  ['Home', (act) => act.turn(-Infinity)],
  ['End', (act) => act.turn(Infinity)],
  ['K', (act) => act.point()],
  ['Shift+ArrowRight', (act) => act.move(1, 0)],
  ['Shift+ArrowLeft', (act) => act.move(-1, 0)],
  ['Shift+ArrowDown', (act) => act.move(0, 1)],
  ['Shift+ArrowUp', (act) => act.move(0, -1)],
  ['X', (act) => act.clear()],
  ['Escape', (act) => act.clear()],
  ['Z', (act) => act.lens()],
  ['B', (act) => act.beats()],
  ['E', (act) => act.earlier()],
  ['O', (act) => act.overlay()],
  [',', (act) => act.shift(-1)],
  ['.', (act) => act.shift(1)],
  ['<', (act) => act.older(1)],
  ['>', (act) => act.older(-1)],
  ['F', (act) => act.fit()],
  ['U', (act) => act.actual()],
  ['D', (act) => act.double()],
  ['Y', (act) => act.ruler()],
  ['I', (act) => act.confirm()],
  ['Shift+PageDown', (act) => act.minutes(10)],
  ['Shift+PageUp', (act) => act.minutes(-10)],
  ['J', (act) => act.event(1)],
  ['Q', (act) => act.event(-1)],
  ['T', (act) => act.hours()],
  ['?', (act) => act.keys()],
];
/** Held, not pressed: the caliper marches. */
export const MARCH_KEY = 'M';

const nameOf = ({ key, shiftKey }: KeyboardEvent): string =>
  key.length === 1 ? key.toUpperCase() : `${shiftKey ? 'Shift+' : ''}${key}`;

/** The keys of the ECG page, wherever the focus is, but not while words are being typed or a dialog is open. */
export function useEcgKeys(actions: EcgActions): void {
  const latest = useLatest(actions);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (dialogOpen() && event.key !== '?') return;
      const found = ECG_KEYS.find(([key]) => key === nameOf(event));
      if (!found) return;
      found[1](latest.current);
      event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [latest]);
}
