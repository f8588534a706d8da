interface Section {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** A second-order Butterworth section by the bilinear transform (Q = 1/√2). */
function section(kind: 'low' | 'high', cutHz: number, rateHz: number): Section {
  const k = Math.tan((Math.PI * Math.min(cutHz, rateHz * 0.45)) / rateHz);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const gain = kind === 'low' ? k * k * norm : norm;
  return {
    b: [gain, kind === 'low' ? 2 * gain : -2 * gain, gain],
    a: [2 * (k * k - 1) * norm, (1 - Math.SQRT2 * k + k * k) * norm],
  };
}

function pass(x: Float32Array, { b, a }: Section, step: 1 | -1): void {
  const n = x.length;
  const first = x[step === 1 ? 0 : n - 1] ?? 0;
  // Starts in the steady state of the first sample, so that an offset rings at neither end.
  const settled = (first * (b[0] + b[1] + b[2])) / (1 + a[0] + a[1]);
  let [x1, x2, y1, y2] = [first, first, settled, settled];
  for (let i = step === 1 ? 0 : n - 1; i >= 0 && i < n; i += step) {
    const v = x[i] ?? 0;
    const y = b[0] * v + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
    x2 = x1;
    x1 = v;
    y2 = y1;
    y1 = y;
    x[i] = y;
  }
}

/** Forward and backward, in place: no delay. */
export function bandPass(x: Float32Array, rateHz: number, lowHz: number, highHz: number): Float32Array {
  for (const filter of [section('high', lowHz, rateHz), section('low', highHz, rateHz)]) {
    pass(x, filter, 1);
    pass(x, filter, -1);
  }
  return x;
}

/** Forward and backward, in place: no delay. */
export function lowPass(x: Float32Array, rateHz: number, highHz: number): Float32Array {
  const filter = section('low', highHz, rateHz);
  pass(x, filter, 1);
  pass(x, filter, -1);
  return x;
}

/** Centred moving average; the window shrinks at the ends. */
export function movingAverage(x: Float32Array, width: number): Float32Array {
  const half = Math.max(0, Math.floor(width / 2));
  const n = x.length;
  const out = new Float32Array(n);
  let [sum, from, to] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (; to < n && to <= i + half; to++) sum += x[to] ?? 0;
    for (; from < i - half; from++) sum -= x[from] ?? 0;
    out[i] = sum / (to - from);
  }
  return out;
}

/** The middle of the values, NaN left out; null when there is none. */
export function median(values: Iterable<number>): number | null {
  const sorted = Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
