import { personName, sexText } from '../../format.js';
import type { Messages } from '../../text/index.js';
import type { Identity } from './types.js';

/** One line for whom a header or a file means: "张伟 男 1991-01-01 P-2". */
export function identityText({ name, sex, birthDate, number }: Identity, t: Messages): string {
  return [personName(name, t), sexText(sex, t), birthDate, number].filter(Boolean).join(' ');
}
