import type { Prior, PriorDetail, ReadDetail } from '../../api/types.js';
import { dateTime } from '../../format.js';
import type { Messages } from '../../text/index.js';
import { itemName } from '../../worklist/item-name.js';

type Times = Pick<Prior, 'examinedAt' | 'receivedAt'>;

export const priorTime = (prior: Times): string => prior.examinedAt ?? prior.receivedAt;

/** The day, where, and what: how a prior is named in the list, in its picture and in the report. */
export const priorName = (prior: Prior, t: Messages): string =>
  [dateTime(priorTime(prior)).slice(0, 10), prior.organisation.name, itemName(prior, t)].join(' ');

/** How far its report is, in a word, and that it is later than the read where it is. */
export function priorStatus(prior: Prior, read: Times, t: Messages): string {
  const status = prior.report ? (t.results.status[prior.report.status] ?? prior.report.status) : t.priors.noReport;
  return isLater(prior, read) ? `${t.priors.later} · ${status}` : status;
}

/** Made after the examination that is being read, which may have waited: it must not pass for what was before. */
export const isLater = (prior: Times, read: Times): boolean =>
  new Date(priorTime(prior)).getTime() > new Date(priorTime(read)).getTime();

/** One sentence for the report, with a blank for how it has changed. */
export function comparison(prior: PriorDetail, read: Times, t: Messages): string {
  const impression =
    prior.words?.impression
      .trim()
      .replaceAll(/\s*\n\s*/g, ' ')
      .replace(/[。.；;]+$/, '') ?? '';
  return t.priors.comparison(priorName(prior, t), impression, isLater(prior, read));
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
