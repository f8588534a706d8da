import { isoDate } from '../date-times.js';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { leadNameByText } from '../lead-names.js';
import { microvoltsIn, tidy } from '../microvolts.js';

const LINE = '# qiao-ecg-csv: 1';
const MOST_COLUMNS = 64;
/** A value is kept to a thousandth of its unit. */
const STEPS = 1000;
const MISSING = -0x8000_0000;
const MOST = 2_000_000;

/** Whether the text says that it is an ECG of this form. */
export function looksLikeEcgCsv(bytes: Uint8Array): boolean {
  const at = bytes[0] === 0xef ? 3 : 0;
  return new TextDecoder('latin1').decode(bytes.subarray(at, at + LINE.length)) === LINE;
}

/**
 * An ECG from a CSV with a declared header, as docs/ecg-csv.md describes it: rate and unit are never guessed. An empty cell is no sample.
 *
 * @throws EcgFormatError not-ecg (another first line), unsupported (a key is missing or wrong: named), damaged (a cell or row: named by
 *   its line), no-waveform.
 */
export function readCsv(bytes: Uint8Array): EcgRecording {
  if (!looksLikeEcgCsv(bytes)) throw new EcgFormatError('not-ecg', `The CSV does not begin with '${LINE}'.`);
  const lines = linesOf(bytes);
  const keys = new Map<string, string>();
  let number = 0;
  let line = '';
  for (;;) {
    const { value, done } = lines.next();
    if (done === true) throw new EcgFormatError('no-waveform', 'The CSV has no row of lead names.');
    number += 1;
    line = value;
    if (!line.startsWith('#')) break;
    const colon = line.indexOf(':');
    if (colon > 0 && keys.size < 100) keys.set(line.slice(1, colon).trim(), line.slice(colon + 1).trim());
  }
  const sampleRateHz = rateOf(required(keys, 'sampleRateHz'));
  const unit = required(keys, 'unit');
  const microvolts = microvoltsIn(unit);
  if (microvolts === undefined)
    throw new EcgFormatError('unsupported', `The CSV has the unit '${unit}', which is no voltage.`);
  if (line.length > MOST_COLUMNS * 80)
    throw new EcgFormatError('damaged', 'The row of lead names of the CSV is too long.');
  const names = line.split(',').map((name) => leadNameByText(name));
  if (names.length > MOST_COLUMNS || names.includes(''))
    throw new EcgFormatError('damaged', `Line ${number} of the CSV does not name each lead, at most ${MOST_COLUMNS}.`);
  if (new Set(names).size < names.length)
    throw new EcgFormatError('damaged', `Line ${number} of the CSV names a lead twice.`);

  let columns = names.map(() => new Int32Array(1024));
  let length = 0;
  for (const row of lines) {
    number += 1;
    if (row.trim() === '') continue;
    const cells = row.split(',', names.length + 1);
    if (cells.length !== names.length)
      throw new EcgFormatError('damaged', `Line ${number} of the CSV has other than ${names.length} values.`);
    if (length === columns[0]?.length) columns = columns.map(doubled);
    cells.forEach((cell, i) => {
      const column = columns[i];
      if (column) column[length] = valueOf(cell.trim(), number);
    });
    length += 1;
  }
  if (length === 0) throw new EcgFormatError('no-waveform', 'The CSV has no samples.');
  const leads = names.map((name, i): EcgLead => {
    const samples = columns[i]?.slice(0, length) ?? new Int32Array();
    return {
      name,
      samples,
      sampleRateHz,
      microvoltsPerUnit: tidy(microvolts / STEPS),
      baselineMicrovolts: 0,
      derived: false,
      startSeconds: 0,
      ...(samples.includes(MISSING) && { missingValue: MISSING }),
    };
  });
  return { ...aboutOf(keys), leads, measurements: [], statements: [], notes: [], source: 'csv' };
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(column.length * 2);
  larger.set(column);
  return larger;
}

function required(keys: ReadonlyMap<string, string>, key: string): string {
  const value = keys.get(key);
  if (value === undefined || value === '')
    throw new EcgFormatError('unsupported', `The CSV lacks the line '# ${key}: …'.`);
  return value;
}

function rateOf(text: string): number {
  const rate = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || !(rate >= 1 && rate <= 100_000))
    throw new EcgFormatError('unsupported', `The CSV has '${text.slice(0, 40)}' as sampleRateHz.`);
  return rate;
}

function valueOf(cell: string, line: number): number {
  if (cell === '') return MISSING;
  const value = Number(cell);
  if (cell.length > 24 || !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(cell) || Math.abs(value) > MOST)
    throw new EcgFormatError('damaged', `Line ${line} of the CSV has '${cell.slice(0, 40)}' as a value.`);
  return Math.round(value * STEPS);
}

function aboutOf(keys: ReadonlyMap<string, string>): Pick<EcgRecording, 'patient' | 'device' | 'startTime'> {
  const text = (key: string): string | undefined => keys.get(key) || undefined;
  const sex = text('sex');
  const id = text('patientId');
  const name = text('patientName');
  const birthDate = isoDate((text('birthDate') ?? '').replaceAll('-', ''));
  const startTime = text('startTime');
  const model = text('device');
  if (startTime !== undefined && (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(startTime) || Number.isNaN(Date.parse(startTime))))
    throw new EcgFormatError('unsupported', `The CSV has '${startTime.slice(0, 40)}' as startTime.`);
  return {
    patient: {
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...((sex === 'M' || sex === 'F' || sex === 'O') && { sex }),
      ...(birthDate !== undefined && { birthDate }),
    },
    ...(model !== undefined && { device: { model } }),
    ...(startTime !== undefined && { startTime }),
  };
}

/** A line at a time: the whole text of a day is never held as one string. A line of a megabyte is none of an ECG. */
function* linesOf(bytes: Uint8Array): Generator<string, undefined> {
  const decoder = new TextDecoder('utf-8');
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    if (end - at > 1 << 20) throw new EcgFormatError('damaged', 'The CSV has a line of more than a megabyte.');
    yield decoder.decode(bytes.subarray(at, end)).replace(/\r$/, '');
    at = end + 1;
  }
  return undefined;
}
