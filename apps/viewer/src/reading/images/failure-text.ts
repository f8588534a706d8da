import { problemText } from '../../plain-page.js';
import type { Messages } from '../../text/index.js';
import type { DrawFailure } from './rendering.js';

export function failureText(failure: DrawFailure, t: Messages): string {
  const words = t.images.because;
  if (failure.why === 'refused') return problemText(failure.problem, t) || words.status(failure.problem.status);
  if (failure.why === 'decode') return words.decode(failure.detail);
  if (failure.why === 'undrawable') return words.undrawable[failure.kind];
  return failure.why === 'memory' ? words.memory : words.network;
}
