import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

const run = promisify(execFile);

/** Eight-bit RGB pixels, row by row. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** What is on the reading page's canvas and drawn over it, but for marks, pixel by pixel of the screen. */
export async function pictureOnScreen(page: Page): Promise<Picture> {
  const { width, height, text } = await page.evaluate<{ width: number; height: number; text: string }>(`(() => {
    const layers = document.querySelector('[data-testid=viewport]').querySelectorAll('canvas');
    const { width, height } = layers[0];
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    for (const layer of layers) context.drawImage(layer, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const parts = [];
    for (let from = 0; from < data.length; from += 32768) parts.push(String.fromCharCode(...data.subarray(from, from + 32768)));
    return { width, height, text: btoa(parts.join('')) };
  })()`);
  const rgba = Buffer.from(text, 'base64');
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) rgba.copy(rgb, at * 3, at * 4, at * 4 + 3);
  return { width, height, rgb };
}

/** P5 and P6 with 255 as the brightest. */
function readPnm(bytes: Buffer): Picture {
  const head = /^P([56])\s(?:#[^\n]*\n)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 200));
  if (!head) throw new Error('not a PNM file of eight bits');
  const [whole, kind, width, height] = [head[0], head[1], Number(head[2]), Number(head[3])];
  const pixels = bytes.subarray(whole.length);
  if (kind === '6') return { width, height, rgb: pixels };
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) rgb.fill(pixels[at]!, at * 3, at * 3 + 3);
  return { width, height, rgb };
}

export interface Window {
  center: number;
  width: number;
}

export type PictureTool = 'dcm2pnm' | 'dcmj2pnm' | 'dcml2pnm' | 'gdcmconv';

const HTJ2K = '1.2.840.10008.1.2.4.201\0';
/** OpenJPEG reads HTJ2K wherever it reads JPEG 2000; GDCM does not know the syntax yet, and is told the older one. */
function knownToGdcm(bytes: Uint8Array): Buffer {
  const out = Buffer.from(bytes);
  const at = out.subarray(0, 1024).indexOf(HTJ2K);
  if (at > 0) out.write('1.2.840.10008.1.2.4.90\0\0', at);
  return out;
}

/**
 * A frame (the first unless told) as DCMTK draws it, overlays and all: in the same window, from its least to its greatest value, as it
 * is, or by options of its own; with `gdcmconv` GDCM decompresses it before.
 */
