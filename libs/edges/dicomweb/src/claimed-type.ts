const OCTETS = 'application/octet-stream';
/** RFC 6838 section 4.2, without parameters */
const NAME = /^[a-z0-9][\w!#$&^.+-]*\/[a-z0-9][\w!#$&^.+-]*$/i;

/** The media type that an encapsulated document claims (MIMEType of Document, PS3.3 C.24.2), as far as it is one. */
export function claimedType(claim: string | null | undefined): string {
  const [name = ''] = (claim ?? '').split(';');
  return NAME.test(name.trim()) ? name.trim().toLowerCase() : OCTETS;
}

/**
 * A document was made elsewhere and is given from our own address: only PDF is opened there, all else is saved, and runs nothing in the name
 * of who asked for it.
 */
export const documentHeaders = (type: string): Readonly<Record<string, string>> =>
  type === 'application/pdf'
    ? {}
    : { 'Content-Disposition': 'attachment', 'Content-Security-Policy': "sandbox; default-src 'none'" };
