import type { Messages } from './text/index.js';
import type { FirstMessages } from './text/zh-first.js';

/** What every list and page knows of how far an examination has come. */
export interface Received {
  kind: 'imaging' | 'ecg';
  instances: number;
  expectedInstances: number | null;
  missing: number;
  interrupted: boolean;
}

export const isArriving = (state: string): boolean => state !== 'settled';

/** In words: "312/320 接收中", "312/320 未收全", "✓ 320 幅"; done says whether the words are good news. */
export function completenessWords(exam: Received, state: string, t: Messages): { text: string; done: boolean } {
  const { instances, expectedInstances, missing } = exam;
  // A named image may be missing although as many others came.
  const of = expectedInstances === null ? null : Math.max(expectedInstances, missing > 0 ? instances + missing : 0);
  if (isArriving(state)) return { text: t.instances.arriving(instances, of), done: false };
  if (missing > 0) return { text: t.instances.partial(instances, of ?? instances + missing), done: false };
  if (exam.interrupted) return { text: t.instances.interrupted(instances), done: false };
  if (exam.kind === 'ecg') return { text: t.instances.completeEcg, done: true };
  if (of !== null && instances > of) return { text: t.instances.more(instances, of), done: true };
  return { text: t.instances.complete(instances), done: true };
}

/** For the picture itself: nothing, or "未收全 312/320". */
export function pictureMark(exam: Omit<Received, 'kind'>, state: string, t: FirstMessages): string | null {
  if (exam.missing > 0) {
    const of = Math.max(exam.expectedInstances ?? 0, exam.instances + exam.missing);
    return t.instances.inPicture(exam.instances, of);
  }
  if (isArriving(state)) return t.instances.inPicture(exam.instances, null);
  return exam.interrupted ? t.instances.interrupted(exam.instances) : null;
}
