import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  integer,
  Part10Splitter,
  readAttributes,
  text,
  transferSyntaxOf,
  type DicomJson,
  type PixelDataLocation,
} from '#libs/formats/dicom';
import { hasCounterpart } from '#test/counterpart';
import { StoredFiles } from '#test/stored-file';

const root = process.env['QIAO_TEST_DATA'];
if (!root) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');
const EXPLICIT = '1.2.840.10008.1.2.1';
const NATIVE = ['1.2.840.10008.1.2', EXPLICIT, '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99'];
const JPEG = '1.2.840.10008.1.2.4.';

const syntaxes = join(root, 'dicom', 'transfer-syntax');
const names = readdirSync(syntaxes).sort();

let files: StoredFiles;
beforeAll(async () => {
  files = await StoredFiles.open();
});
afterAll(() => files.dispose());

interface Read {
  attributes: DicomJson;
  pixelData: PixelDataLocation | undefined;
  pixels: Buffer;
}
function read(file: Buffer): Read {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(file), splitter.end()]);
  const { attributes, pixelData } = readAttributes(dataset, splitter.meta!.transferSyntaxUid);
  const pixels =
    pixelData?.length === undefined
      ? Buffer.alloc(0)
      : dataset.subarray(pixelData.offset, pixelData.offset + pixelData.length);
  return { attributes, pixelData, pixels };
}

/** Made by writing over the head of a good codestream. */
const DAMAGED = 'pydicom__JPEG2000-embedded-sequence-delimiter.dcm';

/** The programs that decompress for comparison, in the order in which they are asked. */
function decompressors(uid: string): [string, ...string[]][] {
  const kind = uid.startsWith(JPEG) ? Number(uid.slice(JPEG.length)) : 0;
  const gdcm: [string, ...string[]] = ['gdcmconv', '--raw'];
  if (kind >= 50 && kind <= 70) return [['dcmdjpeg', '+te'], gdcm];
  if (kind === 80 || kind === 81) return [['dcmdjpls', '+te'], gdcm];
  if (kind === 90 || kind === 91) return [gdcm];
  if (uid === '1.2.840.10008.1.2.5') return [['dcmdrle', '+te'], gdcm];
  return kind > 200 || uid.endsWith('.8.1') ? [] : [['dcmconv', '+te']];
}

function reference(name: string, uid: string): Read | null {
  for (const [tool, ...args] of decompressors(uid)) {
    const out = join(files.folder, `${name}.reference`);
    try {
      execFileSync(tool, [...args, join(syntaxes, name), out], { stdio: 'ignore' });
      return read(readFileSync(out));
    } catch {
      continue;
    }
  }
  return null;
}

/** Samples of native pixel data as the attributes tell of them, by pixel. */
function samples({ attributes, pixels }: Read): number[] {
  const whole = (tag: string, fallback: number) => integer(attributes, tag) ?? fallback;
  const [rows, columns, perPixel] = [whole('00280010', 0), whole('00280011', 0), whole('00280002', 1)];
  const bits = whole('00280100', 8);
  const stored = whole('00280101', bits);
  const down = whole('00280102', stored - 1) + 1 - stored;
  const frames = whole('00280008', 1);
  const count = rows * columns * perPixel;
  const planar = perPixel > 1 && whole('00280006', 0) === 1;
  const range = 2 ** stored;
  const signed = integer(attributes, '00280103') === 1;
  const out: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    for (let i = 0; i < count; i += 1) {
      const place = planar ? (i % perPixel) * rows * columns + Math.floor(i / perPixel) : i;
      const at = (frame * count + place) * (bits / 8);
      const value = Math.floor(pixels.readUIntLE(at, bits / 8) / 2 ** down) % range;
      out.push(signed && value >= range / 2 ? value - range : value);
    }
  }
  return out;
}

const LOSSY = new Set(['50', '51', '53', '55', '81', '91', '203'].map((kind) => JPEG + kind));
/** No program at hand decodes these. */
const ALONE = new Set(['pydicom-data__HTJ2KLossless_08_RGB.dcm', 'pydicom-data__liver_deflate.dcm']);
/** The programs leave these in YBR, or know the file by another colour model; compared by the codec tests after conversion. */
const OTHER_COLOURS = (ours: Read, theirs: Read) =>
  text(ours.attributes, '00280004') !== text(theirs.attributes, '00280004');

