import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import {
  type DecodedFrame,
  type EightBitImage,
  type EncodedFrame,
  PixelCodec,
  type PixelDescription,
  type SampleArray,
  UndecodableFrame,
} from '#libs/ports';
import { BackgroundCodec } from './background-codec.js';
import { encodeFrame, hasEncoder } from './encoders.js';
import { decodeJpegBaseline, encodeBaseline } from './jpeg-baseline.js';
import { decodeJpegLossless } from './jpeg-lossless.js';
import { jpegSyntaxOf, readJpegHeader } from './jpeg-header.js';
import { decodeJpegLs, decodeJpeg2000 } from './wasm-decoders.js';
import { decodeRle } from './rle.js';
import { byPixel, samplesFromBits, samplesFromBytes, samplesOf, swapPairs, upsample422 } from './samples.js';

const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';
const NATIVE = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.98',
  '1.2.840.10008.1.2.1.99',
  EXPLICIT_BIG_ENDIAN,
]);
/** Deflated Image Frame Compression (PS3.5 A.4.13): every frame is a deflate stream of its native bytes. */
const DEFLATED_FRAMES = '1.2.840.10008.1.2.8.1';
const RLE = '1.2.840.10008.1.2.5';
const JPEG = '1.2.840.10008.1.2.4.';
const JPEG_LS = new Set(['80', '81']);
const JPEG_2000 = new Set(['90', '91']);
const HTJ2K = new Set(['201', '202', '203']);
/** The processes of ITU-T T.81, lossless ones among them. */
const JPEG_DCT = /^(5[0-9]|6[0-6]|70)$/;

const inflate = promisify<Uint8Array, Buffer>(inflateRaw);

/** Frames of every syntax the network meets, decoded in this process; each WebAssembly module is loaded once, at first use. */
export class Codecs extends PixelCodec {
  private readonly background = new BackgroundCodec();

  override async decode(frame: Uint8Array, description: PixelDescription): Promise<DecodedFrame> {
    assertSound(description);
    try {
      return await decodeFrame(frame, description);
    } catch (cause) {
      if (cause instanceof UndecodableFrame) throw cause;
      // The WebAssembly decoders throw bare numbers, which mean nothing outside them.
      const reason =
        typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : 'no more is known';
      throw new UndecodableFrame('corrupt', `the decoder refused the bitstream: ${reason}`, { cause });
    }
  }

  override decodes(transferSyntaxUid: string): boolean {
    const kind = transferSyntaxUid.startsWith(JPEG) ? transferSyntaxUid.slice(JPEG.length) : '';
    return (
      NATIVE.has(transferSyntaxUid) ||
      transferSyntaxUid === DEFLATED_FRAMES ||
      transferSyntaxUid === RLE ||
      JPEG_LS.has(kind) ||
      JPEG_2000.has(kind) ||
      HTJ2K.has(kind) ||
      JPEG_DCT.test(kind)
    );
  }

  override syntaxOf(head: Uint8Array, namedUid: string): string {
    const named = namedUid.startsWith(JPEG) && JPEG_DCT.test(namedUid.slice(JPEG.length));
    return named ? jpegSyntaxOf(head, namedUid) : namedUid;
  }

  override encodes(transferSyntaxUid: string): boolean {
    return hasEncoder(transferSyntaxUid);
  }

  override async encode(
    frame: DecodedFrame,
    description: PixelDescription,
    transferSyntaxUid: string,
  ): Promise<EncodedFrame> {
    assertSound(description);
    return encodeFrame(frame, description, transferSyntaxUid);
  }

  override recompress(
    frame: Uint8Array,
    description: PixelDescription,
    transferSyntaxUid: string,
  ): Promise<Uint8Array> {
    return this.background.recompress({ frame, description, transferSyntaxUid });
  }

  override async encodeJpeg(image: EightBitImage, options: { readonly quality?: number } = {}): Promise<Uint8Array> {
    const { width, height, channels, data } = image;
    if (width < 1 || height < 1 || width > 65_500 || height > 65_500 || data.length !== width * height * channels) {
      throw new RangeError(`${data.length} bytes for ${width}×${height}×${channels}`);
    }
    return encodeBaseline(image, Math.min(100, Math.max(1, Math.round(options.quality ?? 85))));
  }
}

