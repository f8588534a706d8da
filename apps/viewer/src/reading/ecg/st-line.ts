import type { Messages } from '../../text/index.js';
import type { EcgView } from './ecg-view.js';

/** From here on a level is named lead by lead; the smallest that criteria of ST elevation ask for. */
const NAMED_MICROVOLTS = 100;

const millivolts = (microvolts: number): string =>
  `${microvolts < 0 ? '−' : '+'}${(Math.abs(microvolts) / 1000).toFixed(2)}`;

/** ST in one line: each lead that is off its level by 0.1 mV at J or 60 ms after it, at both; '' where nothing was measured. */
export function stLine(st: EcgView['st'], t: Messages): string {
  if (!st || st.length === 0) return '';
  const words = t.ecg.st;
  const off = st.filter((one) => Math.max(Math.abs(one.jMicrovolts), Math.abs(one.j60Microvolts)) >= NAMED_MICROVOLTS);
  if (off.length === 0) return words.none;
  const list = off.map(
    ({ lead, jMicrovolts, j60Microvolts }) => `${lead} ${millivolts(jMicrovolts)}/${millivolts(j60Microvolts)}`,
  );
  return words.some(list.join(words.next), off.length < st.length);
}
