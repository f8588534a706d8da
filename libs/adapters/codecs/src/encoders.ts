import {
  type DecodedFrame,
  type EncodedFrame,
  type PixelDescription,
  type SampleArray,
  UndecodableFrame,
} from '#libs/ports';
import { once, quiet } from './wasm-decoders.js';

const charls = once(async () => (await import('@cornerstonejs/codec-charls/wasmjs')).default(quiet()));
const openjph = once(async () => (await import('@cornerstonejs/codec-openjph/wasmjs')).default(quiet()));

const RLE = '1.2.840.10008.1.2.5';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const HTJ2K = new Set(['1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.202']);

/** RLE Lossless, JPEG-LS Lossless, HTJ2K Lossless and the same in RPCL order: what is written here without loss. */
export function hasEncoder(transferSyntaxUid: string): boolean {
  return transferSyntaxUid === RLE || transferSyntaxUid === JPEG_LS || HTJ2K.has(transferSyntaxUid);
}

export async function encodeFrame(
  frame: DecodedFrame,
  d: PixelDescription,
  transferSyntaxUid: string,
): Promise<EncodedFrame> {
  const { photometricInterpretation } = frame;
  if (transferSyntaxUid === RLE) {
    if (d.bitsAllocated < 8) throw new UndecodableFrame('unsupported', 'RLE Lossless needs whole bytes');
    return { bytes: encodeRle(frame, d), photometricInterpretation };
  }
  if (d.bitsAllocated > 16 || d.bitsStored < 2) {
    throw new UndecodableFrame('unsupported', `${d.bitsStored} bits of ${d.bitsAllocated} have no encoder here`);
  }
  if (transferSyntaxUid === JPEG_LS) return { bytes: await encodeJpegLs(frame, d), photometricInterpretation };
  if (!HTJ2K.has(transferSyntaxUid)) throw new UndecodableFrame('unsupported', `no encoder for ${transferSyntaxUid}`);
  // The reversible transform works on R, G and B alone; the attributes then say so (PS3.5 8.2.14).
  const transform = photometricInterpretation === 'RGB' && frame.samplesPerPixel === 3;
  return {
    bytes: await encodeHighThroughput(frame, d, transform),
    photometricInterpretation: transform ? 'YBR_RCT' : photometricInterpretation,
  };
}

async function encodeJpegLs(frame: DecodedFrame, d: PixelDescription): Promise<Uint8Array> {
  const codec = await charls();
  const encoder = new codec.JpegLSEncoder();
  try {
    fill(encoder.getDecodedBuffer(infoOf(frame, d, false)), frame.pixels, d);
    encoder.setNearLossless(0);
    // By sample: the order the samples are in (ISO 14495-1 annex B.2.3).
    encoder.setInterleaveMode(frame.samplesPerPixel > 1 ? 2 : 0);
    encoder.encode();
    return encoder.getEncodedBuffer().slice();
  } finally {
    encoder.delete();
  }
}

async function encodeHighThroughput(frame: DecodedFrame, d: PixelDescription, transform: boolean): Promise<Uint8Array> {
  const codec = await openjph();
  const encoder = new codec.HTJ2KEncoder();
  try {
    fill(encoder.getDecodedBuffer(infoOf(frame, d, transform)), frame.pixels, d);
    encoder.setQuality(true, 0);
    encoder.setProgressionOrder(RPCL);
    const smaller = Math.min(d.rows, d.columns);
    encoder.setDecompositions(Math.max(1, Math.min(5, Math.floor(Math.log2(smaller)) - 1)));
    encoder.encode();
    return encoder.getEncodedBuffer().slice();
  } finally {
    encoder.delete();
  }
}

/** Resolution, position, component, layer: what a viewer can stop reading early. */
const RPCL = 2;

function infoOf(frame: DecodedFrame, d: PixelDescription, isUsingColorTransform: boolean): CodecImageInfo {
  return {
    width: d.columns,
    height: d.rows,
    bitsPerSample: d.bitsStored,
    componentCount: frame.samplesPerPixel,
    isSigned: d.pixelRepresentation === 1,
    isUsingColorTransform,
  };
}

/** Stored bits alone, in as many bytes as the bitstream's precision asks for. */
function fill(target: Uint8Array, pixels: SampleArray, d: PixelDescription): void {
  const width = d.bitsStored <= 8 ? 1 : 2;
  if (target.length < pixels.length * width) throw new UndecodableFrame('mismatch', 'the frame has too many samples');
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  if (width === 1) for (let i = 0; i < pixels.length; i += 1) target[i] = pixels[i]!;
  else for (let i = 0; i < pixels.length; i += 1) view.setUint16(2 * i, pixels[i]! & 0xffff, true);
}

/** PS3.5 Annex G: one segment for each byte of each sample, the most significant byte first; each row packed by itself. */
function encodeRle(frame: DecodedFrame, d: PixelDescription): Uint8Array {
  const width = d.bitsAllocated / 8;
  const { samplesPerPixel: samples, pixels } = frame;
  const count = d.rows * d.columns;
  if (samples * width > 15) throw new UndecodableFrame('unsupported', 'RLE Lossless holds 15 segments at most');
  const segments: Buffer[] = [];
  const plane = new Uint8Array(count);
  for (let sample = 0; sample < samples; sample += 1) {
    for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) {
      for (let i = 0; i < count; i += 1) plane[i] = pixels[i * samples + sample]! >>> shift;
      const rows = Array.from({ length: d.rows }, (_, row) =>
        packBits(plane.subarray(row * d.columns, (row + 1) * d.columns)),
      );
      const segment = Buffer.concat(rows);
      segments.push(segment.length % 2 === 0 ? segment : Buffer.concat([segment, Buffer.alloc(1)]));
    }
  }
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length, 0);
  let at = 64;
  for (const [index, segment] of segments.entries()) {
    header.writeUInt32LE(at, 4 + 4 * index);
    at += segment.length;
  }
  return Buffer.concat([header, ...segments]);
}

const LONGEST_RUN = 128;

/** PS3.5 G.3.1: runs of two and more are replicated, the rest is literal. */
export function packBits(row: Uint8Array): Buffer {
  const out = Buffer.alloc(row.length + Math.ceil(row.length / LONGEST_RUN) + 1);
  let to = 0;
  let literal = 0;
  const flush = (end: number): void => {
    for (let at = literal; at < end; at += LONGEST_RUN) {
      const length = Math.min(LONGEST_RUN, end - at);
      out[to] = length - 1;
      out.set(row.subarray(at, at + length), to + 1);
      to += length + 1;
    }
  };
  for (let at = 0; at < row.length;) {
    let run = 1;
    while (run < LONGEST_RUN && at + run < row.length && row[at + run] === row[at]) run += 1;
    if (run < 3) {
      at += run;
      continue;
    }
    flush(at);
    out[to] = 257 - run;
    out[to + 1] = row[at]!;
    to += 2;
    at += run;
    literal = at;
  }
  flush(row.length);
  return out.subarray(0, to);
}
