import { dynamicalEcg, type WaveGains } from './dynamical-ecg.js';

export interface SampleHolterOptions {
  readonly patientId: string;
  /** Latin letters: ISHNE has no other. */
  readonly lastName?: string;
  readonly seconds: number;
  readonly sampleRateHz?: number;
  /** Beats of the sinus node that are left out, each at the first after this second. */
  readonly pauseAtSeconds?: readonly number[];
  /** Sinus R-R in seconds at a second of the recording; 0.8 unless told. */
  readonly rr?: (second: number) => number;
}

/** Codes of the standard's table of leads for II, V1 and V5, and how each sees the waves. */
const LEADS: readonly (readonly [code: number, gains: WaveGains])[] = [
  [6, [1, 1, 1, 1, 1]],
  [11, [0.4, 0, 0.3, 4, -0.6]],
  [15, [0.8, 1.2, 1.3, 0.5, 1.2]],
];
const NANOVOLTS = 2500;
const HEADER = 522;
const [BEFORE_R, AFTER_R] = [0.3, 0.5];
const PAUSE_SECONDS = 3.6;

/** A Holter recording of leads II, V1 and V5 in an ISHNE 1.0 file, made of one beat of the dynamical model again and again. */
export function sampleHolter(options: SampleHolterOptions): { bytes: Buffer; rSeconds: number[] } {
  const rate = options.sampleRateHz ?? 200;
  const length = Math.round(options.seconds * rate);
  const rSeconds = beatsOf(options);
  const bytes = Buffer.alloc(HEADER + length * LEADS.length * 2);
  writeHeader(bytes, options, rate, length);
  const shapes = beatShapes(rate);
  const before = Math.round(BEFORE_R * rate);
  for (const at of rSeconds) {
    const first = Math.round(at * rate) - before;
    shapes.forEach((shape, lead) => {
      for (let i = Math.max(0, -first); i < shape.length && first + i < length; i += 1)
        bytes.writeInt16LE(shape[i]!, HEADER + ((first + i) * LEADS.length + lead) * 2);
    });
  }
  return { bytes, rSeconds };
}

function beatsOf({ seconds, rr = () => 0.8, pauseAtSeconds = [] }: SampleHolterOptions): number[] {
  const found: number[] = [];
  const pauses = [...pauseAtSeconds].sort((a, b) => a - b);
  for (let at = 0.6; at < seconds;) {
    found.push(at);
    const pause = pauses[0] !== undefined && at >= pauses[0];
    if (pause) pauses.shift();
    at += pause ? PAUSE_SECONDS : rr(at);
  }
  return found;
}

/** The third of five beats at 75 a minute, in each lead, in units of the file. */
function beatShapes(rate: number): Int16Array[] {
  const leads = Object.fromEntries(LEADS.map(([code, gains]) => [String(code), gains]));
  const beats = Array.from({ length: 5 }, () => ({ rrSeconds: 0.8 }));
  const { recording, rSeconds } = dynamicalEcg({ beats, leads, sampleRateHz: rate });
  const from = Math.round((rSeconds[2]! - BEFORE_R) * rate);
  return recording.leads.map(({ samples }) =>
    Int16Array.from(samples.subarray(from, from + Math.round((BEFORE_R + AFTER_R) * rate)), (microvolts) =>
      Math.round((microvolts * 1000) / NANOVOLTS),
    ),
  );
}

function writeHeader(
  bytes: Buffer,
  { patientId, lastName = 'Holter' }: SampleHolterOptions,
  rate: number,
  length: number,
): void {
  bytes.write('ISHNE1.0', 0, 'latin1');
  bytes.writeInt32LE(0, 10);
  bytes.writeInt32LE(length, 14);
  bytes.writeInt32LE(HEADER, 18);
  bytes.writeInt32LE(HEADER, 22);
  bytes.write(lastName, 68, 'latin1');
  bytes.write(patientId, 108, 'latin1');
  bytes.writeInt16LE(1, 128);
  [12, 3, 1951, 20, 11, 2026, 0, 0, 0, 8, 30, 0].forEach((value, i) => bytes.writeInt16LE(value, 132 + i * 2));
  bytes.writeInt16LE(LEADS.length, 156);
  for (let i = 0; i < 12; i += 1) {
    bytes.writeInt16LE(LEADS[i]?.[0] ?? -9, 158 + i * 2);
    bytes.writeInt16LE(LEADS[i] ? 1 : -9, 182 + i * 2);
    bytes.writeInt16LE(LEADS[i] ? NANOVOLTS : -9, 206 + i * 2);
  }
  bytes.write('Phantom', 232, 'latin1');
  bytes.writeUInt16LE(rate, 272);
  bytes.writeUInt16LE(crcOf(bytes.subarray(10, HEADER)), 8);
}

/** CRC-CCITT, bit by bit. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit -= 1) {
      const top = (crc >> 15) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) & 0xffff) ^ (top === 1 ? 0x1021 : 0);
    }
  return crc;
}
