import { drawStrip, scaleText, type EcgStrip } from './ecg-strip.js';
import { formatTime } from './format-time.js';
import { MM, Sheet, type TextStyle, type Typesetter } from './sheet.js';

/** A value as it is printed; the code is the house's short one. */
export interface EcgPdfMeasurement {
  readonly code: string;
  readonly value: number;
  readonly unit: string;
}

/** Everything that an ECG's own sheet says; null prints as 未提供. */
export interface EcgPdfContent {
  readonly institution: string;
  readonly patient: {
    readonly number: string;
    readonly name: string;
    readonly sex: 'M' | 'F' | 'O' | null;
    /** YYYY-MM-DD */
    readonly birthDate: string | null;
  };
  readonly accessionNumber: string | null;
  readonly device: string | null;
  readonly examined: Date | null;
  /** When it arrived: the document's own time, so that the same recording gives the same bytes. */
  readonly arrived: Date;
  /** IANA name, e.g. Asia/Shanghai. */
  readonly timeZone: string;
  readonly strip: EcgStrip;
  /** What of a long recording is on the sheet; null where its own notes say so. */
  readonly stretch: { readonly fromSeconds: number; readonly seconds: number; readonly ofSeconds: number } | null;
  readonly byDevice: readonly EcgPdfMeasurement[];
  readonly computed: readonly EcgPdfMeasurement[];
  readonly statements: readonly string[];
}

const INK = '#1d2730';
const QUIET = '#5d6b78';
const ALERT = '#b3261e';
const SEX = { M: '男', F: '女', O: '其他' } as const;
const NAMES: Readonly<Record<string, string>> = {
  HR: '心率',
  P: 'P 时限',
  PR: 'PR',
  QRS: 'QRS',
  QT: 'QT',
  QTc: 'QTc',
  QTcB: 'QTcB',
  QTcF: 'QTcF',
  'P-axis': 'P 电轴',
  'QRS-axis': 'QRS 电轴',
  'T-axis': 'T 电轴',
};
const UNITS: Readonly<Record<string, string>> = { bpm: '次/分', deg: '°' };

/** Left edges of the columns, and where the values end, in millimetres. */
const [PERSON, VALUES, STATEMENTS] = [10, 96, 196];
const ROWS = 6;
const ROW_MM = 4.2;

/**
 * One sheet as large as the page needs, drawn 1:1 whatever its size: the person and the device above the grid, speed, gain and what must be
 * known about the page under it. Values of the device and computed ones stand side by side and are called unconfirmed.
 */
