import { UndecodableFrame } from '#libs/ports';

export interface JpegHeader {
  readonly lossless: boolean;
  /** The marker that begins the frame header: SOF0 to SOF3. */
  readonly startOfFrame: 0xffc0 | 0xffc1 | 0xffc2 | 0xffc3;
  readonly precision: number;
  readonly width: number;
  readonly height: number;
  readonly componentIds: readonly number[];
  /** The colour transform of Adobe's APP14 marker: 0 none, 1 YCbCr; null without the marker. */
  readonly adobeTransform: number | null;
  readonly jfif: boolean;
}

/** Reads the markers up to the frame header (ITU-T T.81 B.2). */
export function readJpegHeader(frame: Uint8Array): JpegHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 4 || view.getUint16(0) !== 0xffd8) throw new UndecodableFrame('corrupt', 'not a JPEG stream');
  let adobeTransform: number | null = null;
  let jfif = false;
  let at = 2;
  while (at + 4 <= frame.length) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (marker >> 8 !== 0xff || length < 2 || at + 2 + length > frame.length) break;
    const body = at + 4;
    if (marker === 0xffe0 && ascii(frame, body, 4) === 'JFIF') jfif = true;
    if (marker === 0xffee && length >= 14 && ascii(frame, body, 5) === 'Adobe') adobeTransform = frame[body + 11]!;
    // SOF0–15 without DHT, JPG and DAC.
    if (marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc) {
      const components = frame[body + 5] ?? 0;
      if (length < 8 + 3 * components) break;
      if (marker > 0xffc3) {
        throw new UndecodableFrame('unsupported', `JPEG frame type ${marker.toString(16)} has no decoder`);
      }
      return {
        lossless: marker === 0xffc3,
        startOfFrame: marker as JpegHeader['startOfFrame'],
        precision: frame[body]!,
        height: view.getUint16(body + 1),
        width: view.getUint16(body + 3),
        componentIds: Array.from({ length: components }, (_, i) => frame[body + 6 + 3 * i]!),
        adobeTransform,
        jfif,
      };
    }
    at += 2 + length;
  }
  throw new UndecodableFrame('corrupt', 'the JPEG stream has no frame header');
}

const JPEG = '1.2.840.10008.1.2.4.';
/** The processes that a frame header may stand for, the usual one first (PS3.5 A.4.1, ITU-T T.81 table B.1). */
const PROCESSES = { 0xffc0: ['50', '51'], 0xffc1: ['51'], 0xffc2: ['55', '53'], 0xffc3: ['57', '70'] } as const;

/** The transfer syntax of the process that the stream holds; the one that is named where it fits, or nothing can be told. */
export function jpegSyntaxOf(stream: Uint8Array, namedUid: string): string {
  try {
    const processes = PROCESSES[readJpegHeader(stream).startOfFrame].map((process) => JPEG + process);
    return processes.find((uid) => uid === namedUid) ?? processes[0]!;
  } catch (error) {
    if (!(error instanceof UndecodableFrame)) throw error;
    return namedUid;
  }
}

const ascii = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));