async function decodeFrame(frame: Uint8Array, d: PixelDescription): Promise<DecodedFrame> {
  const uid = d.transferSyntaxUid;
  if (NATIVE.has(uid)) return decodeNative(frame, d);
  if (uid === DEFLATED_FRAMES) return decodeNative(await inflate(frame), d);
  if (uid === RLE && d.bitsAllocated === 1) {
    const bytes = decodeRle(frame, Math.ceil(samplesOf(d) / 8), 1, 1);
    return as(d, samplesFromBits(bytes, samplesOf(d)), d.photometricInterpretation);
  }
  if (uid === RLE) {
    const bytes = decodeRle(frame, d.rows * d.columns, d.samplesPerPixel, d.bitsAllocated / 8);
    return as(d, samplesFromBytes(bytes, d, false), d.photometricInterpretation);
  }
  const kind = uid.startsWith(JPEG) ? uid.slice(JPEG.length) : '';
  if (JPEG_LS.has(kind)) return as(d, await decodeJpegLs(frame, d), d.photometricInterpretation);
  if (JPEG_2000.has(kind) || HTJ2K.has(kind)) {
    const pixels = await decodeJpeg2000(frame, d, HTJ2K.has(kind));
    // YBR_RCT and YBR_ICT name a transform that the codestream itself says and the decoder undoes.
    const colour = /^YBR_(RCT|ICT)$/.test(d.photometricInterpretation) ? 'RGB' : d.photometricInterpretation;
    return as(d, pixels, colour);
  }
  // Files name a JPEG process they do not hold often enough: the frame header, not the syntax, chooses the decoder.
  if (JPEG_DCT.test(kind)) {
    const header = readJpegHeader(frame);
    if (header.lossless) return as(d, decodeJpegLossless(frame, d, header), d.photometricInterpretation);
    return decodeJpegBaseline(frame, d, header);
  }
  throw new UndecodableFrame('unsupported', `no decoder for transfer syntax ${uid}`);
}

function decodeNative(frame: Uint8Array, d: PixelDescription): DecodedFrame {
  if (d.bitsAllocated === 1) return as(d, samplesFromBits(frame, samplesOf(d)), d.photometricInterpretation);
  if (d.photometricInterpretation === 'YBR_FULL_422' && d.bitsAllocated === 8) {
    return as(d, upsample422(frame, d.rows * d.columns), 'YBR_FULL');
  }
  const bigEndian = d.transferSyntaxUid === EXPLICIT_BIG_ENDIAN;
  const width = d.bitsAllocated / 8;
  const size = samplesOf(d) * width;
  const planar = d.samplesPerPixel > 1 && d.planarConfiguration === 1;
  const ordered = bigEndian && width === 1 && d.pixelDataVr === 'OW' ? swapPairs(frame) : frame;
  const bytes = planar ? byPixel(ordered.subarray(0, size), d.samplesPerPixel, width) : ordered;
  return as(d, samplesFromBytes(bytes, d, bigEndian), d.photometricInterpretation);
}

function as(d: PixelDescription, pixels: SampleArray, photometricInterpretation: string): DecodedFrame {
  return { pixels, samplesPerPixel: d.samplesPerPixel, photometricInterpretation };
}

function assertSound(d: PixelDescription): void {
  const sound =
    [1, 8, 16, 32].includes(d.bitsAllocated) &&
    d.bitsStored >= 1 &&
    d.bitsStored <= d.bitsAllocated &&
    d.highBit < d.bitsAllocated &&
    d.highBit + 1 >= d.bitsStored &&
    d.rows >= 1 &&
    d.columns >= 1 &&
    d.rows <= 65_535 &&
    d.columns <= 65_535 &&
    [1, 3, 4].includes(d.samplesPerPixel);
  if (!sound) throw new UndecodableFrame('mismatch', 'the pixel description contradicts itself');
}
