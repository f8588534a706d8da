/** Media types of single frames as stored (PS3.18 tables 8.7.3-4 and 8.7.3-5). */
const TYPES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.5': 'image/dicom-rle',
  '1.2.840.10008.1.2.4.50': 'image/jpeg',
  '1.2.840.10008.1.2.4.51': 'image/jpeg',
  '1.2.840.10008.1.2.4.53': 'image/jpeg',
  '1.2.840.10008.1.2.4.55': 'image/jpeg',
  '1.2.840.10008.1.2.4.57': 'image/jpeg',
  '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.80': 'image/jls',
  '1.2.840.10008.1.2.4.81': 'image/jls',
  '1.2.840.10008.1.2.4.90': 'image/jp2',
  '1.2.840.10008.1.2.4.91': 'image/jp2',
  '1.2.840.10008.1.2.4.92': 'image/jpx',
  '1.2.840.10008.1.2.4.93': 'image/jpx',
  '1.2.840.10008.1.2.4.110': 'image/jxl',
  '1.2.840.10008.1.2.4.111': 'image/jxl',
  '1.2.840.10008.1.2.4.112': 'image/jxl',
  '1.2.840.10008.1.2.4.201': 'image/jphc',
  '1.2.840.10008.1.2.4.202': 'image/jphc',
  '1.2.840.10008.1.2.4.203': 'image/jphc',
};

/** The media type alone. */
export function frameType(transferSyntaxUid: string): string {
  return TYPES[transferSyntaxUid] ?? 'application/octet-stream';
}

/** Native frames are octets in the byte order they were stored in; a deflated data set is inflated, so explicit little endian. */
export function frameMediaType(transferSyntaxUid: string): string {
  const syntax = transferSyntaxUid === '1.2.840.10008.1.2.1.99' ? '1.2.840.10008.1.2.1' : transferSyntaxUid;
  return `${frameType(syntax)}; transfer-syntax=${syntax}`;
}
