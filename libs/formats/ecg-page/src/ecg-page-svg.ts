import type { EcgPage } from './ecg-page.js';
import type { EcgTrace } from './ecg-trace.js';
import type { PageLead, SheetRecording } from './page-lead.js';

export interface EcgSvgOptions {
  /** Patient, time, device, measurements and statements above the grid; true unless told. */
  readonly header?: boolean;
  /** CSS font stack; one with Chinese unless told. */
  readonly fontFamily?: string;
}

const FONTS = "'Noto Sans SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Helvetica Neue', Arial, sans-serif";
const SHOWN_FIRST = ['HR', 'PR', 'QRS', 'QT', 'QTc', 'P-axis', 'QRS-axis', 'T-axis'];

/**
 * The page as a standalone SVG: width and height in millimetres, one user unit a millimetre, so that print and measurement are to
 * scale. Text from the file is escaped; there are no scripts, links or external resources in it.
 */
export function ecgPageToSvg(page: EcgPage, recording: SheetRecording, options: EcgSvgOptions = {}): string {
  const leads = new Map(recording.leads.map((lead) => [lead.name, lead]));
  const { widthMm, heightMm } = page;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthMm}mm" height="${heightMm}mm" viewBox="0 0 ${widthMm} ${heightMm}"`,
    ` font-family="${escape(options.fontFamily ?? FONTS)}" fill="#1a1a1a">`,
    `<rect width="${widthMm}" height="${heightMm}" fill="#fff"/>`,
    gridSvg(page),
    `<g fill="none" stroke="#111" stroke-width="0.25" stroke-linejoin="round" stroke-linecap="round">`,
    ...page.calibrationPulses.map(pulseSvg),
    ...page.separators.map(
      ({ xMm, yMm, heightMm: height }) => `<path d="M${xMm} ${yMm}v${height}" stroke-width="0.2"/>`,
    ),
    ...page.traces.map((trace) => traceSvg(trace, leads.get(trace.lead))),
    '</g>',
    ...page.labels.map(({ text, xMm, yMm, kind }) =>
      textSvg(xMm, yMm, 3.4, text, kind === 'missing' ? 'fill="#8a1c1c"' : 'font-weight="600"'),
    ),
    ...((options.header ?? true) ? headerSvg(page, recording) : []),
    ...footSvg(page),
    '</svg>',
  ].join('\n');
}

function gridSvg({ grid }: EcgPage): string {
  const lines = (step: number): string => {
    let d = '';
    for (let x = 0; x <= grid.widthMm; x += step)
      if (step === 5 || x % 5 !== 0) d += `M${grid.xMm + x} ${grid.yMm}v${grid.heightMm}`;
    for (let y = 0; y <= grid.heightMm; y += step)
      if (step === 5 || y % 5 !== 0) d += `M${grid.xMm} ${grid.yMm + y}h${grid.widthMm}`;
    return d;
  };
  return [
    `<rect x="${grid.xMm}" y="${grid.yMm}" width="${grid.widthMm}" height="${grid.heightMm}" fill="#fff8f7"/>`,
    `<path d="${lines(1)}" stroke="#f8d3d1" stroke-width="0.1" fill="none"/>`,
    `<path d="${lines(5)}" stroke="#eda19d" stroke-width="0.18" fill="none"/>`,
  ].join('\n');
}

function pulseSvg({ xMm, yMm, heightMm, widthMm }: EcgPage['calibrationPulses'][number]): string {
  const foot = Math.min(2, widthMm / 2);
  return `<path d="M${round(xMm - foot)} ${yMm}h${foot}v${-heightMm}h${widthMm}v${heightMm}h${foot}"/>`;
}

