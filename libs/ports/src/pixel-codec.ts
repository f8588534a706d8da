/** What a frame's bytes mean: the Image Pixel attributes (PS3.3 C.7.6.3) and the transfer syntax they came in. */
export interface PixelDescription {
  readonly transferSyntaxUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  /** 1, 8, 16 or 32. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** 0 unsigned, 1 two's complement. */
  readonly pixelRepresentation: 0 | 1;
  readonly photometricInterpretation: string;
  /** 0 by pixel (R1 G1 B1 R2 …), 1 by plane. Matters for native and RLE frames; the other codecs know themselves. */
  readonly planarConfiguration: 0 | 1;
  /** The VR of PixelData; matters only for 8 bits in Explicit VR Big Endian, where OW means bytes swapped in pairs. */
  readonly pixelDataVr?: 'OB' | 'OW' | undefined;
}

/** Samples in machine order, one array element each. */
export type SampleArray = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

export interface DecodedFrame {
  /**
   * rows × columns × samplesPerPixel samples, by pixel whatever the file's planar configuration. Values are those
   * of the stored bits alone: shifted down from the high bit, sign extended where the description says signed.
   */
  readonly pixels: SampleArray;
  readonly samplesPerPixel: number;
  /** After decoding: RGB where the codec undid a colour transform, else as described (YBR_FULL_422 is upsampled to YBR_FULL). */
  readonly photometricInterpretation: string;
}

/** A frame as its transfer syntax asks for, and what the codec made of its colours. */
export interface EncodedFrame {
  readonly bytes: Uint8Array;
  readonly photometricInterpretation: string;
}

/** Why a frame cannot be decoded; the same bytes will never fare better here, so nobody need try again. */
export type UndecodableReason =
  /** The transfer syntax, or this variant of it, has no decoder here. */
  | 'unsupported'
  /** The bytes end too early, or are not what their syntax asks for. */
  | 'corrupt'
  /** The bitstream is sound and says something other than the description: size, components, depth. */
  | 'mismatch';

export class UndecodableFrame extends Error {
  constructor(
    readonly code: UndecodableReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UndecodableFrame';
  }
}

/** Eight-bit samples by pixel: one channel is grey (0 black), three are R G B. */
export interface EightBitImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Turns encoded frames into samples and samples into JPEG. This class is also the injection token. */
export abstract class PixelCodec {
  /**
   * Decodes one frame: all its fragments joined, for native syntaxes exactly the frame's bytes. Data sets in the
   * deflated syntax are inflated beforehand and count as Explicit VR Little Endian. Throws {@link UndecodableFrame}.
   */
  abstract decode(frame: Uint8Array, description: PixelDescription): Promise<DecodedFrame>;

  /** Whether {@link decode} reads this transfer syntax (a damaged or odd frame may still be refused). */
  abstract decodes(transferSyntaxUid: string): boolean;

  /**
   * The transfer syntax that a frame's bytes, or their first ones, are in. Files name a JPEG process that they do not hold often enough;
   * where nothing else can be told, and for all other kinds, it is the one that is named.
   */
  abstract syntaxOf(head: Uint8Array, namedUid: string): string;

  /** Whether {@link encode} writes this transfer syntax (some frames may still not fit it). */
  abstract encodes(transferSyntaxUid: string): boolean;

  /**
   * A frame in a lossless compressed syntax. `description` tells of the samples as for {@link decode} (its own syntax and planar
   * configuration do not matter). Throws {@link UndecodableFrame} `unsupported` where syntax or depth has no encoder.
   */
  abstract encode(frame: DecodedFrame, description: PixelDescription, transferSyntaxUid: string): Promise<EncodedFrame>;

  /**
   * {@link decode} and {@link encode} of one frame when the machine has nothing better to do, without holding up whoever asks; one after
   * the other. Throws {@link UndecodableFrame}.
   */
  abstract recompress(frame: Uint8Array, description: PixelDescription, transferSyntaxUid: string): Promise<Uint8Array>;

  /** Baseline JPEG, grey as three components too; `quality` 1–100, 85 when not given. Throws RangeError when `data` does not fit the dimensions. */
  abstract encodeJpeg(image: EightBitImage, options?: { readonly quality?: number }): Promise<Uint8Array>;
}
