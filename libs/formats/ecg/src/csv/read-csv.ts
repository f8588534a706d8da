import { isoDate } from '../date-times.js';
import { EcgFormatError } from '../ecg-format-error.js';
import { decoded } from '../field-text.js';
import type { EcgLead, EcgMeasurement, EcgRecording } from '../ecg-recording.js';
import { leadNameByText } from '../lead-names.js';
import { microvoltsIn, tidy } from '../microvolts.js';
import { CSV_FORM, csvCells, isCsvTime, MOST_CSV_LEADS } from './csv-text.js';

/** Where no resolution is declared, a value is kept to a thousandth of its unit. */
const STEPS = 1000;
const MISSING = -0x8000_0000;
const MOST = 2_000_000;
const MOST_KEYS = 10_000;
/** How far, in steps, a value may lie from a whole number of declared steps: more is another signal than the one declared. */
const OFF_STEP = 0.01;

/** Whether the text says that it is an ECG of this form. */
export function looksLikeEcgCsv(bytes: Uint8Array): boolean {
  const at = bytes[0] === 0xef ? 3 : 0;
  return new TextDecoder('latin1').decode(bytes.subarray(at, at + CSV_FORM.length)) === CSV_FORM;
}

/**
 * An ECG from a CSV with a declared header, as docs/ecg-csv.md describes it: rate and unit are never guessed. An empty cell is no sample.
 *
 * @throws EcgFormatError not-ecg (another first line), unsupported (a key is missing or wrong: named), damaged (a cell or row: named by
 *   its line), no-waveform.
 */
export function readCsv(bytes: Uint8Array): EcgRecording {
  if (!looksLikeEcgCsv(bytes)) throw new EcgFormatError('not-ecg', `The CSV does not begin with '${CSV_FORM}'.`);
  const lines = linesOf(bytes);
  const keys = new Map<string, string>();
  let number = 0;
  let line = '';
  for (;;) {
    const { value, done } = lines.next();
    if (done === true) throw new EcgFormatError('no-waveform', 'The CSV has no row of lead names.');
    number += 1;
    // A spreadsheet, and our own writer, quote a line that holds a comma.
    line = value.startsWith('"#') ? (csvCells(value, 1)?.[0] ?? value) : value;
    if (!line.startsWith('#')) break;
    const colon = line.indexOf(':');
    if (colon > 0 && keys.size < MOST_KEYS) keys.set(line.slice(1, colon).trim(), line.slice(colon + 1).trim());
  }
  const sampleRateHz = rateOf(required(keys, 'sampleRateHz'));
  const unit = required(keys, 'unit');
  const microvolts = microvoltsIn(unit);
  if (microvolts === undefined)
    throw new EcgFormatError('unsupported', `The CSV has the unit '${unit}', which is no voltage.`);
  if (line.length > MOST_CSV_LEADS * 80)
    throw new EcgFormatError('damaged', 'The row of lead names of the CSV is too long.');
  const names = (csvCells(line, MOST_CSV_LEADS) ?? ['']).map((name) => leadNameByText(name));
  if (names.length > MOST_CSV_LEADS || names.includes(''))
    throw new EcgFormatError(
      'damaged',
      `Line ${number} of the CSV does not name each lead, at most ${MOST_CSV_LEADS}.`,
    );
  if (new Set(names).size < names.length)
    throw new EcgFormatError('damaged', `Line ${number} of the CSV names a lead twice.`);
  const scales = scalesOf(keys, names.length);

  let columns = names.map(() => new Int32Array(1024));
  let length = 0;
  for (const row of lines) {
    number += 1;
    if (row.trim() === '') continue;
    const cells = csvCells(row, names.length);
    if (cells?.length !== names.length)
      throw new EcgFormatError('damaged', `Line ${number} of the CSV has other than ${names.length} values.`);
    if (length === columns[0]?.length) columns = columns.map(doubled);
    for (const [i, column] of columns.entries()) column[length] = sampleOf(cells[i]?.trim() ?? '', scales[i], number);
    length += 1;
  }
  if (length === 0) throw new EcgFormatError('no-waveform', 'The CSV has no samples.');
  const startSeconds = single(keys, 'startSeconds') ?? 0;
  const skews = perLead(keys, 'skewSeconds', names.length);
  const filters = filtersOf(keys, names.length);
  const leads = names.map((name, i): EcgLead => {
    const samples = columns[i]?.slice(0, length) ?? new Int32Array();
    const { step, zero } = scales[i] ?? { step: 1 / STEPS, zero: 0 };
    const skewSeconds = skews[i];
    const filter = filters[i] ?? {};
    return {
      name,
      samples,
      sampleRateHz,
      microvoltsPerUnit: microvolts === 1 ? step : tidy(microvolts * step),
      baselineMicrovolts: microvolts === 1 ? zero : tidy(microvolts * zero),
      derived: false,
      startSeconds,
      ...(skewSeconds !== undefined && { skewSeconds }),
      ...(samples.includes(MISSING) && { missingValue: MISSING }),
      ...(Object.keys(filter).length > 0 && { filter }),
    };
  });
  return { ...aboutOf(keys), leads, ...findingsOf(keys), notes: [], source: 'csv' };
}

