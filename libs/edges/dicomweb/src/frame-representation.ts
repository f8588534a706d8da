import { transferSyntaxOf } from '#libs/formats/dicom';
import { innerType, type Acceptable } from './accept.js';
import { frameType } from './frame-media-type.js';
import { NotAcceptable } from './not-acceptable.js';

/** How frames are given (PS3.18 10.4.1.1.6). */
export interface FrameRepresentation {
  readonly multipart: boolean;
  /** `stored`: the bytes as they lie; `uncompressed`: little endian, by pixel; else a syntax that frames are compressed into. */
  readonly coding: 'stored' | 'uncompressed' | { readonly transferSyntax: string };
}

const OCTETS = 'application/octet-stream';
const EXPLICIT = '1.2.840.10008.1.2.1';
/** What a media type means without a transfer syntax (PS3.18 tables 8.7.3-2 and 8.7.3-5), as far as it is written here. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  'image/dicom-rle': ['1.2.840.10008.1.2.5'],
  'image/jls': ['1.2.840.10008.1.2.4.80'],
  'image/jphc': ['1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.202'],
};

/** What must be made first weighs so much less than what lies there (RFC 9110 12.5.1 leaves the choice among what is asked for to us). */
const MADE_NOW = 0.5;

/** Syntaxes in which an instance's frames lie: as they were received, and as they were compressed since. */
export interface FramesAtHand {
  readonly stored: string;
  readonly compressed?: string | undefined;
}

/**
 * The best that is asked for and can be given of an instance. Octets without a transfer syntax are uncompressed; with `*`, and for askers
 * who take anything, frames come as they are stored. Who prefers a compressed type by less than 2 to 1 gets it where it lies ready.
 * @throws NotAcceptable
 */
export function frameRepresentation(
  ranges: readonly Acceptable[],
  atHand: FramesAtHand,
  frames: number,
  decodes: boolean,
): FrameRepresentation {
  let best: FrameRepresentation | undefined;
  let weight = 0;
  for (const range of ranges) {
    if (range.quality <= weight) break;
    const found = representationFor(range, atHand, frames, decodes);
    if (!found) continue;
    const { coding } = found;
    const lies = typeof coding === 'string' || coding.transferSyntax === atHand.compressed;
    const worth = range.quality * (lies ? 1 : MADE_NOW);
    if (worth > weight) [best, weight] = [found, worth];
  }
  if (best) return best;
  throw new NotAcceptable(
    `Frames of this instance are given as multipart/related or single parts of ${OCTETS} (uncompressed), of ` +
      `${frameType(atHand.stored)} (as stored), or as image/jls, image/jphc or image/dicom-rle.`,
  );
}

function representationFor(
  range: Acceptable,
  atHand: FramesAtHand,
  frames: number,
  decodes: boolean,
): FrameRepresentation | undefined {
  const multipart = range.type.startsWith('multipart/') || range.type === '*/*';
  if (!multipart && frames > 1) return undefined;
  if (range.type === '*/*' || range.type === 'multipart/*') return { multipart: true, coding: 'stored' };
  if (multipart && range.type !== 'multipart/related') return undefined;
  const wanted = multipart ? (innerType(range) ?? OCTETS) : range.type;
  const coding = codingFor(wanted, range.parameters.get('transfer-syntax'), atHand, decodes);
  return coding && { multipart, coding };
}

function codingFor(
  wanted: string,
  syntax: string | undefined,
  { stored, compressed }: FramesAtHand,
  decodes: boolean,
): FrameRepresentation['coding'] | undefined {
  const native = transferSyntaxOf(stored)?.encapsulated === false;
  if (syntax === '*' && (wanted === OCTETS || wanted === frameType(stored))) return 'stored';
  if (wanted === OCTETS) {
    if (syntax === undefined || syntax === EXPLICIT || syntax === '1.2.840.10008.1.2')
      return decodes ? 'uncompressed' : undefined;
    // Some ask for compressed frames as octets; what is stored may be named so.
    return syntax === stored ? 'stored' : undefined;
  }
  if (wanted === frameType(stored) && !native && (syntax === undefined || syntax === stored)) return 'stored';
  if (wanted === 'image/*' && !native) return 'stored';
  const written = WRITTEN[wanted];
  const any = written?.find((uid) => uid === compressed) ?? written?.[0];
  const target = syntax === undefined || syntax === '*' ? any : written?.find((uid) => uid === syntax);
  return target !== undefined && decodes ? { transferSyntax: target } : undefined;
}
