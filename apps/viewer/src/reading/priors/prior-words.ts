import type { Prior, PriorDetail, ReadDetail } from '../../api/types.js';
import { dateTime } from '../../format.js';
import type { Messages } from '../../text/index.js';
import { itemName } from '../../worklist/item-name.js';

export const priorTime = (prior: Pick<Prior, 'examinedAt' | 'receivedAt'>): string =>
  prior.examinedAt ?? prior.receivedAt;

/** The day, where, and what: how a prior is named in the list, in its picture and in the report. */
export const priorName = (prior: Prior, t: Messages): string =>
  [dateTime(priorTime(prior)).slice(0, 10), prior.organisation.name, itemName(prior, t)].join(' ');

/** How far its report is, in a word. */
export function priorStatus(prior: Prior, t: Messages): string {
  if (prior.report) return t.results.status[prior.report.status] ?? prior.report.status;
  return t.priors.noReport;
}

/** One sentence for the report, with a blank for how it has changed. */
export function comparison(prior: PriorDetail, t: Messages): string {
  const impression =
    prior.words?.impression
      .trim()
      .replaceAll(/\s*\n\s*/g, ' ')
      .replace(/[。.；;]+$/, '') ?? '';
  return t.priors.comparison(priorName(prior, t), impression);
}

/** Its images may stand beside the present ones: they are images, and those of another study. */
export const isShowable = (prior: Prior, read: Pick<ReadDetail, 'studyInstanceUid'>): boolean =>
  prior.kind === 'imaging' && prior.instances > 0 && prior.studyInstanceUid !== read.studyInstanceUid;

/** The read as a cell of the picture shows it, with the prior's own facts in place of the present ones. */
export const readOfPrior = (read: ReadDetail, prior: Prior): ReadDetail => ({
  ...read,
  patient: { ...read.patient, ...prior.patient },
  organisation: prior.organisation,
  examinedAt: prior.examinedAt,
  studyInstanceUid: prior.studyInstanceUid,
  instances: prior.instances,
  expectedInstances: null,
  missing: 0,
  interrupted: false,
  examState: 'settled',
});
