import { Refusal } from '#libs/kernel';

const FORM = /^(\d{4})-(0[1-9]|1[0-2])$/;
/** China has one time zone, and no summer time since 1992. */
const OFFSET = '+08:00';

/** The instants between which a month (`2026-11`) lies in Asia/Shanghai. @throws Refusal `invalid` / month-invalid */
export function monthBounds(month: string): { from: Date; to: Date } {
  const [, year, number] = FORM.exec(month) ?? [];
  if (year === undefined || number === undefined)
    throw new Refusal('invalid', 'month-invalid', 'A month is a year and a month, as in 2026-11.');
  const next = number === '12' ? `${Number(year) + 1}-01` : `${year}-${String(Number(number) + 1).padStart(2, '0')}`;
  const first = (text: string): Date => new Date(`${text.padStart(7, '0')}-01T00:00:00${OFFSET}`);
  return { from: first(month), to: first(next) };
}