/** value = sample * step + zero, in the unit of the file. */
interface Scale {
  readonly step: number;
  readonly zero: number;
}

/** Empty where the file declares no resolution. */
function scalesOf(keys: ReadonlyMap<string, string>, leads: number): Scale[] {
  if (!keys.has('resolution')) {
    if (keys.has('baseline'))
      throw new EcgFormatError('unsupported', "The CSV has a '# baseline' without the line '# resolution: …'.");
    return [];
  }
  const baselines = perLead(keys, 'baseline', leads);
  return perLead(keys, 'resolution', leads).map((step, i) => {
    if (step === undefined || !(Math.abs(step) >= 1e-12 && Math.abs(step) <= 1e12))
      throw new EcgFormatError('unsupported', `The CSV has no resolution of lead ${i + 1}.`);
    return { step, zero: baselines[i] ?? 0 };
  });
}

/** One number for every lead, or one for each; an empty one is not stated. */
function perLead(keys: ReadonlyMap<string, string>, key: string, leads: number): (number | undefined)[] {
  const text = keys.get(key) ?? '';
  const cells = text.split(',', MOST_CSV_LEADS + 1).map((cell) => cell.trim());
  const numbers = cells.map((cell) => (cell === '' ? undefined : decimal(cell)));
  if ((cells.length !== 1 && cells.length !== leads) || numbers.some((one) => Number.isNaN(one)))
    throw new EcgFormatError(
      'unsupported',
      `The CSV has '${text.slice(0, 40)}' as ${key}: one number, or one for each lead, was expected.`,
    );
  return Array.from({ length: leads }, (_, i) => (cells.length === 1 ? numbers[0] : numbers[i]));
}

function single(keys: ReadonlyMap<string, string>, key: string): number | undefined {
  return perLead(keys, key, 1)[0];
}