export async function pictureByCounterpart(
  bytes: Uint8Array,
  window: Window | 'whole-range' | readonly string[] | null,
  tool: PictureTool = 'dcm2pnm',
  frame = 1,
): Promise<Picture> {
  const folder = await mkdtemp(join(tmpdir(), 'qiao-picture-'));
  try {
    let file = join(folder, 'in.dcm');
    await writeFile(file, tool === 'gdcmconv' ? knownToGdcm(bytes) : bytes);
    if (tool === 'gdcmconv') {
      await run('gdcmconv', ['--raw', file, join(folder, 'raw.dcm')]);
      file = join(folder, 'raw.dcm');
    }
    const out = join(folder, 'out.pnm');
    const how = ['--write-raw-pnm', '+F', String(frame), ...voiOptions(window)];
    await run(tool === 'gdcmconv' ? 'dcm2pnm' : tool, [...how, file, out]);
    return readPnm(await readFile(out));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An image as DCMTK draws it through a presentation state, but for annotations. */
export async function pictureThroughState(bytes: Uint8Array, state: Uint8Array): Promise<Picture> {
  const folder = await mkdtemp(join(tmpdir(), 'qiao-picture-'));
  const [image, kept, out] = ['image.dcm', 'state.dcm', 'out.pgm'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    await Promise.all([writeFile(image, bytes), writeFile(kept, state)]);
    await run('dcmp2pgm', ['-p', kept, image, out]);
    return readPnm(await readFile(out));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A presentation state of an image as DCMTK makes it: its window, its overlays. */
export async function stateByCounterpart(bytes: Uint8Array): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'qiao-picture-'));
  try {
    await writeFile(join(folder, 'image.dcm'), bytes);
    await run('dcmpsmk', [join(folder, 'image.dcm'), join(folder, 'state.dcm')]);
    return await readFile(join(folder, 'state.dcm'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function voiOptions(window: Window | 'whole-range' | readonly string[] | null): readonly string[] {
  if (window === 'whole-range') return ['+Wm'];
  if (window === null) return [];
  return 'center' in window ? ['+Ww', String(window.center), String(window.width)] : window;
}

/** With black in place of the pixels, counted from 1, that are not to be seen. */
export function shuttered({ width, height, rgb }: Picture, open: (row: number, column: number) => boolean): Picture {
  const out = Uint8Array.from(rgb);
  for (let at = 0; at < width * height; at += 1)
    if (!open(Math.floor(at / width) + 1, (at % width) + 1)) out.fill(0, 3 * at, 3 * at + 3);
  return { width, height, rgb: out };
}

/** As it looks where its pixels are `times` as wide as they are high. */
export function widened({ width, height, rgb }: Picture, times: number): Picture {
  const out = new Uint8Array(width * height * times * 3);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width * times; column += 1)
      for (let colour = 0; colour < 3; colour += 1)
        out[(row * width * times + column) * 3 + colour] =
          rgb[(row * width + Math.floor(column / times)) * 3 + colour]!;
  return { width: width * times, height, rgb: out };
}

export interface Difference {
  /** Mean and largest difference in grey levels of 0 to 255. */
  mean: number;
  largest: number;
  /** Spread of the reference: an empty picture has none. */
  contrast: number;
  /** Screen pixels per image pixel. */
  scale: number;
}

/**
 * Compares the screen with a reference at the centres of the image's pixels. The canvas fits the image into its middle;
 * at an odd whole scale those centres are exactly screen pixels, so that no interpolation enters. One pixel at the rim
 * is left out.
 */
export function difference(screen: Picture, reference: Picture): Difference {
  const scale = Math.min(screen.width / reference.width, screen.height / reference.height);
  if (scale % 2 !== 1) throw new Error(`the picture is shown at ${scale}: make the window fit an odd whole scale`);
  return differenceAt(screen, reference, scale, reference);
}

/**
 * The same where a pixel of the image is one of the screen, whatever of it is seen; only the middles of pixels that are `wide` screen
 * pixels wide count.
 */
export function differenceAtTrueSize(screen: Picture, reference: Picture, wide = 1): Difference {
  if ((screen.width - reference.width) % 2 !== 0 || (screen.height - reference.height) % 2 !== 0)
    throw new Error('the picture lies between the pixels of the screen: make the window odd where it is odd');
  return differenceAt(screen, reference, 1, screen, wide);
}

function differenceAt(
  screen: Picture,
  reference: Picture,
  scale: number,
  most: { width: number; height: number },
  wide = 1,
): Difference {
  const seen = { rows: Math.min(reference.height, most.height), columns: Math.min(reference.width, most.width) };
  const from = { row: (reference.height - seen.rows) >> 1, column: (reference.width - seen.columns) >> 1 };
  let [sum, count, largest, lowest, highest] = [0, 0, 0, 255, 0];
  for (let row = from.row + 1; row < from.row + seen.rows - 1; row += 1) {
    const y = Math.floor(screen.height / 2 + (row + 0.5 - reference.height / 2) * scale);
    for (let column = from.column + 1; column < from.column + seen.columns - 1; column += 1) {
      if (column % wide !== wide >> 1) continue;
      const x = Math.floor(screen.width / 2 + (column + 0.5 - reference.width / 2) * scale);
      for (let colour = 0; colour < 3; colour += 1) {
        const wanted = reference.rgb[(row * reference.width + column) * 3 + colour]!;
        const off = Math.abs(screen.rgb[(y * screen.width + x) * 3 + colour]! - wanted);
        sum += off;
        count += 1;
        if (off > largest) largest = off;
        if (wanted < lowest) lowest = wanted;
        if (wanted > highest) highest = wanted;
      }
    }
  }
  return { mean: sum / count, largest, contrast: highest - lowest, scale };
}
