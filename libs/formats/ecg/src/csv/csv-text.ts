import { isoDate } from '../date-times.js';

/** The first line: the form and its version. */
export const CSV_FORM = '# qiao-ecg-csv: 1';
export const MOST_CSV_LEADS = 64;

/** Whether a start time may stand in the header: ISO 8601 down to a year, which a clock or calendar has. */
export function isCsvTime(text: string): boolean {
  const whole = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/.test(text);
  // Date.parse takes 30 February for 1 March.
  const day = text.length < 10 || isoDate(text.slice(0, 10).replaceAll('-', '')) !== undefined;
  return whole && day && !Number.isNaN(Date.parse(text));
}

/** RFC 4180: quoted where a comma or a quotation mark would end the cell. */
export function csvCell(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cells of a row (RFC 4180), at most `most` and one more; undefined where a quotation mark is in the wrong place. */
export function csvCells(row: string, most: number): string[] | undefined {
  if (!row.includes('"')) return row.split(',', most + 1);
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let at = 0; cells.length <= most; at = cell.lastIndex) {
    cell.lastIndex = at;
    const found = cell.exec(row);
    if (!found) return undefined;
    cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '') return cells;
  }
  return cells;
}
