import type { EcgMeasurement } from '../ecg-recording.js';
import { readMeasurement } from '../measurement-names.js';
import { ScpReader } from './scp-reader.js';
import { scpText, type ScpEncoding } from './scp-text.js';

/** Of section 7: what the device measured, and its pacemaker spikes in words. */
export interface ScpMeasurements {
  readonly measurements: readonly EcgMeasurement[];
  readonly notes: readonly string[];
}

/** From here a number says that and why there is no value: 19999 no such wave, 29998 rejected, 29999 not computed (EN 1064, 5.10.2). */
const NO_TIME = 19_999;
const NO_AXIS = 999;

/** Section 7 (EN 1064, 5.10). The first block of intervals is of reference beat 0 and speaks for the recording. */
export function readMeasurements(section: Uint8Array): ScpMeasurements {
  const reader = new ScpReader(section, 'Section 7');
  const found = new Findings();
  const [beats, spikes] = [reader.u8(), reader.u8()];
  found.time('RR', reader.u16());
  found.time('PP', reader.u16());
  for (let beat = 0; beat < beats; beat++) {
    const [pOn, pOff, qrsOn, qrsOff, tOff] = [reader.u16(), reader.u16(), reader.u16(), reader.u16(), reader.u16()];
    const axes = [reader.i16(), reader.i16(), reader.i16()] as const;
    if (beat > 0) continue;
    found.interval('P', pOn, pOff);
    found.interval('PR', pOn, qrsOn);
    found.interval('QRS', qrsOn, qrsOff);
    found.interval('QT', qrsOn, tOff);
    (['P-axis', 'QRS-axis', 'T-axis'] as const).forEach((code, i) => found.axis(code, axes[i]!));
  }
  const times = Array.from({ length: spikes }, () => {
    const time = reader.u16();
    reader.i16();
    return time;
  });
  const notes =
    spikes > 0 ? [`The device saw ${spikes} pacemaker spikes, at ${times.slice(0, 20).join(', ')} ms.`] : [];
  // What follows came with later editions of the standard; a file may end before any part of it.
  if (reader.left >= 6 * spikes + 2) {
    reader.take(6 * spikes);
    const types = reader.u16();
    if (reader.left >= types + 7) {
      reader.take(types);
      found.rate('HR', reader.u16());
      found.rate('atrial-rate', reader.u16());
      const qtc = reader.u16();
      found.time({ 1: 'QTcB', 3: 'QTcF' }[reader.u8()] ?? 'QTc', qtc);
    }
  }
  return { measurements: found.measurements, notes };
}

class Findings {
  readonly measurements: EcgMeasurement[] = [];

  time(code: string, value: number): void {
    if (value < NO_TIME) this.add(code, value, 'ms');
  }

  interval(code: string, from: number, to: number): void {
    if (from < NO_TIME && to < NO_TIME) this.add(code, to - from, 'ms');
  }

  rate(code: string, value: number): void {
    if (value < NO_TIME) this.add(code, value, 'bpm');
  }

  axis(code: string, value: number): void {
    if (Math.abs(value) < NO_AXIS) this.add(code, value, 'deg');
  }

  private add(code: string, value: number, unit: string): void {
    const read = readMeasurement(code, value, unit);
    if (read) this.measurements.push(read.measurement);
  }
}

/** Sections 8 and 11 have the same head: status, date, time and the number of statements. */
function statementBytes(section: Uint8Array, id: 8 | 11): { confirmed: number; statements: Uint8Array[] } {
  const reader = new ScpReader(section, `Section ${id}`);
  const confirmed = reader.u8();
  reader.take(7);
  const count = reader.u8();
  const statements = Array.from({ length: count }, () => {
    reader.u8();
    return reader.take(reader.u16());
  });
  return { confirmed, statements };
}

/** What the device states: section 8 as text; of section 11 the free texts, and its codes only where there is no text at all. */
export function readStatements(
  text: Uint8Array | undefined,
  coded: Uint8Array | undefined,
  encoding: ScpEncoding,
  notes: string[],
): string[] {
  const found = new Set<string>();
  let confirmed = 0;
  if (text) {
    const read = statementBytes(text, 8);
    confirmed = read.confirmed;
    for (const statement of read.statements) found.add(scpText(statement, encoding, notes));
  }
  if (coded) {
    const read = statementBytes(coded, 11);
    confirmed ||= read.confirmed;
    const ofKind = (kind: number): Uint8Array[] => read.statements.filter(([first]) => first === kind);
    for (const statement of ofKind(2)) found.add(scpText(statement.subarray(1), encoding, notes));
    found.delete('');
    if (found.size === 0) for (const statement of ofKind(1)) found.add(codes(statement.subarray(1)));
  }
  found.delete('');
  const status = { 1: 'confirmed by a physician', 2: 'overread, not confirmed' }[confirmed];
  if (status !== undefined && found.size > 0) notes.push(`The file says that its statements were ${status}.`);
  return [...found];
}

/** A coded statement and its modifiers, each ended by a zero, with spaces between them. */
function codes(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : ' '))
    .join('')
    .replace(/ +/g, ' ')
    .trim();
}
