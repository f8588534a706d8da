/**
 * The kernel: words that every room uses. No framework, no I/O.
 *
 * - `Refusal`: an expected "no" with a kind (which the edges translate) and a stable code.
 * - `newId`, `isId`: time-ordered UUIDs (RFC 9562, version 7).
 * - `Clock`: the time of day as a dependency.
 * - `defineStates`: state machines as tables, checked at start.
 */
export { Refusal, type RefusalKind } from './refusal.js';
export { isId, newId } from './ids.js';
export { Clock, SystemClock } from './clock.js';
export { defineStates, type States, type TransitionTable } from './define-states.js';