describe('every syntax to Explicit VR Little Endian', () => {
  if (!hasCounterpart('dcmdjpeg') || !hasCounterpart('gdcmconv')) return;
  it.each(names.filter((name) => name !== DAMAGED))('%s', async (name) => {
    const instance = await files.load(join(syntaxes, name));
    const ours = read(await files.converted(instance, EXPLICIT));
    expect(ours.pixelData!.length).toBeDefined();
    const theirs = reference(name, instance.transferSyntaxUid);
    if (!theirs) {
      expect([...ALONE]).toContain(name);
      return;
    }
    if (OTHER_COLOURS(ours, theirs) || integer(ours.attributes, '00280100') === 1) return;
    const [mine, other] = [samples(ours), samples(theirs)];
    expect(mine.length).toBe(other.length);
    let worst = 0;
    for (let i = 0; i < mine.length; i += 1) worst = Math.max(worst, Math.abs(mine[i]! - other[i]!));
    expect(worst).toBeLessThanOrEqual(LOSSY.has(instance.transferSyntaxUid) ? 2 : 0);
  });

  it('takes a JPEG stream for what it is, whatever its syntax is called, and marks it as lossy', async () => {
    const path = join(root, 'dicom/modality-cr-dx-mg-xa-nm-pt/dcmjs__sample-op.dcm');
    const instance = await files.load(path);
    expect(instance.transferSyntaxUid).toBe(`${JPEG}70`);
    const ours = read(await files.converted(instance, EXPLICIT));
    expect(text(ours.attributes, '00282110')).toBe('01');
    const out = join(files.folder, 'named-wrongly.reference');
    execFileSync('dcmdjpeg', ['+te', path, out], { stdio: 'ignore' });
    const [mine, other] = [samples(ours), samples(read(readFileSync(out)))];
    expect(mine.length).toBe(other.length);
    expect(mine.reduce((worst, value, at) => Math.max(worst, Math.abs(value - other[at]!)), 0)).toBeLessThanOrEqual(2);
  });

  it.each(['liver_rle', 'liver_j2k'])('segments of single bits, compressed: %s', async (name) => {
    const bits = async (file: string) => {
      const { pixels } = read(await files.converted(await files.load(join(root, `dicom/seg/${file}.dcm`)), EXPLICIT));
      return pixels;
    };
    const wanted = await bits('pydicom-data__liver');
    expect(wanted.length).toBe((3 * 512 * 512) / 8);
    expect((await bits(`pydicom-data__${name}`)).equals(wanted)).toBe(true);
  });

  it('refuses a damaged codestream by name', async () => {
    const instance = await files.load(join(syntaxes, DAMAGED));
    await expect(files.converted(instance, EXPLICIT)).rejects.toMatchObject({ code: 'pixels-unreadable' });
  });
});

const folders = [
  'charset',
  'rt',
  'sr',
  'waveform-ecg',
  'seg',
  'multiframe-enhanced',
  'modality-cr-dx-mg-xa-nm-pt',
  'us-multiframe',
  'encapsulated-pdf',
];
const natives = [...folders.map((folder) => join(root, 'dicom', folder)), syntaxes].flatMap((folder) =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => {
      try {
        return transferSyntaxOf(headOf(path).meta!.transferSyntaxUid)?.encapsulated === false;
      } catch {
        return false;
      }
    }),
);
function headOf(path: string): Part10Splitter {
  const splitter = new Part10Splitter();
  splitter.push(readFileSync(path));
  splitter.end();
  return splitter;
}

/** Values of UN keep the byte order of their writer, whatever that was; DCMTK knows more tags. */
function withoutUnknown(attributes: DicomJson): DicomJson {
  return Object.fromEntries(Object.entries(attributes).filter(([, { vr }]) => vr !== 'UN'));
}

describe('native files through every native syntax and back', () => {
  it.each(natives.map((path) => [basename(path), path]))('%s', async (_, path) => {
    const instance = await files.load(path);
    const straight = read(await files.converted(instance, EXPLICIT));
    for (const through of NATIVE) {
      const there = await files.put(await files.converted(instance, through));
      const back = read(await files.converted(there, EXPLICIT));
      // Implicit VR forgets the VR of private and unknown elements; their bytes stay.
      if (through !== NATIVE[0]) expect(back.attributes).toEqual(straight.attributes);
      else expect(Object.keys(back.attributes)).toEqual(Object.keys(straight.attributes));
      // An odd number of bytes, which some files hold, is padded.
      expect(back.pixels.subarray(0, straight.pixels.length).equals(straight.pixels)).toBe(true);
      if (through !== '1.2.840.10008.1.2.2' || !hasCounterpart('dcmconv')) continue;
      const [ours, theirs] = [join(files.folder, 'big.dcm'), join(files.folder, 'little.dcm')];
      writeFileSync(ours, await files.converted(instance, through));
      execFileSync('dcmconv', ['+te', ours, theirs], { stdio: 'ignore' });
      const other = read(readFileSync(theirs));
      expect(other.pixels.subarray(0, straight.pixels.length).equals(straight.pixels)).toBe(true);
      expect(withoutUnknown(other.attributes)).toEqual(withoutUnknown(straight.attributes));
    }
  });
});

describe('compressed without loss', () => {
  const targets = [`${JPEG}201`, `${JPEG}202`, `${JPEG}80`, '1.2.840.10008.1.2.5'];
  const several = names.filter((name) =>
    /CTImage.dcm$|MR_small.dcm|SC_rgb_small_odd.dcm|emri_small_big_endian|JPEGLSNearLossless_16|TestPattern_JPEG-Lossless_RGB/.test(
      name,
    ),
  );
  it.each(several.flatMap((name) => targets.map((target) => [name, target])))('%s in %s', async (name, target) => {
    const instance = await files.load(join(syntaxes, name));
    const wanted = read(await files.converted(instance, EXPLICIT));
    const compressed = await files.converted(instance, target);
    const back = read(await files.converted(await files.put(compressed), EXPLICIT));
    expect(samples(back)).toEqual(samples(wanted));
    expect(text(back.attributes, '00280004')).toBe(text(wanted.attributes, '00280004'));
    const [tool, ...args] = decompressors(target)[0] ?? [];
    if (!tool || !hasCounterpart(tool)) return;
    const [path, out] = [join(files.folder, `${name}.in`), join(files.folder, `${name}.out`)];
    writeFileSync(path, compressed);
    execFileSync(tool, [...args, path, out], { stdio: 'ignore' });
    expect(samples(read(readFileSync(out)))).toEqual(samples(wanted));
  });
});
