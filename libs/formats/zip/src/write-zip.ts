import { crc32 } from 'node:zlib';

const VERSION = 20;
const UTF8_NAME = 1 << 11;
/** 1 January 1980, the first day that an archive knows: the same files give the same bytes. */
const FIRST_DAY = 0x21;

/**
 * A small archive (APPNOTE 6.3, no zip64: below 4 GB and 65,535 entries) of files as they are, uncompressed; names in UTF-8.
 */
export function writeZip(entries: readonly { readonly name: string; readonly content: Uint8Array }[]): Buffer {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content } of entries) {
    const letters = Buffer.from(name, 'utf8');
    const fields = Buffer.alloc(26);
    [VERSION, UTF8_NAME, 0, 0, FIRST_DAY].forEach((value, index) => fields.writeUInt16LE(value, index * 2));
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(letters.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    parts.push(Buffer.from('PK\x03\x04'), fields, letters, content);
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([VERSION, 0]), fields, place, letters);
    at += 4 + fields.length + letters.length + content.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}
