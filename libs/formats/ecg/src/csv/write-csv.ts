import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { leadNameByText } from '../lead-names.js';
import { tidy } from '../microvolts.js';
import { multiplexGroups } from '../out/multiplex-groups.js';
import { CSV_FORM, csvCell, isCsvTime, MOST_CSV_LEADS } from './csv-text.js';

/** About so many characters in one piece of text. */
const PIECE = 1 << 16;
/** So many different samples of a lead are remembered as text. */
const REMEMBERED = 1 << 16;

/**
 * The recording in the CSV form of docs/ecg-csv.md, which `readCsv` reads back exactly: samples, scale, rate, time, filters, the person, the
 * device and what it says. Values are microvolts. One text for the leads that share rate, start and length, several where there are more
 * such groups; each comes in pieces, so that a day is never held as one string. Derived leads and averaged beats are left out: a file
 * holds what was recorded.
 *
 * @throws EcgFormatError unsupported: a lead without a scale or a rate that the form can hold; no-waveform.
 */
export function writeCsv(recording: EcgRecording): Iterable<string>[] {
  const files = multiplexGroups(recording.leads, false).flatMap(({ leads }) => withNamesOnce(leads));
  if (files.length === 0) throw new EcgFormatError('no-waveform', 'The recording has no stored samples.');
  return files.map((leads) => pieces(headOf(recording, leads), leads));
}

/** The leads in files in which no name stands twice, and that are not too wide. */
function withNamesOnce(leads: readonly EcgLead[]): EcgLead[][] {
  const files: { names: Set<string>; leads: EcgLead[] }[] = [];
  for (const lead of leads) {
    const name = leadNameByText(cellOf(lead.name));
    let file = files.find(({ names }) => names.size < MOST_CSV_LEADS && !names.has(name));
    if (!file) files.push((file = { names: new Set(), leads: [] }));
    file.names.add(name);
    file.leads.push(lead);
  }
  return files.map((file) => file.leads);
}

/** In one line, and never a formula to a spreadsheet: a reader takes 'Lead ' off again. */
function cellOf(name: string): string {
  const text = oneLine(name).slice(0, 70);
  if (leadNameByText(text) === '') return 'unnamed';
  return /^[=+@#-]/.test(text) ? `Lead ${text}` : text;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

function headOf(recording: EcgRecording, leads: readonly EcgLead[]): string {
  const { patient, device, startTime = '', measurements, statements, source } = recording;
  const [{ sampleRateHz = 0, startSeconds = 0 } = {}] = leads;
  if (!(sampleRateHz >= 1 && sampleRateHz <= 100_000))
    throw new EcgFormatError(
      'unsupported',
      `A CSV holds 1 to 100000 samples a second, and this is ${sampleRateHz} Hz.`,
    );
  for (const { name, microvoltsPerUnit } of leads)
    if (!(Math.abs(microvoltsPerUnit) >= 1e-9 && Math.abs(microvoltsPerUnit) <= 1e9))
      throw new EcgFormatError('unsupported', `Lead ${name} has no scale that a CSV can hold.`);
  const keys: [key: string, value: string | undefined][] = [
    ['sampleRateHz', String(sampleRateHz)],
    ['unit', 'uV'],
    ['resolution', listed(leads, (lead) => lead.microvoltsPerUnit)],
    ['baseline', listed(leads, (lead) => lead.baselineMicrovolts || undefined)],
    ['startSeconds', startSeconds === 0 ? '' : String(startSeconds)],
    ['skewSeconds', listed(leads, (lead) => lead.skewSeconds)],
    ['filterLowHz', listed(leads, (lead) => lead.filter?.lowHz)],
    ['filterHighHz', listed(leads, (lead) => lead.filter?.highHz)],
    ['filterNotchHz', listed(leads, (lead) => lead.filter?.notchHz)],
  ];
  const words: typeof keys = [
    ['patientId', patient.id],
    ['patientName', patient.name],
    ['sex', patient.sex],
    ['birthDate', patient.birthDate],
    ['startTime', isCsvTime(startTime) ? startTime : ''],
    ['deviceManufacturer', device?.manufacturer],
    ['device', device?.model],
    ['deviceSerial', device?.serial],
    ['readFrom', source],
    ...measurements.map(({ code, value, unit }, i): [string, string] => [
      `measurement ${i + 1}`,
      `${value} ${oneLine(unit).replaceAll(' ', '') || '1'} ${code}`,
    ]),
    ...statements.map((statement, i): [string, string] => [`statement ${i + 1}`, statement]),
  ];
  const lines = [
    ...keys.flatMap(([key, value = '']) => (value === '' ? [] : [`# ${key}: ${value}`])),
    ...words.flatMap(([key, value]) => {
      const text = oneLine(value ?? '');
      return text === '' ? [] : [csvCell(`# ${key}: ${text}`)];
    }),
  ];
  return `${[CSV_FORM, ...lines, leads.map(({ name }) => csvCell(cellOf(name))).join(',')].join('\n')}\n`;
}

/** One value where all leads share it, else one for each; nothing where none has one. */
function listed(leads: readonly EcgLead[], valueOf: (lead: EcgLead) => number | undefined): string {
  const values = leads.map((lead) => valueOf(lead)?.toString() ?? '');
  return new Set(values).size === 1 ? (values[0] ?? '') : values.join(',');
}

function* pieces(head: string, leads: readonly EcgLead[]): Generator<string, undefined> {
  let text = head;
  const writers = leads.map(writerOf);
  const length = leads[0]?.samples.length ?? 0;
  for (let row = 0; row < length; row++) {
    for (let i = 0; i < writers.length; i++) text += i === 0 ? writers[i]?.(row) : `,${writers[i]?.(row)}`;
    // An empty line would be none: a lead by itself writes a gap as an empty cell in quotation marks.
    text += writers.length === 1 && text.endsWith('\n') ? '""\n' : '\n';
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
  return undefined;
}

function writerOf({ samples, missingValue, microvoltsPerUnit, baselineMicrovolts }: EcgLead): (row: number) => string {
  const known = new Map<number, string>();
  return (row) => {
    const sample = samples[row] ?? 0;
    if (sample === missingValue) return '';
    const remembered = known.get(sample);
    if (remembered !== undefined) return remembered;
    const text = decimal(sample * microvoltsPerUnit + baselineMicrovolts);
    if (known.size < REMEMBERED) known.set(sample, text);
    return text;
  };
}

/** Twelve digits, without an exponent: more than a hundredth of a step of 32 bits. */
function decimal(value: number): string {
  const text = String(tidy(value));
  return text.includes('e')
    ? tidy(value)
        .toFixed(20)
        .replace(/\.?0+$/, '')
    : text;
}
