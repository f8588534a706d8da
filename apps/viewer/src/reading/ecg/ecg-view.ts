/** A lead; `samples` is base64 of little-endian integers as wide as `encoding` says. */
export interface EcgLead {
  name: string;
  samples: string;
  encoding: 'int16' | 'int32';
  derived: boolean;
  /** A sample of this value is no measurement: nothing is drawn there. */
  missingValue?: number;
}

export interface EcgMeasurement {
  code: string;
  value: number;
  unit: string;
}

/** One trace of the page; lengths in millimetres, `mmPerUnit` millimetres for a sample step. */
export interface EcgTrace {
  lead: string;
  startSample: number;
  endSample: number;
  originXMm: number;
  baselineYMm: number;
  mmPerSample: number;
  mmPerUnit: number;
  offsetMm: number;
}

export interface EcgPage {
  widthMm: number;
  heightMm: number;
  speedMmPerS: number;
  gainMmPerMv: number;
  grid: { xMm: number; yMm: number; widthMm: number; heightMm: number };
  traces: EcgTrace[];
  calibrationPulses: { xMm: number; yMm: number; heightMm: number; widthMm: number }[];
  labels: { text: string; xMm: number; yMm: number; kind: 'stored' | 'derived' | 'missing' }[];
  separators: { xMm: number; yMm: number; heightMm: number }[];
  speedText: string;
  gainText: string;
  notes: string[];
}

export interface EcgRecording {
  leads: EcgLead[];
  device?: { manufacturer?: string; model?: string; serial?: string };
  startTime?: string;
  measurements: EcgMeasurement[];
  statements: string[];
}

export interface EcgView {
  recording: EcgRecording;
  page: EcgPage;
}

/** The integers of a lead; throws where they cannot be read. */
export function decodeSamples({ samples, encoding }: EcgLead): Int16Array | Int32Array {
  const bytes = Uint8Array.from(atob(samples), (character) => character.codePointAt(0) ?? 0);
  const width = encoding === 'int32' ? 4 : 2;
  const view = new DataView(bytes.buffer);
  const count = Math.floor(bytes.length / width);
  const out = width === 4 ? new Int32Array(count) : new Int16Array(count);
  for (let index = 0; index < count; index += 1) {
    out[index] = width === 4 ? view.getInt32(index * 4, true) : view.getInt16(index * 2, true);
  }
  return out;
}

/** A part of the page, in its millimetres. */
export interface PageBox {
  xMm: number;
  yMm: number;
  widthMm: number;
  heightMm: number;
}

/** What the screen shows of the page: the grid and the line under it. The head of the printed sheet stays off it. */
export function screenBox({ grid, widthMm, heightMm }: EcgPage): PageBox {
  const xMm = Math.max(0, grid.xMm - 4);
  const yMm = Math.max(0, grid.yMm - 4);
  return {
    xMm,
    yMm,
    widthMm: Math.min(widthMm, grid.xMm + grid.widthMm + 4) - xMm,
    heightMm: Math.min(heightMm, grid.yMm + grid.heightMm + 8) - yMm,
  };
}
