import { clockMilliseconds } from '../date-times.js';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead } from '../ecg-recording.js';
import { leadNameByText } from '../lead-names.js';
import { microvoltsIn, tidy } from '../microvolts.js';

/** Whole numbers out of text that comes in pieces; each character is looked at once. */
export class DigitsReader {
  private values = new Int32Array(1024);
  private length = 0;
  private token = '';

  write(text: string): void {
    const whole = this.token + text;
    let start = -1;
    for (let i = 0; i < whole.length; i++) {
      const code = whole.charCodeAt(i);
      const blank = code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
      if (blank && start >= 0) this.push(whole.slice(start, i));
      if (blank) start = -1;
      else if (start < 0) start = i;
    }
    this.token = start < 0 ? '' : whole.slice(start);
    if (this.token.length > 64) throw new EcgFormatError('bad-xml', 'The digits of a lead are not numbers.');
  }

  finish(): Int32Array {
    if (this.token !== '') this.push(this.token);
    this.token = '';
    return this.values.slice(0, this.length);
  }

  private push(token: string): void {
    const value = /^[+-]?\d+(\.0*)?$/.test(token) ? Number(token) : NaN;
    if (!Number.isInteger(value) || Math.abs(value) > 0x7fff_ffff)
      throw new EcgFormatError(
        'bad-xml',
        `The digits of a lead hold '${token.slice(0, 20)}', which is no whole sample.`,
      );
    if (this.length === this.values.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }
}

/** A quantity as the file writes it. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

/** One `sequence` while it is read: a code, and a value of some list type. */
export interface OpenSequence {
  code: string;
  valueType: string;
  head?: Quantity;
  increment?: Quantity;
  origin?: Quantity;
  scale?: Quantity;
  digits?: DigitsReader;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, min: 60 };

/**
 * The leads of one `sequenceSet` (HL7 aECG, PORT_MT020001): a TIME_ABSOLUTE sequence (GLIST_TS) or TIME_RELATIVE (GLIST_PQ) gives head
 * and increment for all; each MDC_ECG_LEAD_* sequence (SLIST_PQ) is value = digit * scale + origin. `clock.start` is the head of the
 * first set, against which later sets start. EcgFormatError unsupported without a time or a scale in volts.
 */
export function leadsOfSet(
  sequences: readonly OpenSequence[],
  clock: { start?: number | undefined },
): { leads: EcgLead[]; head?: string } {
  const leads = sequences.filter(({ code }) => /^MDC_ECG_LEAD_/i.test(code));
  if (leads.length === 0) return { leads: [] };
  const time = sequences.find(({ code }) => code === 'TIME_ABSOLUTE' || code === 'TIME_RELATIVE');
  const step = Number(time?.increment?.value) * (SECONDS[time?.increment?.unit ?? ''] ?? NaN);
  if (!time || !(step > 0) || !Number.isFinite(step))
    throw new EcgFormatError('unsupported', 'A set of leads has no time sequence with an increment.');
  const absolute = time.code === 'TIME_ABSOLUTE' ? clockMilliseconds(time.head?.value ?? '') : undefined;
  if (absolute !== undefined) clock.start ??= absolute;
  const relative = Number(time.head?.value) * (SECONDS[time.head?.unit ?? ''] ?? NaN);
  const startSeconds =
    absolute === undefined || clock.start === undefined
      ? time.code === 'TIME_RELATIVE' && Number.isFinite(relative)
        ? relative
        : 0
      : (absolute - clock.start) / 1000;
  const head = absolute === undefined ? undefined : time.head?.value;
  return {
    leads: leads.map((sequence) => leadOf(sequence, Math.round(1e6 / step) / 1e6, startSeconds)),
    ...(head === undefined ? {} : { head }),
  };
}

function leadOf(sequence: OpenSequence, sampleRateHz: number, startSeconds: number): EcgLead {
  const name = leadNameByText(sequence.code);
  if (sequence.valueType !== 'SLIST_PQ' || !sequence.digits)
    throw new EcgFormatError(
      'unsupported',
      `Lead ${name} is written as '${sequence.valueType}', only SLIST_PQ is read.`,
    );
  const microvoltsPerUnit = microvolts(sequence.scale);
  const baselineMicrovolts = sequence.origin ? microvolts(sequence.origin) : 0;
  if (!Number.isFinite(microvoltsPerUnit) || microvoltsPerUnit === 0 || !Number.isFinite(baselineMicrovolts))
    throw new EcgFormatError('unsupported', `Lead ${name} has no scale in volts.`);
  const samples = sequence.digits.finish();
  return { name, samples, sampleRateHz, microvoltsPerUnit, baselineMicrovolts, derived: false, startSeconds };
}

function microvolts(quantity: Quantity | undefined): number {
  return tidy(Number(quantity?.value ?? NaN) * (microvoltsIn(quantity?.unit ?? '') ?? NaN));
}