export function layOutEcgSheet(content: EcgPdfContent, type: Typesetter, missing: readonly string[]): Sheet {
  const { strip } = content;
  const { grid, widthMm, heightMm } = strip.page;
  const sheet = new Sheet(widthMm * MM, heightMm * MM);
  const put = (text: string, xMm: number, yMm: number, style: TextStyle): void =>
    sheet.text(text, xMm * MM, yMm * MM, style);
  const fitted = (text: string, width: number, style: TextStyle): string => {
    const [first = '', ...more] = type.wrap(text, width * MM, style);
    return more.length === 0 ? first : `${type.wrap(text, width * MM - type.width('…', style), style)[0] ?? ''}…`;
  };
  person(content, (text, yMm, style) => put(fitted(text, VALUES - PERSON - 4, style), PERSON, yMm, style));
  values(content, put, (text) => type.width(text, VALUE) / MM);
  statements(content, widthMm, (text, width) => type.wrap(text, width * MM, VALUE), put);

  drawStrip(sheet, strip, grid.xMm * MM, grid.yMm * MM, 1);
  const foot = grid.yMm + grid.heightMm;
  put(`${scaleText(strip, 1)}　未加显示滤波${stretchText(content)}`, grid.xMm, foot + 4.5, { size: 8.5, colour: INK });
  const codes = missing.map((one) => `U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
  const notes = [...(codes.length === 0 ? [] : [`字库缺字，以“□”代替：${codes.join(' ')}`]), ...strip.page.notes].join(
    '　',
  );
  const quiet = { size: 7.5, colour: ALERT };
  const lines = type.wrap(notes, (widthMm - 2 * grid.xMm) * MM, quiet);
  const shown =
    lines.length > 2 ? [lines[0] ?? '', fitted(lines.slice(1).join(' '), widthMm - 2 * grid.xMm, quiet)] : lines;
  for (const [index, line] of shown.entries()) put(line, grid.xMm, foot + 8.5 + index * 3.4, quiet);
  return sheet;
}

function stretchText({ stretch }: EcgPdfContent): string {
  if (stretch === null) return '';
  const seconds = (value: number): number => Math.round(value * 10) / 10;
  const { fromSeconds, seconds: long, ofSeconds } = stretch;
  return `　第 ${seconds(fromSeconds)}–${seconds(fromSeconds + long)} 秒，全长 ${seconds(ofSeconds)} 秒`;
}

const VALUE = { size: 8.5, colour: INK } as const;
const HEADING = { size: 7.5, colour: QUIET } as const;

/** Ends above 35 mm, where the first calibration pulse does at 20 mm/mV. */
function person(content: EcgPdfContent, put: (text: string, yMm: number, style: TextStyle) => void): void {
  const { patient, timeZone } = content;
  const said = (value: string | null): string => value || '未提供';
  put(content.institution, 8, { size: 9, colour: QUIET });
  put(patient.name || '未提供', 14, { size: 14, bold: true, colour: INK });
  const sex = patient.sex === null ? null : SEX[patient.sex];
  put(`编号 ${said(patient.number)}　性别 ${said(sex)}　出生 ${said(patient.birthDate)}`, 19, VALUE);
  put(`记录时间 ${said(formatTime(content.examined, timeZone))}`, 23.5, VALUE);
  put(`检查号 ${said(content.accessionNumber)}`, 28, VALUE);
  put(`设备 ${said(content.device)}`, 32.5, VALUE);
}

/** Two columns of code, device and computed, at most six rows each. */
function values(
  { byDevice, computed }: EcgPdfContent,
  put: (text: string, xMm: number, yMm: number, style: TextStyle) => void,
  widthOf: (text: string) => number,
): void {
  const codes = [...new Set([...Object.keys(NAMES), ...byDevice.map(({ code }) => code)])]
    .filter((code) => [...byDevice, ...computed].some((one) => one.code === code))
    .slice(0, 2 * ROWS);
  const of = (list: readonly EcgPdfMeasurement[], code: string): string => {
    const found = list.find((one) => one.code === code);
    return found === undefined ? '–' : `${found.value} ${UNITS[found.unit] ?? found.unit}`.trim();
  };
  for (let column = 0; column * ROWS < codes.length; column++) {
    const x = VALUES + column * 50;
    put('设备', x + 33 - widthOf('设备'), 9, HEADING);
    put('计算', x + 47 - widthOf('计算'), 9, HEADING);
    for (const [row, code] of codes.slice(column * ROWS, (column + 1) * ROWS).entries()) {
      const y = 13.5 + row * ROW_MM;
      put(NAMES[code] ?? code.slice(0, 12), x, y, VALUE);
      const [device, ours] = [of(byDevice, code), of(computed, code)];
      put(device, x + 33 - widthOf(device), y, VALUE);
      put(ours, x + 47 - widthOf(ours), y, VALUE);
    }
  }
  if (codes.length > 0) put('均未经医生确认', VALUES, 13.5 + ROWS * ROW_MM, HEADING);
}

function statements(
  { statements: said }: EcgPdfContent,
  widthMm: number,
  wrap: (text: string, widthMm: number) => string[],
  put: (text: string, xMm: number, yMm: number, style: TextStyle) => void,
): void {
  if (said.length === 0) return;
  put('设备提示，未经医生确认', STATEMENTS, 9, HEADING);
  const lines = said.flatMap((statement) => wrap(statement, widthMm - STATEMENTS - 10));
  const shown = lines.length > ROWS ? [...lines.slice(0, ROWS - 1), '…'] : lines;
  for (const [index, line] of shown.entries()) put(line, STATEMENTS, 13.5 + index * ROW_MM, VALUE);
}
