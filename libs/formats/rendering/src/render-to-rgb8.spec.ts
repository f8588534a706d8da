import { describe, expect, it } from '@jest/globals';
import { renderToRgb8, resampleByArea, windowed } from './index.js';

const grey = (pixels: number[], photometricInterpretation = 'MONOCHROME2') => ({
  pixels: Int16Array.from(pixels),
  samplesPerPixel: 1,
  photometricInterpretation,
});
const line = (columns: number, bitsStored = 16) => ({ rows: 1, columns, bitsStored });
const shown = (...args: Parameters<typeof renderToRgb8>) => [...renderToRgb8(...args).data];

describe('a window', () => {
  it('LINEAR: the examples of PS3.3 C.11.2.1.2.1', () => {
    // c = 2048, w = 4096: 0 is black, 4095 is white.
    const wide = { center: 2048, width: 4096, voiFunction: 'LINEAR' } as const;
    expect(windowed(0, wide)).toBe(0);
    expect(windowed(4095, wide)).toBe(255);
    expect(windowed(1, wide)).toBeCloseTo(255 / 4095, 10);
    // c = 2048, w = 1: black up to 2047, white above.
    const step = { center: 2048, width: 1, voiFunction: 'LINEAR' } as const;
    expect([2047, 2048].map((x) => windowed(x, step))).toEqual([0, 255]);
    // c = 0, w = 100: black up to -50, white above 49.
    const soft = { center: 0, width: 100, voiFunction: 'LINEAR' } as const;
    expect([-51, -50, 49, 50].map((x) => windowed(x, soft))).toEqual([0, 0, 255, 255]);
    expect(windowed(-0.5, soft)).toBe(127.5);
  });

  it('LINEAR_EXACT and SIGMOID have their middle at the centre', () => {
    expect(windowed(40, { center: 40, width: 0.5, voiFunction: 'LINEAR_EXACT' })).toBe(127.5);
    expect(windowed(40, { center: 40, width: 400, voiFunction: 'SIGMOID' })).toBe(127.5);
  });
});

describe('renderToRgb8', () => {
  it('windows after the rescale', () => {
    const options = { windowCenter: 0, windowWidth: 100, rescaleSlope: 2, rescaleIntercept: -1024 };
    expect(shown(grey([487, 512, 537]), line(3), options)).toEqual([0, 129, 255]);
  });

  it('takes least and greatest where no window is given or it has no meaning', () => {
    expect(shown(grey([-10, 0, 10]), line(3))).toEqual([0, 128, 255]);
    expect(shown(grey([-10, 0, 10]), line(3), { windowCenter: 0, windowWidth: 0 })).toEqual([0, 128, 255]);
    expect(shown(grey([-10, 10]), line(2), { rescaleSlope: -1 })).toEqual([255, 0]);
    expect(shown(grey([7, 7]), line(2))).toEqual([0, 0]);
  });

  it('shows the least value of MONOCHROME1 white', () => {
    expect(shown(grey([0, 100], 'MONOCHROME1'), line(2))).toEqual([255, 0]);
    expect(shown(grey([0, 100], 'MONOCHROME1'), line(2), { invert: true })).toEqual([0, 255]);
  });

  it('turns colours to RGB', () => {
    const colour = (pixels: number[], photometricInterpretation: string) => ({
      pixels,
      samplesPerPixel: 3,
      photometricInterpretation,
    });
    expect(shown(colour([1, 2, 3], 'RGB'), line(1, 8))).toEqual([1, 2, 3]);
    expect(shown(colour([65535, 32768, 255], 'RGB'), line(1, 16))).toEqual([255, 128, 0]);
    // Pure red is Y 76, Cb 85, Cr 255 in YBR_FULL.
    expect(shown(colour([76, 85, 255], 'YBR_FULL'), line(1, 8))).toEqual([254, 0, 0]);
    expect(shown(colour([235, 128, 128, 16, 128, 128], 'YBR_PARTIAL_420'), line(2, 8))).toEqual([
      255, 255, 255, 0, 0, 0,
    ]);
  });

  it('looks up palettes, beyond their ends too', () => {
    const channel = (entries: number[]) => ({ firstMapped: 10, entries, bits: 16 });
    const palette = { red: channel([0, 0xff00]), green: channel([0x8000, 0]), blue: channel([0, 0x0100]) };
    const frame = { pixels: [5, 10, 11, 99], samplesPerPixel: 1, photometricInterpretation: 'PALETTE COLOR' };
    expect(shown(frame, line(4, 8), { palette })).toEqual([0, 128, 0, 0, 128, 0, 255, 0, 1, 255, 0, 1]);
    expect(() => shown(frame, line(4, 8))).toThrow(RangeError);
  });

  it('makes pixels square and fits the longest edge, and never enlarges', () => {
    const frame = { ...grey(Array.from({ length: 800 }, () => 5)) };
    const size = { rows: 20, columns: 40, bitsStored: 16 };
    expect(renderToRgb8(frame, size, { maxEdge: 10 })).toMatchObject({ width: 10, height: 5, channels: 1 });
    expect(renderToRgb8(frame, size, { pixelAspect: 2 })).toMatchObject({ width: 20, height: 20 });
    expect(renderToRgb8(frame, size, { pixelAspect: 0.5, maxEdge: 999 })).toMatchObject({ width: 40, height: 10 });
  });

  it('says so when samples are missing', () => {
    expect(() => renderToRgb8(grey([1]), line(2))).toThrow(RangeError);
  });
});

describe('resampleByArea', () => {
  it('takes means, edges in proportion', () => {
    expect([...resampleByArea(Uint8Array.of(0, 100, 200, 100), 2, 2, 1, 1, 1)]).toEqual([100]);
    expect([...resampleByArea(Uint8Array.of(30, 60, 90), 3, 1, 1, 2, 1)]).toEqual([40, 80]);
  });
});
