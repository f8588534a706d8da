import { type PixelDescription, type SampleArray, UndecodableFrame } from '#libs/ports';
import { BitReader, readHuffmanTables } from './jpeg-bits.js';
import type { JpegHeader } from './jpeg-header.js';
import { assertSameImage, collect } from './wasm-decoders.js';

/** From zigzag order to row by row (T.81 Figure A.6). */
const ZIGZAG = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** COSINES[x * 8 + u] = C(u)/2 · cos((2x + 1)uπ/16) (T.81 A.3.3). */
const COSINES = Float64Array.from({ length: 64 }, (_, i) => {
  const u = i & 7;
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos((((i >> 3) * 2 + 1) * u * Math.PI) / 16);
});

interface ScanComponent {
  readonly index: number;
  readonly dc: Uint16Array | undefined;
  readonly ac: Uint16Array | undefined;
}
interface Scan {
  readonly components: readonly ScanComponent[];
  readonly first: number;
  readonly last: number;
  readonly refining: boolean;
  readonly shift: number;
}

/**
 * Lossy JPEG of 12 bits, sequential (T.81 Annex F) and progressive (Annex G), which the 8-bit library cannot read.
 * Components are as large as the image; deep images with subsampled colour are refused as unsupported.
 */
export function decodeDeepJpeg(frame: Uint8Array, d: PixelDescription, header: JpegHeader): SampleArray {
  const count = header.componentIds.length;
  assertSameImage({ ...header, components: count }, d);
  const blocks = Math.ceil(header.width / 8) * Math.ceil(header.height / 8);
  const coefficients = header.componentIds.map(() => new Int32Array(blocks * 64));
  const quantisers = readCoefficients(frame, header, coefficients);
  const samples = new Uint16Array(d.rows * d.columns * count);
  for (const [index, values] of coefficients.entries()) {
    const quantiser = quantisers[index];
    if (!quantiser) throw new UndecodableFrame('corrupt', 'a JPEG quantisation table is missing');
    toSamples(values, quantiser, header, samples, index);
  }
  return collect(new Uint8Array(samples.buffer), header.precision, d, false, false);
}

function readCoefficients(frame: Uint8Array, header: JpegHeader, coefficients: Int32Array[]) {
  const huffman: Array<Uint16Array | undefined> = [];
  const quantisation: Array<Uint16Array | undefined> = [];
  let selectors: number[] = [];
  let progressive = false;
  let restartInterval = 0;
  let scans = 0;
  for (let at = 2; at + 4 <= frame.length;) {
    const marker = frame[at + 1]!;
    if (frame[at] !== 0xff || marker === 0xff || marker === 0) {
      at += 1;
      continue;
    }
    if (marker === 0xd9) break;
    const body = frame.subarray(at + 4, at + 2 + ((frame[at + 2]! << 8) | frame[at + 3]!));
    at = body.byteOffset - frame.byteOffset + body.length;
    if (marker === 0xc4) readHuffmanTables(body, huffman);
    else if (marker === 0xdb) readQuantisers(body, quantisation);
    else if (marker === 0xdd) restartInterval = (body[0]! << 8) | body[1]!;
    else if (marker >= 0xc0 && marker <= 0xc2) {
      progressive = marker === 0xc2;
      selectors = header.componentIds.map((_, i) => body[8 + 3 * i]!);
      const sampling = header.componentIds.map((_, i) => body[7 + 3 * i]!);
      if (new Set(sampling).size > 1) throw new UndecodableFrame('unsupported', 'deep JPEG with subsampled colour');
    } else if (marker === 0xda) {
      at = decodeScan(frame, at, readScan(body, header, huffman), progressive, restartInterval, coefficients);
      scans += 1;
    }
  }
  if (scans === 0) throw new UndecodableFrame('corrupt', 'the JPEG stream has no scan');
  return selectors.map((selector) => quantisation[selector]);
}

function readQuantisers(body: Uint8Array, tables: Array<Uint16Array | undefined>): void {
  for (let at = 0; at < body.length;) {
    const deep = body[at]! >> 4 !== 0;
    const selector = body[at]! & 0x0f;
    at += 1;
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i += 1, at += deep ? 2 : 1) {
      table[ZIGZAG[i]!] = deep ? ((body[at] ?? 0) << 8) | (body[at + 1] ?? 0) : (body[at] ?? 0);
    }
    tables[selector] = table;
  }
}

function readScan(body: Uint8Array, header: JpegHeader, huffman: ReadonlyArray<Uint16Array | undefined>): Scan {
  const count = body[0] ?? 0;
  const components = Array.from({ length: count }, (_, i) => {
    const index = header.componentIds.indexOf(body[1 + 2 * i] ?? -1);
    if (index < 0) throw new UndecodableFrame('corrupt', 'a JPEG scan names what is not there');
    const selectors = body[2 + 2 * i] ?? 0;
    return { index, dc: huffman[selectors >> 4], ac: huffman[16 + (selectors & 0x0f)] };
  });
  const [first = 0, last = 63, approximation = 0] = body.subarray(1 + 2 * count);
  if (last > 63 || first > last) throw new UndecodableFrame('corrupt', 'a JPEG scan with an impossible band');
  return { components, first, last, refining: approximation >> 4 !== 0, shift: approximation & 0x0f };
}

