import { describe, expect, it } from '@jest/globals';
import { formatTime } from './format-time.js';
import { clean, Typesetter } from './sheet.js';
import { type TrueTypeFont } from './true-type.js';

/** Latin characters are half as wide as Chinese ones. */
const font: TrueTypeFont = {
  unitsPerEm: 1000,
  ascent: 900,
  descent: -100,
  boundingBox: [0, 0, 1000, 1000],
  glyphOf: (codePoint) => codePoint,
  advanceOf: (glyph) => (glyph < 0x100 ? 500 : 1000),
  outlineOf: () => Buffer.alloc(0),
  table: () => Buffer.alloc(0),
};
const type = new Typesetter(font, font);
const wrap = (text: string, width: number) => type.wrap(text, width, { size: 10 });

describe('Typesetter', () => {
  it('measures by the font', () => {
    expect(type.width('肺a', { size: 10 })).toBe(15);
  });

  it('breaks Chinese where the line is full, and keeps the line ends of the author', () => {
    expect(wrap('双肺纹理清晰', 40)).toEqual(['双肺纹理', '清晰']);
    expect(wrap('一\r\n\n二', 40)).toEqual(['一', '', '二']);
  });

  it('starts no line with a closing mark', () => {
    expect(wrap('双肺纹理，清晰', 40)).toEqual(['双肺纹', '理，清晰']);
  });

  it('keeps a measure whole where it fits, and cuts what is wider than the line', () => {
    expect(wrap('大小约12.5mm', 50)).toEqual(['大小约', '12.5mm']);
    expect(wrap('abcdefghijkl', 40)).toEqual(['abcdefgh', 'ijkl']);
  });

  it('loses no character', () => {
    const text = '右肺上叶（尖段）见8mm×6mm结节，CT值约-620HU；建议复查。';
    for (let width = 10; width < 200; width += 7) expect(wrap(text, width).join('')).toBe(text);
  });
});

describe('clean', () => {
  it('drops control characters and keeps line ends', () => {
    expect(clean('a\u0000b\r\nc\td')).toBe('ab\nc    d');
  });
});

describe('formatTime', () => {
  it('prints the zone with the time, and nothing for no time', () => {
    const time = new Date('2026-02-28T16:30:00Z');
    expect(formatTime(time, 'Asia/Shanghai')).toBe('2026-03-01 00:30 (UTC+08:00)');
    expect(formatTime(time, 'UTC')).toBe('2026-02-28 16:30 (UTC+00:00)');
    expect(formatTime(null, 'UTC')).toBeNull();
  });
});
