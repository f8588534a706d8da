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

/**
 * The best that is asked for and can be given of an instance stored in `stored`. Octets without a transfer syntax are uncompressed; with
 * `*`, and for askers who take anything, frames come as they are stored.
 * @throws NotAcceptable
 */
export function frameRepresentation(
  ranges: readonly Acceptable[],
  stored: string,
  frames: number,
  decodes: boolean,
): FrameRepresentation {
  const native = transferSyntaxOf(stored)?.encapsulated === false;
  for (const range of ranges) {
    const multipart = range.type.startsWith('multipart/') || range.type === '*/*';
    if (!multipart && frames > 1) continue;
    if (range.type === '*/*' || range.type === 'multipart/*') return { multipart: true, coding: 'stored' };
    if (multipart && range.type !== 'multipart/related') continue;
    const wanted = multipart ? (innerType(range) ?? OCTETS) : range.type;
    const coding = codingFor(wanted, range.parameters.get('transfer-syntax'), stored, native, decodes);
    if (coding) return { multipart, coding };
  }
  throw new NotAcceptable(
    `Frames of this instance are given as multipart/related or single parts of ${OCTETS} (uncompressed), of ${frameType(stored)} ` +
      '(as stored), or as image/jls, image/jphc or image/dicom-rle.',
  );
}

function codingFor(
  wanted: string,
  syntax: string | undefined,
  stored: string,
  native: boolean,
  decodes: boolean,
): FrameRepresentation['coding'] | undefined {
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
  const target = syntax === undefined || syntax === '*' ? written?.[0] : written?.find((uid) => uid === syntax);
  return target !== undefined && decodes ? { transferSyntax: target } : undefined;
}
