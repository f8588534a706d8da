import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readTrueType } from '#libs/formats/report-pdf';
import { drawText, textWidth } from './draw-text.js';
import { encodePng } from './png.js';
import { cutRegion, fitViewport } from './region.js';
import type { RenderedImage } from './render-to-rgb8.js';

const grey = (width: number, height: number, data: number[]): RenderedImage => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(data),
});

describe('cutRegion', () => {
  const image = grey(3, 2, [1, 2, 3, 4, 5, 6]);
  it('cuts and flips', () => {
    expect([...cutRegion(image, { left: 1, top: 0, width: 2, height: 2 }).data]).toEqual([2, 3, 5, 6]);
    const flipped = cutRegion(image, {
      left: 0,
      top: 0,
      width: 3,
      height: 2,
      flipHorizontally: true,
      flipVertically: true,
    });
    expect([...flipped.data]).toEqual([6, 5, 4, 3, 2, 1]);
  });
  it('refuses what is not within', () => {
    for (const region of [
      { left: 2, top: 0, width: 2, height: 1 },
      { left: 0, top: 0, width: 0, height: 1 },
      { left: -1, top: 0, width: 1, height: 1 },
    ])
      expect(() => cutRegion(image, region)).toThrow(RangeError);
  });
});

describe('fitViewport', () => {
  it('shrinks by area and keeps proportions', () => {
    const small = fitViewport(grey(4, 2, [0, 100, 200, 100, 100, 200, 0, 100]), 2, 2);
    expect([small.width, small.height, ...small.data]).toEqual([2, 1, 100, 100]);
  });
  it('enlarges between the centres of pixels', () => {
    const large = fitViewport(grey(2, 1, [0, 200]), 4, 10);
    expect([large.width, large.height]).toEqual([4, 2]);
    expect([...large.data.subarray(0, 4)]).toEqual([0, 50, 150, 200]);
  });
});

describe('encodePng', () => {
  it('holds the pixels behind the filter of left neighbours', () => {
    const png = encodePng({ width: 2, height: 1, channels: 3, data: Uint8Array.of(10, 20, 30, 9, 25, 30) });
    expect(png.toString('latin1', 1, 4)).toBe('PNG');
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect([...rows]).toEqual([1, 10, 20, 30, 255, 5, 0]);
  });
});

describe('drawText', () => {
  const require = createRequire(import.meta.url);
  const font = readTrueType(
    readFileSync(require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf')),
  );
  const drawn = (text: string) => {
    const image = grey(
      64,
      64,
      Array.from({ length: 4096 }, () => 128),
    );
    drawText(image, font, text, { left: 4, top: 0, size: 40 });
    return image;
  };
  const ink = ({ data }: RenderedImage, keep: (x: number, y: number) => boolean) =>
    data.reduce((sum, value, at) => sum + (value === 255 && keep(at % 64, Math.floor(at / 64)) ? 1 : 0), 0);

  it('gives 十 its two bars, crossing in the middle, and 口 its hole', () => {
    const ten = drawn('十');
    const box = [...ten.data.keys()].filter((at) => ten.data[at] === 255);
    const columns = box.map((at) => at % 64);
    const rows = box.map((at) => Math.floor(at / 64));
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
    expect(right - left).toBeGreaterThan(25);
    expect(bottom - top).toBeGreaterThan(25);
    const full = (y: number) => ink(ten, (_, row) => row === y);
    expect(Math.max(...Array.from({ length: 64 }, (_, y) => full(y)))).toBeGreaterThan(25);
    expect(full(bottom - 1)).toBeLessThan(6);
    const mouth = drawn('口');
    expect(mouth.data[30 * 64 + 24]).toBe(128);
  });

  it('has a dark rim, and leaves the rest alone', () => {
    const image = drawn('一');
    expect(image.data.some((value) => value < 60)).toBe(true);
    expect(image.data[63 * 64 + 63]).toBe(128);
  });

  it('measures lines: a Chinese character is one em wide', () => {
    expect(textWidth(font, '王小明', 20)).toBe(60);
    expect(textWidth(font, 'ii', 20)).toBeLessThan(20);
  });
});
