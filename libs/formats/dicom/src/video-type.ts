const PACKET = 188;
const SYNC = 0x47;

/**
 * What a video's first bytes say it is: a container, or a bare stream of MPEG-2; `application/octet-stream` for all else. Transfer
 * syntaxes name the coding alone (PS3.5 8.2.5 to 8.2.7).
 */
export function videoType(head: Uint8Array): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length >= 8 && bytes.toString('latin1', 4, 8) === 'ftyp') return 'video/mp4';
  if (bytes.length > PACKET && bytes[0] === SYNC && bytes[PACKET] === SYNC) return 'video/mp2t';
  // A pack of a program stream, or the header of a sequence.
  const start = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  return start === 0x1ba || start === 0x1b3 ? 'video/mpeg' : 'application/octet-stream';
}