function decodeScan(
  frame: Uint8Array,
  at: number,
  scan: Scan,
  progressive: boolean,
  restartInterval: number,
  coefficients: Int32Array[],
): number {
  const bits = new BitReader(frame, at);
  const blocks = coefficients[0]!.length / 64;
  const state = { predictions: new Int32Array(coefficients.length), endOfBand: 0 };
  for (let block = 0; block < blocks; block += 1) {
    if (restartInterval > 0 && block > 0 && block % restartInterval === 0) {
      bits.skipRestart();
      state.predictions.fill(0);
      state.endOfBand = 0;
    }
    for (const component of scan.components) {
      const values = coefficients[component.index]!.subarray(block * 64, block * 64 + 64);
      if (!progressive || scan.first === 0) decodeDc(bits, component, scan, state.predictions, values);
      if (!progressive) decodeBand(bits, component, { ...scan, first: 1, last: 63, shift: 0 }, state, values);
      else if (scan.first > 0 && !scan.refining) decodeBand(bits, component, scan, state, values);
      else if (scan.first > 0) refineBand(bits, component, scan, state, values);
    }
  }
  bits.assertNotExhausted();
  return bits.position;
}

function decodeDc(
  bits: BitReader,
  { index, dc }: ScanComponent,
  scan: Scan,
  predictions: Int32Array,
  values: Int32Array,
) {
  if (scan.refining) {
    if (bits.bits(1)) values[0]! |= 1 << scan.shift;
    return;
  }
  predictions[index]! += bits.value(bits.symbol(tableOf(dc)));
  values[0] = predictions[index]! << scan.shift;
}

/** F.2.2.2, and G.1.2.2 with runs of blocks that end their band. */
function decodeBand(
  bits: BitReader,
  { ac }: ScanComponent,
  scan: Scan,
  state: { endOfBand: number },
  values: Int32Array,
) {
  if (state.endOfBand > 0) {
    state.endOfBand -= 1;
    return;
  }
  const table = tableOf(ac);
  for (let k = scan.first; k <= scan.last; k += 1) {
    const symbol = bits.symbol(table);
    const run = symbol >> 4;
    const size = symbol & 0x0f;
    if (size === 0 && run < 15) {
      state.endOfBand = (1 << run) - 1 + bits.bits(run);
      return;
    }
    k += run;
    if (size > 0 && k <= scan.last) values[ZIGZAG[k]!] = bits.value(size) << scan.shift;
  }
}

/** G.1.2.3: one more bit for what is known, and what is new among it. */
function refineBand(
  bits: BitReader,
  { ac }: ScanComponent,
  scan: Scan,
  state: { endOfBand: number },
  values: Int32Array,
) {
  const step = 1 << scan.shift;
  const refine = (at: number) => {
    if (bits.bits(1) && (values[at]! & step) === 0) values[at]! += values[at]! > 0 ? step : -step;
  };
  const table = tableOf(ac);
  let k = scan.first;
  while (state.endOfBand === 0 && k <= scan.last) {
    const symbol = bits.symbol(table);
    let run = symbol >> 4;
    let fresh = 0;
    if ((symbol & 0x0f) > 0) fresh = bits.bits(1) ? step : -step;
    else if (run < 15) {
      state.endOfBand = (1 << run) + bits.bits(run);
      break;
    }
    for (; k <= scan.last; k += 1) {
      const at = ZIGZAG[k]!;
      if (values[at] !== 0) refine(at);
      else if (run === 0) {
        values[at] = fresh;
        k += 1;
        break;
      } else run -= 1;
    }
  }
  if (state.endOfBand > 0) {
    for (; k <= scan.last; k += 1) if (values[ZIGZAG[k]!] !== 0) refine(ZIGZAG[k]!);
    state.endOfBand -= 1;
  }
}

function tableOf(table: Uint16Array | undefined): Uint16Array {
  if (!table) throw new UndecodableFrame('corrupt', 'a JPEG scan names a table that is not there');
  return table;
}

/** Dequantises and transforms back, block by block, into every n-th sample. */
function toSamples(
  values: Int32Array,
  quantiser: Uint16Array,
  header: JpegHeader,
  samples: Uint16Array,
  index: number,
): void {
  const { width, height, precision } = header;
  const stride = header.componentIds.length;
  const across = Math.ceil(width / 8);
  const middle = 1 << (precision - 1);
  const highest = (1 << precision) - 1;
  const rows = new Float64Array(64);
  for (let block = 0; block * 64 < values.length; block += 1) {
    for (let v = 0; v < 8; v += 1) {
      for (let x = 0; x < 8; x += 1) {
        let sum = 0;
        for (let u = 0; u < 8; u += 1)
          sum += COSINES[x * 8 + u]! * values[block * 64 + v * 8 + u]! * quantiser[v * 8 + u]!;
        rows[v * 8 + x] = sum;
      }
    }
    const left = (block % across) * 8;
    const top = Math.floor(block / across) * 8;
    for (let y = 0; y < 8 && top + y < height; y += 1) {
      for (let x = 0; x < 8 && left + x < width; x += 1) {
        let sum = 0;
        for (let v = 0; v < 8; v += 1) sum += COSINES[y * 8 + v]! * rows[v * 8 + x]!;
        samples[((top + y) * width + left + x) * stride + index] = Math.min(
          highest,
          Math.max(0, Math.round(sum) + middle),
        );
      }
    }
  }
}
