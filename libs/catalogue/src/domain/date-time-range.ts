/** Above every digit and the point: closes a range that includes all that begins with its end. */
const AFTER = '~';

const DATE = /^(\d{4})\.?(\d{2})\.?(\d{2})$/;
const TIME = /^([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)(?:\.(\d{1,6}))?)?)?$/;
const DATE_TIME = /^(\d{4,14})(?:\.\d{1,6})?([+-]\d{4})?$/;

/** From `from` (included; null: from the beginning) up to, but without, `to` (null: without end), compared as text. */
export interface TextRange {
  from: string | null;
  to: string | null;
}

function dateText(date: string): string | null {
  const [, year, month, day] = DATE.exec(date) ?? [];
  if (year === undefined || year === '0000') return null;
  const at = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // 31 February is taken for 2 or 3 March.
  return !Number.isNaN(at.getTime()) && at.getUTCDate() === Number(day) ? `${year}${month}${day}` : null;
}

/** Hours, minutes, seconds as far as given, a fraction without its zeros at the end. */
function timeText(time: string): string | null {
  const parts = TIME.exec(time.trim());
  if (!parts) return null;
  const fraction = (parts[4] ?? '').replace(/0+$/, '');
  return `${parts[1]}${parts[2] ?? ''}${parts[3] ?? ''}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * DA and TM (PS3.5 table 6.2-1) as one text that sorts as they do: `20260105093000.25`; a time with fewer components begins its minute or
 * hour; `20260105` without a time; '' when the date is none.
 */
export function dateTimeText(date: string | null, time: string | null): string {
  const day = dateText((date ?? '').trim());
  if (day === null) return '';
  const clock = time === null ? null : timeText(time);
  if (clock === null) return day;
  const [whole = '', fraction] = clock.split('.');
  return `${day}${whole.padEnd(6, '0')}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** The two ends of a range, either of which may be open; one value is both; null when the text is neither. */
function ends(text: string, read: (value: string) => string | null): { from: string | null; to: string | null } | null {
  const value = text.trim();
  const single = read(value);
  if (single !== null) return { from: single, to: single };
  // A DT may carry an offset, whose hyphen separates nothing.
  for (let at = value.indexOf('-'); at !== -1; at = value.indexOf('-', at + 1)) {
    const [before, after] = [value.slice(0, at).trim(), value.slice(at + 1).trim()];
    const [from, to] = [before === '' ? null : read(before), after === '' ? null : read(after)];
    if ((before === '' || from !== null) && (after === '' || to !== null) && (from ?? to) !== null) return { from, to };
  }
  return null;
}

const closed = ({ from, to }: { from: string | null; to: string | null }): TextRange => ({
  from,
  to: to === null ? null : to + AFTER,
});

/** A DA key: a date or a range of dates (PS3.4 C.2.2.2.5), both ends included; null when it is neither. */
export function dateRange(text: string): TextRange | null {
  const found = ends(text, dateText);
  return found && closed(found);
}

/**
 * A TM key: a time or a range of times, over six digits and a fraction. An end with fewer components includes its whole hour or minute,
 * and a single value with fewer components matches within it.
 */
export function timeRange(text: string): TextRange | null {
  const found = ends(text, timeText);
  return (
    found && closed({ from: found.from === null ? null : dateTimeText('20000101', found.from).slice(8), to: found.to })
  );
}

/** A DT key. Values are compared as local time: an offset from UTC in the key or in the header is left out of the comparison. */
export function momentRange(text: string): TextRange | null {
  const found = ends(text, (value) => (DATE_TIME.test(value) ? value.replace(/[+-]\d{4}$/, '') : null));
  return found && closed(found);
}

/** Combined Datetime Matching (PS3.4 C.2.2.2.5): the date and the time range as one range over `dateTimeText`. */
export function combinedRange(date: TextRange, time: TextRange): TextRange {
  return {
    from: date.from === null ? null : date.from + (time.from ?? ''),
    to: date.to === null ? null : time.to === null ? date.to : date.to.slice(0, -1) + time.to,
  };
}
