import { EcgFormatError } from '../ecg-format-error.js';

/** The bytes of a Base64 text with line breaks; EcgFormatError bad-xml when it is no Base64, as `what`. */
export function base64Bytes(text: string, what: string): Uint8Array {
  const bare = text.replace(/\s+/g, '');
  if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bare))
    throw new EcgFormatError('bad-xml', `${what} is no whole Base64 text.`);
  return Buffer.from(bare, 'base64');
}

/** Signed 16-bit samples, little endian. An odd byte at the end is refused as truncated. */
export function int16Samples(bytes: Uint8Array, what: string): Int32Array {
  if (bytes.length % 2 !== 0) throw new EcgFormatError('truncated', `${what} ends within a sample.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true));
}

/** A decimal number, or undefined for anything else: an empty element is no zero. */
export function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,12}(\.\d{1,12})?$/.test(text.trim()) ? Number(text) : undefined;
}

/** The band that a file gives in words of its own; absent parts stay absent, all absent is undefined. */
export function filterOf(
  lowHz: number | undefined,
  highHz: number | undefined,
  notchHz: number | undefined,
): { lowHz?: number; highHz?: number; notchHz?: number } | undefined {
  const filter = {
    ...(lowHz !== undefined && lowHz > 0 ? { lowHz } : {}),
    ...(highHz !== undefined && highHz > 0 ? { highHz } : {}),
    ...(notchHz !== undefined && notchHz > 0 ? { notchHz } : {}),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}
