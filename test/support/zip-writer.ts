import { crc32, deflateRawSync } from 'node:zlib';

export interface WrittenEntry {
  name: string | Buffer;
  content?: Uint8Array;
  /** bytes as they lie in the archive, where `content` is not what is to be compressed */
  compressed?: Uint8Array;
  method?: number;
  /** general purpose bits: 0x0001 encrypted, 0x0800 the name is UTF-8 */
  flags?: number;
  /** what the headers say, where that is to be wrong */
  size?: number;
  compressedSize?: number;
  crc?: number;
}

const UTF8 = 0x0800;

/** A ZIP archive written by hand, so that any of its fields can be wrong. */
export function writeZip(entries: readonly WrittenEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? []);
    const { method = 8 } = entry;
    const data = Buffer.from(entry.compressed ?? (method === 8 ? deflateRawSync(content) : content));
    const name = Buffer.from(entry.name as string);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.flags ?? (typeof entry.name === 'string' ? UTF8 : 0), 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(entry.crc ?? crc32(content), 10);
    fields.writeUInt32LE(entry.compressedSize ?? data.length, 14);
    fields.writeUInt32LE(entry.size ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), fields, name, data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, name);
    offset += 4 + 26 + name.length + data.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length & 0xffff, 8);
  end.writeUInt16LE(entries.length & 0xffff, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
