import { crc32, deflateSync } from 'node:zlib';
import type { RenderedImage } from './render-to-rgb8.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** PNG of 8 bits, grey or RGB (ISO/IEC 15948); every row is filtered by its difference to the left neighbour. */
export function encodePng({ width, height, channels, data }: RenderedImage): Buffer {
  const line = width * channels;
  const rows = Buffer.alloc((line + 1) * height);
  for (let y = 0; y < height; y += 1) {
    const to = y * (line + 1);
    rows[to] = 1;
    for (let x = 0; x < line; x += 1) {
      const left = x >= channels ? data[y * line + x - channels]! : 0;
      rows[to + 1 + x] = data[y * line + x]! - left;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = channels === 3 ? 2 : 0;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
