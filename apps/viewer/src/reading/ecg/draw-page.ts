import type { EcgPage, PageLead } from '#libs/formats/ecg-page';
import { screenBox } from './ecg-view.js';

const surround = '#ffffff';
const paper = '#fff9f7';
const fine = '#f8d9d5';
const coarse = '#eaa9a2';
const ink = '#15181b';
const absent = '#8a1c1c';
const overInk = { earlier: '#1c62c4', beat: '#8fa9bf' } as const;

/** The grid starts where the page says, so that its lines run through every baseline. */
function drawGrid(context: CanvasRenderingContext2D, { grid }: EcgPage, scale: number): void {
  context.fillStyle = paper;
  context.fillRect(grid.xMm * scale, grid.yMm * scale, grid.widthMm * scale, grid.heightMm * scale);
  for (const [step, colour] of [
    [1, fine],
    [5, coarse],
  ] as const) {
    // Below two device pixels a millimetre the fine grid would be one tint.
    if (step * scale < 2) continue;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = 0; x <= grid.widthMm; x += step) {
      const at = Math.round((grid.xMm + x) * scale) + 0.5;
      context.moveTo(at, grid.yMm * scale);
      context.lineTo(at, (grid.yMm + grid.heightMm) * scale);
    }
    for (let y = 0; y <= grid.heightMm; y += step) {
      const at = Math.round((grid.yMm + y) * scale) + 0.5;
      context.moveTo(grid.xMm * scale, at);
      context.lineTo((grid.xMm + grid.widthMm) * scale, at);
    }
    context.stroke();
  }
}

/** The words that mark a label, in the reader's language. */
export interface LabelWords {
  derived: string;
  missing: string;
}

/** Traces that are drawn beneath the page's own: those of an earlier recording, or of one beat under the median. */
export interface Overlay {
  kind: keyof typeof overInk;
  traces: EcgPage['traces'];
  leads: readonly PageLead[];
  shiftMm: number;
}

export interface PageDrawing {
  page: EcgPage;
  leads: readonly PageLead[];
  overlays: readonly Overlay[];
  font: string;
  words: LabelWords;
  /** The line under the grid: scale, filters, and which seconds. */
  foot: string;
}

function drawTraces(
  context: CanvasRenderingContext2D,
  traces: EcgPage['traces'],
  leads: readonly PageLead[],
  scale: number,
  shiftMm: number,
): void {
  for (const trace of traces) {
    const lead = leads.find(({ name }) => name === trace.lead);
    if (!lead) continue;
    const { samples, missingValue } = lead;
    context.beginPath();
    let down = false;
    const end = Math.min(trace.endSample, samples.length);
    for (let index = trace.startSample; index < end; index += 1) {
      const sample = samples[index] ?? 0;
      if (sample === missingValue) {
        down = false;
        continue;
      }
      const x = (trace.originXMm + shiftMm + (index - trace.startSample) * trace.mmPerSample) * scale;
      const y = (trace.baselineYMm - (sample * trace.mmPerUnit + trace.offsetMm)) * scale;
      if (down) context.lineTo(x, y);
      else context.moveTo(x, y);
      down = true;
    }
    context.stroke();
  }
}

/** Draws the page with its own corner where the context's is: `scale` device pixels for a millimetre. */
export function paintPage(context: CanvasRenderingContext2D, drawing: PageDrawing, scale: number): void {
  const { page, leads, overlays, font, words, foot } = drawing;
  drawGrid(context, page, scale);
  context.lineJoin = 'round';
  context.lineWidth = Math.max(1, scale * 0.28);
  for (const overlay of overlays) {
    context.strokeStyle = overInk[overlay.kind];
    drawTraces(context, overlay.traces, overlay.leads, scale, overlay.shiftMm);
  }
  context.strokeStyle = ink;
  for (const pulse of page.calibrationPulses) {
    // A step up from the baseline and back, with short feet.
    const feet = Math.min(1, pulse.widthMm / 4);
    context.beginPath();
    context.moveTo((pulse.xMm - feet) * scale, pulse.yMm * scale);
    context.lineTo(pulse.xMm * scale, pulse.yMm * scale);
    context.lineTo(pulse.xMm * scale, (pulse.yMm - pulse.heightMm) * scale);
    context.lineTo((pulse.xMm + pulse.widthMm) * scale, (pulse.yMm - pulse.heightMm) * scale);
    context.lineTo((pulse.xMm + pulse.widthMm) * scale, pulse.yMm * scale);
    context.lineTo((pulse.xMm + pulse.widthMm + feet) * scale, pulse.yMm * scale);
    context.stroke();
  }
  context.beginPath();
  for (const { xMm, yMm, heightMm } of page.separators) {
    context.moveTo(xMm * scale, yMm * scale);
    context.lineTo(xMm * scale, (yMm + heightMm) * scale);
  }
  context.stroke();
  drawTraces(context, page.traces, leads, scale, 0);
  context.font = `600 ${3.4 * scale}px ${font}`;
  for (const { text, kind, xMm, yMm } of page.labels) {
    context.fillStyle = kind === 'missing' ? absent : ink;
    const name = text.replace(/ \(.*\)$/, '');
    context.fillText(kind === 'stored' ? name : `${name} ${words[kind]}`, xMm * scale, yMm * scale);
  }
  context.fillStyle = ink;
  context.font = `${3 * scale}px ${font}`;
  context.fillText(foot, page.grid.xMm * scale, (page.grid.yMm + page.grid.heightMm + 5) * scale);
}

/** Draws the page's {@link screenBox} onto the canvas, which becomes as large as that takes. */
export function drawPage(canvas: HTMLCanvasElement, drawing: PageDrawing, scale: number): void {
  const box = screenBox(drawing.page);
  canvas.width = Math.round(box.widthMm * scale);
  canvas.height = Math.round(box.heightMm * scale);
  // On the processor: the same pixels each time, whatever the machine, and a county's PC has no graphics card to speak of.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.fillStyle = surround;
  context.fillRect(0, 0, canvas.width, canvas.height);
  // By whole pixels, so that the grid's lines stay sharp.
  context.translate(-Math.round(box.xMm * scale), -Math.round(box.yMm * scale));
  paintPage(context, drawing, scale);
}
