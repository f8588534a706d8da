import { type PixelDescription, type SampleArray, UndecodableFrame } from '#libs/ports';
import { BitReader, readHuffmanTables } from './jpeg-bits.js';
import type { JpegHeader } from './jpeg-header.js';
import { assertSameImage, collect } from './wasm-decoders.js';

/**
 * JPEG lossless, process 14 with any predictor (ITU-T T.81 Annex H), 2–16 bits, one scan for all components or one
 * each. Written out here because the decoder from npm loses the last pixel of some streams and knows no deep colour.
 */
export function decodeJpegLossless(frame: Uint8Array, d: PixelDescription, header: JpegHeader): SampleArray {
  assertSameImage({ ...header, components: header.componentIds.length }, d);
  const samples = new Uint16Array(d.rows * d.columns * d.samplesPerPixel);
  decodeScans(frame, header, samples);
  const bytes = header.precision <= 8 ? Uint8Array.from(samples) : new Uint8Array(samples.buffer);
  return collect(bytes, header.precision, d, false, false);
}

interface Scan {
  readonly components: ReadonlyArray<{ readonly index: number; readonly table: Uint16Array }>;
  readonly predictor: number;
  readonly pointTransform: number;
  readonly restartInterval: number;
}

function decodeScans(frame: Uint8Array, header: JpegHeader, samples: Uint16Array): void {
  const tables: Array<Uint16Array | undefined> = [];
  let restartInterval = 0;
  let decoded = 0;
  let at = 2;
  while (at + 4 <= frame.length && decoded < header.componentIds.length) {
    if (frame[at] !== 0xff || frame[at + 1] === 0xff) {
      at += 1;
      continue;
    }
    const marker = frame[at + 1]!;
    const length = (frame[at + 2]! << 8) | frame[at + 3]!;
    const body = frame.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xc4) readHuffmanTables(body, tables);
    if (marker === 0xdd) restartInterval = (body[0]! << 8) | body[1]!;
    if (marker === 0xda) {
      const scan = readScan(body, header, tables, restartInterval);
      at = decodeScan(frame, at, header, scan, samples);
      decoded += scan.components.length;
    }
  }
  if (decoded < header.componentIds.length) throw new UndecodableFrame('corrupt', 'the JPEG stream lacks a scan');
}

function readScan(
  body: Uint8Array,
  header: JpegHeader,
  tables: ReadonlyArray<Uint16Array | undefined>,
  restartInterval: number,
): Scan {
  const count = body[0] ?? 0;
  const components = Array.from({ length: count }, (_, i) => {
    const index = header.componentIds.indexOf(body[1 + 2 * i] ?? -1);
    const table = tables[(body[2 + 2 * i] ?? 0) >> 4];
    if (index < 0 || !table) throw new UndecodableFrame('corrupt', 'a JPEG scan names what is not there');
    return { index, table };
  });
  const predictor = body[1 + 2 * count] ?? 0;
  if (count === 0 || predictor < 1 || predictor > 7)
    throw new UndecodableFrame('corrupt', `JPEG predictor ${predictor}`);
  return { components, predictor, pointTransform: (body[3 + 2 * count] ?? 0) & 0x0f, restartInterval };
}

/** Decodes the entropy-coded data that begins at `at` and returns where it ends. */
function decodeScan(frame: Uint8Array, at: number, header: JpegHeader, scan: Scan, samples: Uint16Array): number {
  const { width, height, precision } = header;
  const stride = header.componentIds.length;
  const line = width * stride;
  const origin = 1 << (precision - scan.pointTransform - 1);
  const bits = new BitReader(frame, at);
  let untilRestart = scan.restartInterval;
  let firstLine = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let restarted = false;
      if (scan.restartInterval > 0 && untilRestart === 0) {
        bits.skipRestart();
        untilRestart = scan.restartInterval;
        firstLine = y;
        restarted = true;
      }
      untilRestart -= 1;
      for (const { index, table } of scan.components) {
        const to = y * line + x * stride + index;
        let expected: number;
        if (restarted || (x === 0 && y === firstLine)) expected = origin;
        else if (y === firstLine) expected = samples[to - stride]!;
        else if (x === 0) expected = samples[to - line]!;
        else
          expected = predict(scan.predictor, samples[to - stride]!, samples[to - line]!, samples[to - line - stride]!);
        // Uint16Array keeps the sum modulo 65,536, as H.1.2.1 asks.
        samples[to] = expected + bits.value(bits.symbol(table));
      }
    }
  }
  bits.assertNotExhausted();
  if (scan.pointTransform > 0) {
    for (const { index } of scan.components) {
      for (let i = index; i < samples.length; i += stride) samples[i] = samples[i]! << scan.pointTransform;
    }
  }
  return bits.position;
}

/** T.81 Table H.1: a left, b above, c above left. */
function predict(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}
