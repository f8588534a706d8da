import { randomBytes } from 'node:crypto';

/** Randomness for some hundred ids is fetched at once: asking the system costs more than the rest of an id. */
const pool = { bytes: Buffer.alloc(0), at: 0 };
function sixteenBytes(): Buffer {
  if (pool.at + 16 > pool.bytes.length) {
    pool.bytes = randomBytes(4096);
    pool.at = 0;
  }
  pool.at += 16;
  return pool.bytes.subarray(pool.at - 16, pool.at);
}

/** A UUID version 7 (RFC 9562 section 5.7): 48 bits of time first, so that index pages fill in order. */
export function newId(now: number = Date.now()): string {
  const bytes = sixteenBytes();
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isId(text: string): boolean {
  return UUID.test(text);
}
