import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';

/** A file with other attributes, by `dcmodify`. */
export function modified(bytes: Buffer, ...how: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'qiao-modified-'));
  const file = join(folder, 'file.dcm');
  try {
    writeFileSync(file, bytes);
    execFileSync('dcmodify', ['-nb', '-q', '-imt', ...how, file]);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first VOI LUT, of 256 entries of 16 bits, as a curve. */
export function withCurvedVoiLut(bytes: Buffer): Buffer {
  const out = Buffer.from(bytes);
  const item = dicomParser.parseDicom(out).elements['x00283010']!.items![0]!.dataSet!;
  const { dataOffset } = item.elements['x00283006']!;
  for (let index = 0; index < 256; index += 1)
    out.writeUInt16LE(Math.round(65_535 * (index / 255) ** 2.5), dataOffset + 2 * index);
  return out;
}

export function withoutOverlay(bytes: Buffer): Buffer {
  const tags = Object.keys(dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' }).elements);
  const own = tags.filter((tag) => tag.startsWith('x6000'));
  return modified(bytes, ...own.flatMap((tag) => ['-ea', `(6000,${tag.slice(5)})`]));
}

/** The overlay of a file of 12 bits moved into bit 13 of its pixel cells, which the standard has retired. */
export function withOverlayInCells(bytes: Buffer): Buffer {
  const source = dicomParser.parseDicom(bytes).elements['x60003000']!;
  const overlay = bytes.subarray(source.dataOffset, source.dataOffset + source.length);
  const out = modified(bytes, '-ea', '(6000,3000)', '-m', '(6000,0100)=16', '-m', '(6000,0102)=13');
  const pixels = dicomParser.parseDicom(out).elements['x7fe00010']!;
  for (let at = 0; at < pixels.length / 2; at += 1) {
    const cell = pixels.dataOffset + 2 * at;
    if ((overlay[at >> 3]! >> (at & 7)) & 1) out.writeUInt16LE(out.readUInt16LE(cell) | (1 << 13), cell);
  }
  return out;
}
