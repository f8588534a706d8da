import { type EcgPage } from '#libs/formats/ecg-page';
import { MM, type Sheet } from './sheet.js';

/** The ECG as it is drawn: the page's grid with all that stands on it, and the samples that its traces point at. */
export interface EcgStrip {
  readonly page: EcgPage;
  /** The leads that the traces name, the derived ones included; an `EcgLead` of formats/ecg fits. */
  readonly leads: readonly {
    readonly name: string;
    readonly samples: ArrayLike<number>;
    /** A sample of this value is no measurement and leaves a gap. */
    readonly missingValue?: number;
  }[];
}

/** 1 where the strip fits the width that there is, else what it has to be reduced by. */
export function stripScale(strip: EcgStrip, widthPt: number, heightPt: number): number {
  return Math.min(1, widthPt / (strip.page.grid.widthMm * MM), heightPt / (strip.page.grid.heightMm * MM));
}

/** What the reader must know before measuring on the paper. */
export function scaleText(strip: EcgStrip, scale: number): string {
  const { speedText, gainText } = strip.page;
  const paper = `${speedText}　${gainText}　`;
  if (scale === 1) return `${paper}比例 1:1（按“实际大小”打印时网格小格为 1 mm）`;
  const percent = (scale * 100).toFixed(1);
  return `${paper}比例 ${percent}%（已缩小，小格在纸上为 ${scale.toFixed(3)} mm，请按网格测量，勿用直尺）`;
}

const PULSE_AND_TRACE = '#101010';
const LABEL_KIND = { stored: '', derived: '（推算）', missing: '（未记录）' } as const;

type Points = [number, number][];

/** Grid, pulses, labels and traces as vectors; the grid's top left corner stands at x, y (points from the page's). */
export function drawStrip(sheet: Sheet, strip: EcgStrip, x: number, y: number, scale: number): void {
  const { grid, traces, labels, separators, calibrationPulses } = strip.page;
  const unit = MM * scale;
  const at = (xMm: number, yMm: number): [number, number] => [x + (xMm - grid.xMm) * unit, y + (yMm - grid.yMm) * unit];
  const [right, bottom] = [grid.xMm + grid.widthMm, grid.yMm + grid.heightMm];
  for (const [step, colour, width] of [
    [1, '#f6d5d5', 0.25],
    [5, '#e8a3a3', 0.5],
  ] as const) {
    const lines: Points[] = [];
    for (let mm = grid.xMm; mm <= right + 1e-6; mm += step) lines.push([at(mm, grid.yMm), at(mm, bottom)]);
    for (let mm = grid.yMm; mm <= bottom + 1e-6; mm += step) lines.push([at(grid.xMm, mm), at(right, mm)]);
    sheet.paths(lines, { colour, width: width * scale });
  }
  const ink = { colour: PULSE_AND_TRACE, width: 0.7 * scale };
  sheet.paths(
    separators.map(({ xMm, yMm, heightMm }) => [at(xMm, yMm), at(xMm, yMm + heightMm)]),
    ink,
  );
  sheet.paths(
    calibrationPulses.map(({ xMm, yMm, widthMm, heightMm }) => [
      at(xMm, yMm),
      at(xMm, yMm - heightMm),
      at(xMm + widthMm, yMm - heightMm),
      at(xMm + widthMm, yMm),
    ]),
    ink,
  );
  for (const label of labels) {
    const name = label.text.replace(/ \((derived|not recorded)\)$/, '');
    sheet.text(`${name}${LABEL_KIND[label.kind]}`, ...at(label.xMm, label.yMm), { size: 8 * scale, bold: true });
  }
  for (const trace of traces) {
    const lead = strip.leads.find(({ name }) => name === trace.lead);
    if (lead === undefined) continue;
    const runs: Points[] = [[]];
    for (let index = trace.startSample; index < Math.min(trace.endSample, lead.samples.length); index++) {
      const sample = lead.samples[index]!;
      if (sample === lead.missingValue) {
        if (runs.at(-1)!.length > 0) runs.push([]);
        continue;
      }
      const xMm = trace.originXMm + (index - trace.startSample) * trace.mmPerSample;
      runs.at(-1)!.push(at(xMm, trace.baselineYMm - (sample * trace.mmPerUnit + trace.offsetMm)));
    }
    sheet.paths(
      runs.filter((run) => run.length > 0),
      ink,
    );
  }
}