/** NaN where the text is no finite number. */
function decimal(text: string): number {
  if (text.length > 32 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return NaN;
  return Number.isFinite(Number(text)) ? Number(text) : NaN;
}

function filtersOf(keys: ReadonlyMap<string, string>, leads: number): NonNullable<EcgLead['filter']>[] {
  const [low, high, notch] = ['filterLowHz', 'filterHighHz', 'filterNotchHz'].map((key) => perLead(keys, key, leads));
  return Array.from({ length: leads }, (_, i) => {
    const [lowHz, highHz, notchHz] = [low?.[i], high?.[i], notch?.[i]];
    return {
      ...(lowHz !== undefined && { lowHz }),
      ...(highHz !== undefined && { highHz }),
      ...(notchHz !== undefined && { notchHz }),
    };
  });
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

function sampleOf(cell: string, scale: Scale | undefined, line: number): number {
  if (cell === '') return MISSING;
  const value = Number(cell);
  if (cell.length > 24 || !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(cell))
    throw new EcgFormatError('damaged', `Line ${line} of the CSV has '${cell.slice(0, 40)}' as a value.`);
  const exact = scale === undefined ? value * STEPS : (value - scale.zero) / scale.step;
  const sample = Math.round(exact);
  const within = scale === undefined ? Math.abs(value) <= MOST : sample > MISSING && sample <= 0x7fff_ffff;
  if (!within || (scale !== undefined && Math.abs(exact - sample) > OFF_STEP))
    throw new EcgFormatError(
      'damaged',
      `Line ${line} of the CSV has '${cell}' as a value, which ${within ? 'is no whole number of steps of the resolution' : 'is too large'}.`,
    );
  return sample;
}

/** `# measurement 1: 420 ms QT` (a unit of 1 is none) and `# statement 1: …`, the device's own. */
function findingsOf(keys: ReadonlyMap<string, string>): Pick<EcgRecording, 'measurements' | 'statements'> {
  const measurements: EcgMeasurement[] = [];
  const statements: string[] = [];
  for (const [key, text] of keys) {
    if (/^statement \d+$/.test(key) && text !== '') statements.push(text);
    if (!/^measurement \d+$/.test(key)) continue;
    const [, value = '', unit = '', code = ''] = /^(\S+) (\S+) (.+)$/.exec(text) ?? [];
    const number = decimal(value);
    if (Number.isNaN(number))
      throw new EcgFormatError('unsupported', `The CSV has '${text.slice(0, 40)}' as ${key}: value, unit and code.`);
    measurements.push({ code, value: number, unit: unit === '1' ? '' : unit });
  }
  return { measurements, statements };
}

function aboutOf(keys: ReadonlyMap<string, string>): Pick<EcgRecording, 'patient' | 'device' | 'startTime'> {
  const text = (key: string): string | undefined => keys.get(key) || undefined;
  const sex = text('sex');
  const id = text('patientId');
  const name = text('patientName');
  const birthDate = isoDate((text('birthDate') ?? '').replaceAll('-', ''));
  const startTime = text('startTime');
  const [manufacturer, model, serial] = ['deviceManufacturer', 'device', 'deviceSerial'].map(text);
  if (startTime !== undefined && !isCsvTime(startTime))
    throw new EcgFormatError('unsupported', `The CSV has '${startTime.slice(0, 40)}' as startTime.`);
  const device = {
    ...(manufacturer !== undefined && { manufacturer }),
    ...(model !== undefined && { model }),
    ...(serial !== undefined && { serial }),
  };
  return {
    patient: {
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...((sex === 'M' || sex === 'F' || sex === 'O') && { sex }),
      ...(birthDate !== undefined && { birthDate }),
    },
    ...(Object.keys(device).length > 0 && { device }),
    ...(startTime !== undefined && { startTime }),
  };
}

/** UTF-8, and GB 18030 as spreadsheets of China save it. */
function textOf(line: Uint8Array): string {
  const text = decoded(line, 'utf-8') ?? decoded(line, 'gb18030');
  if (text === undefined) throw new EcgFormatError('damaged', 'The CSV has a line that is neither UTF-8 nor GB 18030.');
  return text;
}

/** A line at a time: the whole text of a day is never held as one string. A line of a megabyte is none of an ECG. */
function* linesOf(bytes: Uint8Array): Generator<string, undefined> {
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    if (end - at > 1 << 20) throw new EcgFormatError('damaged', 'The CSV has a line of more than a megabyte.');
    yield textOf(bytes.subarray(at, end)).replace(/\r$/, '');
    at = end + 1;
  }
  return undefined;
}
