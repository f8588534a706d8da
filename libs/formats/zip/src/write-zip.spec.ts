import { expect, it } from '@jest/globals';
import { readZip } from './read-zip.js';
import { writeZip } from './write-zip.js';

it('an archive is read back: names, bytes and their checks', async () => {
  const entries = [
    { name: '心电-1.dcm', content: Buffer.from('one') },
    { name: 'b.dcm', content: Buffer.alloc(0) },
    { name: 'c.dcm', content: Buffer.alloc(70_000, 7) },
  ];
  const archive = writeZip(entries);
  const found: unknown[] = [];
  for await (const { name, bytes } of readZip({
    size: archive.length,
    read: async (start, length) => archive.subarray(start, start + length),
  })) {
    const chunks: Buffer[] = [];
    for await (const chunk of bytes()) chunks.push(chunk);
    found.push({ name, content: Buffer.concat(chunks) });
  }
  expect(found).toEqual(entries);
});
