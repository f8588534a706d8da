import { useEffect } from 'react';
import { dialogOpen } from '../../office/dialog-open.js';
import { typing } from '../../office/typing.js';
import { useLatest } from '../../office/use-latest.js';
import { TOOLS, type PointerTool } from './tool-table.js';

/** What keys do besides picking a tool. */
export interface KeyActions {
  /** The tool in hand, before all others. @returns whether the key was for it */
  hand: (event: KeyboardEvent) => boolean;
  pickTool: (tool: PointerTool) => void;
  pickPreset: (index: number) => void;
  scrollBy: (step: number) => void;
  first: () => void;
  last: () => void;
  nextSeries: (step: number) => void;
  nextCell: () => void;
  nextLayout: () => void;
  nextStep: () => void;
  showRules: () => void;
  invert: () => void;
  rotate: () => void;
  flip: () => void;
  fit: () => void;
  trueSize: () => void;
  reset: () => void;
  togglePlay: () => void;
  /** Of a video. */
  changePace: (step: number) => void;
  toggleTogether: () => void;
  toggleLines: () => void;
  togglePlanes: () => void;
  /** By so many degrees, clockwise on the screen. */
  turnPlanes: (degrees: number) => void;
  straightenPlanes: () => void;
  toggleSegments: () => void;
  toggleDrawnOver: () => void;
  togglePresentation: () => void;
  addKey: () => void;
  undo: () => void;
  abandon: () => void;
  insertMarks: () => void;
  toggleKeyList: () => void;
}

export const ACTIONS: Readonly<Record<string, (act: KeyActions) => void>> = {
  ArrowDown: (act) => act.scrollBy(1),
  ArrowUp: (act) => act.scrollBy(-1),
  ArrowRight: (act) => act.scrollBy(1),
  ArrowLeft: (act) => act.scrollBy(-1),
  PageDown: (act) => act.scrollBy(10),
  PageUp: (act) => act.scrollBy(-10),
  Home: (act) => act.first(),
  End: (act) => act.last(),
  '.': (act) => act.nextSeries(1),
  ',': (act) => act.nextSeries(-1),
  '`': (act) => act.nextCell(),
  M: (act) => act.nextLayout(),
  '=': (act) => act.nextStep(),
  '-': (act) => act.showRules(),
  I: (act) => act.invert(),
  O: (act) => act.rotate(),
  H: (act) => act.flip(),
  V: (act) => act.fit(),
  U: (act) => act.trueSize(),
  R: (act) => act.reset(),
  ' ': (act) => act.togglePlay(),
  '{': (act) => act.changePace(-1),
  '}': (act) => act.changePace(1),
  Y: (act) => act.toggleTogether(),
  X: (act) => act.toggleLines(),
  J: (act) => act.togglePlanes(),
  '>': (act) => act.turnPlanes(5),
  '<': (act) => act.turnPlanes(-5),
  ')': (act) => act.turnPlanes(1),
  '(': (act) => act.turnPlanes(-1),
  '~': (act) => act.straightenPlanes(),
  ';': (act) => act.toggleSegments(),
  "'": (act) => act.toggleDrawnOver(),
  '"': (act) => act.togglePresentation(),
  K: (act) => act.addKey(),
  N: (act) => act.insertMarks(),
  Delete: (act) => act.undo(),
  Backspace: (act) => act.undo(),
  Escape: (act) => act.abandon(),
  '?': (act) => act.toggleKeyList(),
};

/** A button in focus keeps the space bar and Enter for itself. */
const pressing = (event: KeyboardEvent): boolean =>
  (event.key === ' ' || event.key === 'Enter') &&
  event.target instanceof HTMLElement &&
  event.target.matches('button, a, [role=button]');

function perform(event: KeyboardEvent, act: KeyActions): boolean {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const tool = TOOLS.find(({ hotkey }) => hotkey === key);
  if (tool) act.pickTool(tool.tool);
  else if (/^\d$/.test(key)) act.pickPreset(Number(key));
  else if (ACTIONS[key]) ACTIONS[key](act);
  else return false;
  return true;
}

/** The keys of the reading page, wherever the focus is, but not while words are being typed or a dialog is open. */
export function useImageKeys(actions: KeyActions): void {
  const latest = useLatest(actions);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || pressing(event)) return;
      if (dialogOpen() && event.key !== '?') return;
      if (latest.current.hand(event) || perform(event, latest.current)) event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [latest]);
}
