import type { Messages } from './zh.js';

/** The words of earlier examinations: see `zh-priors`. */
export const enPriors: Messages['priors'] = {
  title: 'Priors',
  prior: 'PRIOR',
  later: 'LATER THAN THIS',
  noReport: 'No signed report',
  failed: 'The priors did not arrive; try again',
  doubt: 'Whose examination this is has not been decided; priors are listed after that.',
  more: (n) => `${n} more…`,
  show: 'Show beside',
  compare: 'Write comparison',
  closeShown: 'Close',
  comparison: (which, impression, later) =>
    `Compared with ${which}${later ? ' (later than this)' : ''}${impression && ` (then: ${impression})`}: [no relevant change|better|worse].`,
};
