import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import dicomParser, { type DataSet } from 'dicom-parser';
import { Codecs } from '#libs/adapters/codecs';
import { renderToRgb8 } from '#libs/formats/rendering';
import type { DecodedFrame, PixelDescription } from '#libs/ports';

const data = process.env['QIAO_TEST_DATA'];
if (data === undefined) throw new Error('QIAO_TEST_DATA must name the folder of real files');

const folders = ['transfer-syntax', 'encapsulation-fragments'].map((name) => join(data, 'dicom', name));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name)),
);
const codecs = new Codecs();
const work = mkdtempSync(join(tmpdir(), 'qiao-pixel-codecs-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const JPEG = '1.2.840.10008.1.2.4.';
const LOSSY = new Set(['50', '51', '53', '55', '81', '91', '203'].map((kind) => JPEG + kind));
const LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Which independent program turns a transfer syntax into plain Explicit VR Little Endian. */
function referenceTool(uid: string): { tool: string; args: string[] } | null {
  const kind = uid.startsWith(JPEG) ? Number(uid.slice(JPEG.length)) : 0;
  if (kind >= 50 && kind <= 70) return { tool: 'dcmdjpeg', args: ['+te'] };
  if (kind === 80 || kind === 81) return { tool: 'dcmdjpls', args: ['+te'] };
  if (kind === 90 || kind === 91) return { tool: 'gdcmconv', args: ['--raw'] };
  if (kind > 200) return null;
  if (uid === '1.2.840.10008.1.2.5') return { tool: 'dcmdrle', args: ['+te'] };
  return { tool: 'dcmconv', args: ['+te'] };
}

const absent = new Set(['dcmdjpeg', 'dcmdjpls', 'dcmdrle', 'dcmconv', 'gdcmconv'].filter((tool) => !works(tool)));
for (const tool of absent) console.log(`left out: comparisons with ${tool}, which is not installed`);

function works(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

if (absent.size > 0 && process.env['CI']) throw new Error(`CI must have ${[...absent].join(', ')}`);

interface Read {
  readonly description: PixelDescription;
  readonly frame: Uint8Array;
}

/** The first frame and its description, read by a parser that is not the project's own. */
function readFirstFrame(path: string): Read {
  const file = readFileSync(path);
  // Some files begin at the file meta, without the preamble.
  const preamble = Buffer.alloc(file.readUInt16LE(0) === 2 ? 132 : 0);
  preamble.write('DICM', Math.max(0, preamble.length - 4));
  const inflater = (bytes: Uint8Array, at: number) =>
    Buffer.concat([bytes.subarray(0, at), inflateRawSync(bytes.subarray(at))]);
  const dataSet = dicomParser.parseDicom(Buffer.concat([preamble, file]), { inflater } as object);
  const description: PixelDescription = {
    transferSyntaxUid: dataSet.string('x00020010') ?? '1.2.840.10008.1.2',
    samplesPerPixel: dataSet.uint16('x00280002') ?? 1,
    photometricInterpretation: dataSet.string('x00280004') ?? 'MONOCHROME2',
    planarConfiguration: dataSet.uint16('x00280006') === 1 ? 1 : 0,
    rows: dataSet.uint16('x00280010') ?? 0,
    columns: dataSet.uint16('x00280011') ?? 0,
    bitsAllocated: dataSet.uint16('x00280100') ?? 0,
    bitsStored: dataSet.uint16('x00280101') ?? 0,
    highBit: dataSet.uint16('x00280102') ?? 0,
    pixelRepresentation: dataSet.uint16('x00280103') === 1 ? 1 : 0,
    pixelDataVr: dataSet.elements['x7fe00010']?.vr === 'OW' ? 'OW' : 'OB',
  };
  return { description, frame: firstFrame(dataSet, description) };
}

function firstFrame(dataSet: DataSet, d: PixelDescription): Uint8Array {
  const element = dataSet.elements['x7fe00010'];
  if (!element) throw new Error('no pixel data');
  const bytes = Buffer.from(dataSet.byteArray);
  if (!element.encapsulatedPixelData) {
    const perPixel = d.photometricInterpretation === 'YBR_FULL_422' ? 2 : d.samplesPerPixel;
    // Even, because bytes swapped in pairs need their partner.
    const size = Math.ceil((d.rows * d.columns * perPixel * d.bitsAllocated) / 16) * 2;
    return bytes.subarray(element.dataOffset, element.dataOffset + Math.min(size, element.length));
  }
  const items: Buffer[] = [];
  for (let at = element.dataOffset; at + 8 <= bytes.length && bytes.readUInt32LE(at) === 0xe000fffe;) {
    const length = bytes.readUInt32LE(at + 4);
    items.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const [, ...fragments] = items;
  const frames = dataSet.intString('x00280008') ?? 1;
  if (frames === 1) return Buffer.concat(fragments);
  if (frames === fragments.length) return fragments[0]!;
  // Neither one frame nor one fragment each: a JPEG frame begins with its start marker.
  const next = fragments.findIndex((fragment, i) => i > 0 && fragment.readUInt16BE(0) === 0xffd8);
  return Buffer.concat(fragments.slice(0, next));
}

function run(tool: string, args: string[]): boolean {
  try {
    execFileSync(tool, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The same file, decoded by another program; GDCM where the first gives up; null where none can. */
async function reference(path: string, uid: string): Promise<{ read: Read; decoded: DecodedFrame } | null> {
  const by = referenceTool(uid);
  if (!by) return null;
  const out = join(work, `${basename(path)}.raw`);
  const done =
    (!absent.has(by.tool) && run(by.tool, [...by.args, path, out])) ||
    (!absent.has('gdcmconv') && run('gdcmconv', ['--raw', path, out]));
  if (!done) return null;
  const read = readFirstFrame(out);
  expect(['1.2.840.10008.1.2', LITTLE_ENDIAN]).toContain(read.description.transferSyntaxUid);
  return { read, decoded: await codecs.decode(read.frame, read.description) };
}

function greatestDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  expect(ours.length).toBe(theirs.length);
  let greatest = 0;
  for (let i = 0; i < ours.length; i += 1) greatest = Math.max(greatest, Math.abs(ours[i]! - theirs[i]!));
  return greatest;
}

/** Lossy decoders may round apart by this much; lossless ones by nothing. */
const LOSSY_TOLERANCE = 2;

/** Files that no program at hand decodes for us, and why; any other file without a reference fails. */
const WITHOUT_REFERENCE: Record<string, string> = {
  'pydicom-data__HTJ2KLossless_08_RGB.dcm': 'Debian has no second HTJ2K decoder; two libraries are compared above',
  'pydicom-data__liver_deflate.dcm': 'Deflated Image Frame Compression is newer than the programs',
};

/** Made by writing over the head of a good codestream; the size of the image is gone. */
const DAMAGED = 'pydicom__JPEG2000-embedded-sequence-delimiter.dcm';

it('refuses a damaged codestream in words', async () => {
  const { description, frame } = readFirstFrame(files.find((path) => basename(path) === DAMAGED)!);
  await expect(codecs.decode(frame, description)).rejects.toMatchObject({ name: 'UndecodableFrame', code: 'corrupt' });
});

it('HTJ2K: OpenJPH and OpenJPEG, which reads the same codestream, agree', async () => {
  const path = files.find((file) => basename(file) === 'pydicom-data__HTJ2KLossless_08_RGB.dcm')!;
  const { description, frame } = readFirstFrame(path);
  const ours = await codecs.decode(frame, description);
  const theirs = await codecs.decode(frame, { ...description, transferSyntaxUid: `${JPEG}90` });
  expect(greatestDifference(ours.pixels, theirs.pixels)).toBe(0);
});

describe('the first frame of every real file', () => {
  it.each(files.map((path) => [basename(path), path]).filter(([name]) => name !== DAMAGED))(
    '%s',
    async (name, path) => {
      const { description, frame } = readFirstFrame(path);
      const ours = await codecs.decode(frame, description);
      expect(ours.pixels.length).toBe(description.rows * description.columns * description.samplesPerPixel);
      const theirs = await reference(path, description.transferSyntaxUid);
      if (!theirs) {
        const reason = WITHOUT_REFERENCE[name] ?? (absent.size > 0 ? 'its program is not installed' : undefined);
        console.log(`left out: comparison of ${name}: ${reason}`);
        expect(reason).toBeDefined();
        return;
      }
      const sameColour =
        ours.samplesPerPixel === 1 || ours.photometricInterpretation === theirs.decoded.photometricInterpretation;
      const difference = sameColour
        ? greatestDifference(ours.pixels, theirs.decoded.pixels)
        : greatestDifference(
            renderToRgb8(ours, description).data,
            renderToRgb8(theirs.decoded, theirs.read.description).data,
          );
      expect(difference).toBeLessThanOrEqual(LOSSY.has(description.transferSyntaxUid) ? LOSSY_TOLERANCE : 0);
    },
  );
});
