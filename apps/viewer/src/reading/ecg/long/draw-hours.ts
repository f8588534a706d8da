import type { EcgEvent, EcgLevels } from './overview.js';

export const ROWS = 30;
export const ROW_SECONDS = 60;

const paper = '#fffdfc';
const line = '#f0d5d0';
const ink = '#15181b';
const marked = { pause: '#fbd3ce', fast: '#fde6c3' };
const here = '#cfe3f7';

export interface HoursDrawing {
  readonly levels: Pick<EcgLevels, 'pairsPerSecond' | 'microvoltsPerUnit' | 'nothing'>;
  /** Lowest and highest by turns, from `fromSeconds` on. */
  readonly extremes: Int16Array;
  readonly fromSeconds: number;
  readonly events: readonly EcgEvent[];
  /** What Enter opens. */
  readonly chosen: { readonly fromSeconds: number; readonly seconds: number };
  /** Rows that a millivolt is high. */
  readonly rowsPerMillivolt: number;
}

/** A minute a row; each row stands about its own middle, so that a wandering base line stays in it. */
export function drawHours(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  drawing: HoursDrawing,
): void {
  const { levels, extremes, fromSeconds, events, chosen, rowsPerMillivolt } = drawing;
  const rowHeight = height / ROWS;
  const perRow = ROW_SECONDS * levels.pairsPerSecond;
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  const band = (from: number, to: number, colour: string, inset: number): void => {
    context.fillStyle = colour;
    for (let row = 0; row < ROWS; row += 1) {
      const start = Math.max(0, from - fromSeconds - row * ROW_SECONDS);
      const end = Math.min(ROW_SECONDS, to - fromSeconds - row * ROW_SECONDS);
      if (end <= start) continue;
      const x = (start / ROW_SECONDS) * width;
      context.fillRect(x, row * rowHeight + inset, Math.max(2, (end / ROW_SECONDS) * width - x), rowHeight - 2 * inset);
    }
  };
  band(chosen.fromSeconds, chosen.fromSeconds + chosen.seconds, here, 0);
  for (const { kind, fromSeconds: from, toSeconds } of events) band(from, toSeconds, marked[kind], 1);
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.beginPath();
  for (let row = 1; row < ROWS; row += 1) {
    context.moveTo(0, Math.round(row * rowHeight) + 0.5);
    context.lineTo(width, Math.round(row * rowHeight) + 0.5);
  }
  context.stroke();
  context.strokeStyle = ink;
  const unit = (levels.microvoltsPerUnit / 1000) * rowsPerMillivolt * rowHeight;
  for (let row = 0; row * perRow * 2 < extremes.length && row < ROWS; row += 1) {
    const part = extremes.subarray(row * perRow * 2, (row + 1) * perRow * 2);
    const middle = middleOf(part, levels.nothing);
    const y = (value: number): number => (row + 0.5) * rowHeight - (value - middle) * unit;
    context.save();
    context.beginPath();
    context.rect(0, (row - 0.5) * rowHeight, width, 2 * rowHeight);
    context.clip();
    context.beginPath();
    let down = false;
    for (let i = 0; i + 1 < part.length; i += 2) {
      if (part[i] === levels.nothing) {
        down = false;
        continue;
      }
      const x = ((i / 2 + 0.5) / perRow) * width;
      if (down) context.lineTo(x, y(part[i]!));
      else context.moveTo(x, y(part[i]!));
      context.lineTo(x, y(part[i + 1]!));
      down = true;
    }
    context.stroke();
    context.restore();
  }
}

/** The median of the pairs' middles: where the base line is, since waves are short. */
function middleOf(part: Int16Array, nothing: number): number {
  const middles: number[] = [];
  for (let i = 0; i + 1 < part.length; i += 2) if (part[i] !== nothing) middles.push((part[i]! + part[i + 1]!) / 2);
  middles.sort((one, other) => one - other);
  return middles[middles.length >> 1] ?? 0;
}
