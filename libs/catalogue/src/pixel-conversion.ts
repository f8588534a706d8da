import {
  locateFramesBy,
  swapped,
  text,
  type PixelDataLocation,
  type ReencodeOptions,
  type TransferSyntax,
} from '#libs/formats/dicom';
import { UndecodableFrame, type DecodedFrame, type PixelCodec } from '#libs/ports';
import type { InstanceLocation } from './catalogue.repository.js';
import { framePixels, type FramePixels } from './domain/pixel-description.js';
import { assertHoldable, bitsFrom, decodedSize, joinFrame } from './frame-bytes.js';
import type { StoredDataSet } from './stored-data-set.js';

const PIECE = 1024 * 1024;

/** The pixel data element of a converted data set. */
export interface PixelConversion {
  readonly vr: 'OB' | 'OW' | 'OF' | 'OD';
  /** undefined: fragments */
  readonly length: number | undefined;
  /** The value, made as it is read. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Where in the source the elements behind the pixel data begin. */
  readonly end: number;
  /** Image attributes that the conversion changes. */
  readonly attributes: NonNullable<ReencodeOptions['replace']>;
}

/** Native pixel data in another byte order, in pieces; words are those of the VR (PS3.5 7.3). */
export function copyNative(
  at: PixelDataLocation,
  source: StoredDataSet,
  from: TransferSyntax,
  to: TransferSyntax,
): PixelConversion {
  const length = at.length!;
  const vr = nativeVr(at.vr, to);
  const unit = vr === 'OD' ? 8 : vr === 'OF' ? 4 : at.vr === 'OB' && from.explicit ? 1 : 2;
  const swap = from.bigEndian !== to.bigEndian && unit > 1;
  const padding = length % 2;
  return {
    vr,
    length: length + padding,
    end: at.offset + length,
    attributes: {},
    async *bytes() {
      for (let done = 0; done < length; done += PIECE) {
        const piece = await source.read({ offset: at.offset + done, length: Math.min(PIECE, length - done) });
        if (piece.length === 0) throw new UndecodableFrame('corrupt', 'the pixel data end early');
        yield swap ? swapped(piece, unit) : piece;
      }
      if (padding) yield Buffer.alloc(1);
    },
  };
}

/** Implicit VR knows pixels as OW only (PS3.5 A.1); 8-bit pixels of explicit OB stay OB, so that no byte of them is swapped. */
function nativeVr(stored: string, to: TransferSyntax): 'OB' | 'OW' | 'OF' | 'OD' {
  if (stored === 'OF' || stored === 'OD') return stored;
  return stored === 'OB' && to.explicit ? 'OB' : 'OW';
}

/** Frames through the codec: decompressed, compressed, or both. The first is made at once, because the attributes depend on it. */
export async function convertPixels(
  instance: Pick<InstanceLocation, 'attributes' | 'transferSyntaxUid' | 'pixelData'>,
  source: StoredDataSet,
  to: TransferSyntax,
  codec: PixelCodec,
): Promise<PixelConversion> {
  const at = instance.pixelData!;
  const description = framePixels(instance);
  assertHoldable(decodedSize(description));
  const table = await locateFramesBy(
    (range) => source.read(range),
    instance.transferSyntaxUid,
    instance.attributes,
    at,
  );
  if (table.frames.length === 0 || table.frames.length < table.declaredFrames) {
    throw new UndecodableFrame('corrupt', `${table.frames.length} of ${table.declaredFrames} frames are there`);
  }
  const frames = table.frames.slice(0, table.declaredFrames);
  let storedSyntax = instance.transferSyntaxUid;
  const make = async (index: number): Promise<{ bytes: Uint8Array; photometricInterpretation: string }> => {
    const stored = await joinFrame((range) => source.read(range), frames[index]!, description);
    storedSyntax = codec.syntaxOf(stored, instance.transferSyntaxUid);
    const decoded = await codec.decode(stored, description);
    return to.encapsulated
      ? codec.encode(decoded, description, to.uid)
      : {
          bytes: nativeBytes(decoded, description, to.bigEndian),
          photometricInterpretation: decoded.photometricInterpretation,
        };
  };
  let first: { bytes: Uint8Array; photometricInterpretation: string } | undefined = await make(0);
  const { photometricInterpretation } = first;
  const attributes = changedAttributes(instance.attributes, storedSyntax, description, photometricInterpretation);
  async function* each(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < frames.length; index += 1) {
      const made = index === 0 && first ? first : await make(index);
      first = undefined;
      if (made.photometricInterpretation !== photometricInterpretation)
        throw new UndecodableFrame('mismatch', 'the frames differ in their colour model');
      yield made.bytes;
    }
  }
  if (to.encapsulated)
    return { vr: 'OB', length: undefined, end: table.end, attributes, bytes: () => fragments(each()) };
  const length = first.bytes.length * frames.length;
  return {
    vr: description.bitsAllocated > 8 || !to.explicit ? 'OW' : 'OB',
    length: length + (length % 2),
    end: table.end,
    attributes,
    async *bytes() {
      yield* each();
      if (length % 2 === 1) yield Buffer.alloc(1);
    },
  };
}

/** One fragment a frame behind an empty basic offset table (PS3.5 A.4). */
async function* fragments(frames: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const item = (element: number, length: number): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt16LE(0xfffe, 0);
    header.writeUInt16LE(element, 2);
    header.writeUInt32LE(length, 4);
    return header;
  };
  yield item(0xe000, 0);
  for await (const frame of frames) {
    yield item(0xe000, frame.length + (frame.length % 2));
    yield frame;
    if (frame.length % 2 === 1) yield Buffer.alloc(1);
  }
  yield item(0xe0dd, 0);
}

/** Samples as native pixel cells: stored bits from bit 0 on, by pixel (PS3.5 8.1.1). */
export function nativeBytes(frame: DecodedFrame, description: FramePixels, bigEndian: boolean): Uint8Array {
  const { pixels } = frame;
  if (description.bitsAllocated === 1) return bitsFrom(pixels);
  const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  // Cells of 32 bits are two words under OW, the lesser first: only the bytes of each word change places.
  return bigEndian && pixels.BYTES_PER_ELEMENT > 1 ? swapped(bytes, 2) : bytes;
}

function changedAttributes(
  before: InstanceLocation['attributes'],
  transferSyntaxUid: string,
  description: FramePixels,
  photometricInterpretation: string,
): PixelConversion['attributes'] {
  const us = (value: number) => ({ vr: 'US', Value: [value] });
  return {
    '00280004': { vr: 'CS', Value: [photometricInterpretation] },
    ...(description.samplesPerPixel > 1 ? { '00280006': us(0) } : {}),
    '00280102': us(description.bitsStored - 1),
    // The DCT processes always lose something; a sender that forgot to say so is corrected (PS3.3 C.7.6.1.1.5).
    ...(ALWAYS_LOSSY.test(transferSyntaxUid) && text(before, '00282110') !== '01'
      ? { '00282110': { vr: 'CS', Value: ['01'] } }
      : {}),
  };
}

const ALWAYS_LOSSY = /^1\.2\.840\.10008\.1\.2\.4\.5[0-6]$/;
