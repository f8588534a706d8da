import type { PageLead } from './page-lead.js';

export const HIGH_PASS_HZ = [0.05, 0.15, 0.5] as const;
export const LOW_PASS_HZ = [40, 100, 150] as const;

/** What is filtered for display; null or false where nothing is. */
export interface EcgFilters {
  readonly highPassHz: number | null;
  readonly lowPassHz: number | null;
  readonly notch50Hz: boolean;
}

export const RAW: EcgFilters = { highPassHz: null, lowPassHz: null, notch50Hz: false };

/** b0, b1, b2, a1, a2 of one section, a0 being 1. */
type Biquad = readonly [number, number, number, number, number];

/** In filtered leads; whole, so that it is the same number in 32 bits. */
const MISSING = -0x8000_0000;
/** Butterworth of the second order. */
const BUTTERWORTH_Q = Math.SQRT1_2;
/** A notch 2 Hz wide at 50 Hz. */
const NOTCH_Q = 25;
/** Two passes of a second-order Butterworth lose 3 dB where one pass loses 1.5: at fc times this below, or over this above. */
const TWICE = (Math.SQRT2 - 1) ** 0.25;

/**
 * The leads as microvolts, filtered forward and backward, so that no phase is moved and no wave is shifted; the leads given are left as
 * they are. Sections are the low-pass, high-pass and notch of R. Bristow-Johnson's Audio EQ Cookbook (W3C Note, 2021), by the
 * bilinear transform; cut-offs are corrected for the two passes (Winter, Biomechanics and Motor Control of Human Movement), so that
 * the whole loses 3 dB at the frequency named. Runs between gaps are filtered by themselves, extended at both ends by their odd
 * reflection. `skipped` names leads sampled too slowly for a filter: that filter is left out on them.
 */
export function filterEcg(
  leads: readonly PageLead[],
  filters: EcgFilters,
): { readonly leads: readonly PageLead[]; readonly skipped: readonly string[] } {
  const { highPassHz, lowPassHz, notch50Hz } = filters;
  if (highPassHz === null && lowPassHz === null && !notch50Hz) return { leads, skipped: [] };
  const skipped: string[] = [];
  const filtered = leads.map((lead) => {
    const { sampleRateHz: rate } = lead;
    const sections: { readonly section: Biquad; readonly settleSeconds: number }[] = [];
    let left = false;
    // The corrected low-pass lies above the frequency named, and must stay below half of the sampling rate.
    if (highPassHz !== null)
      sections.push({ section: biquad('high', highPassHz, rate), settleSeconds: 1 / highPassHz });
    if (lowPassHz !== null) {
      if (lowPassHz < rate * 0.38)
        sections.push({ section: biquad('low', lowPassHz, rate), settleSeconds: 3 / lowPassHz });
      else left = true;
    }
    if (notch50Hz) {
      if (rate > 110) sections.push({ section: biquad('notch', 50, rate), settleSeconds: 1 });
      else left = true;
    }
    if (left) skipped.push(lead.name);
    return filterLead(lead, sections);
  });
  return { leads: filtered, skipped };
}

function biquad(kind: 'high' | 'low' | 'notch', hertz: number, rate: number): Biquad {
  // The correction is one of the analogue frequency, which the bilinear transform bends.
  const corrected = Math.tan((Math.PI * hertz) / rate) * { high: TWICE, low: 1 / TWICE, notch: 1 }[kind];
  const omega = 2 * Math.atan(corrected);
  const cosine = Math.cos(omega);
  const alpha = Math.sin(omega) / (2 * (kind === 'notch' ? NOTCH_Q : BUTTERWORTH_Q));
  const a0 = 1 + alpha;
  const [b0, b1] = {
    low: [(1 - cosine) / 2, 1 - cosine],
    high: [(1 + cosine) / 2, -(1 + cosine)],
    notch: [1, -2 * cosine],
  }[kind] as [number, number];
  return [b0 / a0, b1 / a0, b0 / a0, (-2 * cosine) / a0, (1 - alpha) / a0];
}

function filterLead(
  lead: PageLead,
  sections: readonly { readonly section: Biquad; readonly settleSeconds: number }[],
): PageLead {
  const { samples, missingValue, microvoltsPerUnit, baselineMicrovolts, sampleRateHz } = lead;
  const out = new Float32Array(samples.length);
  for (let start = 0; start < samples.length;) {
    if (samples[start] === missingValue) {
      out[start++] = MISSING;
      continue;
    }
    let end = start;
    while (end < samples.length && samples[end] !== missingValue) end++;
    let run = new Float64Array(end - start);
    for (let i = start; i < end; i++) run[i - start] = samples[i]! * microvoltsPerUnit + baselineMicrovolts;
    for (const { section, settleSeconds } of sections)
      run = bothWays(run, section, Math.ceil(settleSeconds * sampleRateHz));
    out.set(run, start);
    start = end;
  }
  return { ...lead, samples: out, microvoltsPerUnit: 1, baselineMicrovolts: 0, missingValue: MISSING };
}

function bothWays(run: Float64Array, section: Biquad, settle: number): Float64Array<ArrayBuffer> {
  const length = run.length;
  const pad = Math.min(length - 1, settle);
  const wide = new Float64Array(length + 2 * pad);
  wide.set(run, pad);
  const [first, last] = [run[0]!, run[length - 1]!];
  for (let i = 1; i <= pad; i++) {
    wide[pad - i] = 2 * first - run[i]!;
    wide[pad + length - 1 + i] = 2 * last - run[length - 1 - i]!;
  }
  pass(wide, section);
  wide.reverse();
  pass(wide, section);
  wide.reverse();
  return wide.slice(pad, pad + length);
}

/** In place, from the steady state of its first value on (transposed direct form II). */
function pass(values: Float64Array, [b0, b1, b2, a1, a2]: Biquad): void {
  const x0 = values[0]!;
  const y0 = (x0 * (b0 + b1 + b2)) / (1 + a1 + a2);
  let one = y0 - b0 * x0;
  let two = b2 * x0 - a2 * y0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    const y = b0 * x + one;
    one = b1 * x - a1 * y + two;
    two = b2 * x - a2 * y;
    values[i] = y;
  }
}
