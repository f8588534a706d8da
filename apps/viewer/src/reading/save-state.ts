import type { ApiError } from '../api/client.js';
import type { Draft } from '../api/types.js';

/** How far what is written or marked has come. */
export type SaveState =
  | { step: 'clean' | 'dirty' | 'saving' | 'offline' }
  | { step: 'saved'; at: string }
  | { step: 'refused'; problem: ApiError }
  | { step: 'conflict'; theirs: Draft };

const GRAVEST = ['conflict', 'refused', 'offline', 'saving', 'dirty', 'saved', 'clean'] as const;

/** Of two that are shown as one: the one that a person has to know of, of two saves the later. */
export function graver(a: SaveState, b: SaveState): SaveState {
  if (a.step === 'saved' && b.step === 'saved') return a.at < b.at ? b : a;
  return GRAVEST.indexOf(a.step) <= GRAVEST.indexOf(b.step) ? a : b;
}