/** A polyline that lifts its pen where samples are missing. */
function traceSvg(trace: EcgTrace, lead: PageLead | undefined): string {
  if (!lead) return '';
  let d = '';
  let down = false;
  for (let i = trace.startSample; i < trace.endSample; i++) {
    const sample = lead.samples[i] ?? 0;
    if (sample === lead.missingValue) {
      down = false;
      continue;
    }
    const x = trace.originXMm + (i - trace.startSample) * trace.mmPerSample;
    const y = trace.baselineYMm - (sample * trace.mmPerUnit + trace.offsetMm);
    d += `${down ? 'L' : 'M'}${round(x)} ${round(y)}`;
    down = true;
  }
  return d === '' ? '' : `<path data-lead="${escape(trace.lead)}" d="${d}"/>`;
}

function headerSvg(page: EcgPage, recording: SheetRecording): string[] {
  const { patient, device, startTime, measurements, statements } = recording;
  const person = [patient.id, patient.sex, patient.birthDate].filter((part) => part !== undefined).join(' · ');
  const machine = [device?.manufacturer, device?.model].filter((part) => part !== undefined && part !== 'Unknown');
  const lines = [
    textSvg(10, 12, 5, patient.name ?? 'No name in the file', 'font-weight="600"'),
    textSvg(10, 18, 3.4, person),
    textSvg(10, 24, 3.4, (startTime ?? 'No time in the file').replace('T', ' ')),
    textSvg(10, 30, 3, machine.join(' '), 'fill="#555"'),
  ];
  const ordered = [...measurements].sort((a, b) => rank(a) - rank(b)).slice(0, 10);
  if (ordered.length > 0 || statements.length > 0)
    lines.push(textSvg(100, 9, 2.8, 'Device, unconfirmed', 'fill="#555"'));
  ordered.forEach(({ code, value, unit }, index) => {
    const x = 100 + Math.floor(index / 5) * 42;
    const y = 14 + (index % 5) * 4.8;
    lines.push(textSvg(x, y, 3.4, code), textSvg(x + 28, y, 3.4, String(value), 'text-anchor="end"'));
    lines.push(textSvg(x + 29.5, y, 3.4, unit === 'deg' ? '°' : unit));
  });
  const width = Math.max(20, Math.floor((page.widthMm - 200) / 1.9));
  const wrapped = statements.flatMap((statement) => wrap(statement, width));
  const shown = wrapped.length > 6 ? [...wrapped.slice(0, 5), '…'] : wrapped;
  shown.forEach((line, index) => lines.push(textSvg(190, 14 + index * 4.8, 3.4, line)));
  return lines;
}

function footSvg(page: EcgPage): string[] {
  const y = page.grid.yMm + page.grid.heightMm + 5;
  const notes = wrap(page.notes.join(' '), Math.floor((page.widthMm - 20) / 1.6)).slice(0, 2);
  return [
    textSvg(page.grid.xMm, y, 3.2, `${page.speedText} · ${page.gainText}`),
    ...notes.map((line, index) => textSvg(page.grid.xMm, y + 4.2 + index * 3.6, 2.8, line, 'fill="#8a1c1c"')),
  ];
}

function rank({ code }: SheetRecording['measurements'][number]): number {
  const at = SHOWN_FIRST.indexOf(code);
  return at < 0 ? SHOWN_FIRST.length : at;
}

/** Lines of at most `width` Latin letters; a Chinese character counts two and may end a line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let [line, taken] = ['', 0];
  for (const word of text.match(/[\u2E80-\uFFEF]|[^\s\u2E80-\uFFEF]+\s*|\s+/g) ?? []) {
    const size = word.charCodeAt(0) >= 0x2e80 ? 2 : word.length;
    if (taken > 0 && taken + size > width) {
      lines.push(line.trimEnd());
      [line, taken] = ['', 0];
    }
    line += word;
    taken += size;
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()];
}

function textSvg(x: number, y: number, size: number, text: string, attributes = ''): string {
  if (text === '') return '';
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" ${attributes}>${escape(text)}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escaped for XML; characters that XML 1.0 forbids become U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}

/** A thousandth of a millimetre is finer than any printer. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
