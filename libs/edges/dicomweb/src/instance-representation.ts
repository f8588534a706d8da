import { innerType, type Acceptable } from './accept.js';
import { NotAcceptable } from './not-acceptable.js';

/** How instances are given (PS3.18 10.4.1.1.1). */
export interface InstanceRepresentation {
  readonly multipart: boolean;
  /** A transfer syntax UID; `*`: as stored; `default`: Explicit VR Little Endian, and as stored where that has no way. */
  readonly transferSyntax: string;
}

const UID_OR_ANY = /^(\*|[0-9.]{1,64})$/;

/**
 * The best that is asked for and can be given. `*` and no Accept header at all take what is stored; `application/dicom` without a
 * transfer syntax asks for the default one (PS3.18 8.7.3.5.2).
 * @param converts whether every instance can be given in this transfer syntax
 * @throws NotAcceptable with what could be asked for
 */
export function instanceRepresentation(
  ranges: readonly Acceptable[],
  single: boolean,
  converts: (transferSyntax: string) => boolean,
): InstanceRepresentation {
  for (const range of ranges) {
    const syntax = range.parameters.get('transfer-syntax');
    if (syntax !== undefined && !UID_OR_ANY.test(syntax)) continue;
    if (range.type === '*/*' || (range.type === 'multipart/*' && syntax === undefined)) {
      return { multipart: true, transferSyntax: '*' };
    }
    const multipart = range.type === 'multipart/related' && ['application/dicom', undefined].includes(innerType(range));
    if (!multipart && !(single && (range.type === 'application/dicom' || range.type === 'application/*'))) continue;
    if (syntax === undefined) return { multipart, transferSyntax: 'default' };
    if (syntax === '*' || converts(syntax)) return { multipart, transferSyntax: syntax };
  }
  throw new NotAcceptable(
    `Ask for multipart/related; type="application/dicom"${single ? ' or application/dicom' : ''}, without transfer-syntax (Explicit VR ` +
      'Little Endian), with transfer-syntax=* (as stored), or with one into which the stored instances can be converted.',
  );
}
