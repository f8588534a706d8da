import { describe, expect, it } from '@jest/globals';
import { EcgFormatError } from '../ecg-format-error.js';
import { xliLeads } from './xli.js';
import { encodeXli, packTenBits } from './xli-encoder.spec-support.js';

function codeOf(input: Uint8Array, most = 12): string {
  try {
    xliLeads(input, most);
  } catch (error) {
    return error instanceof EcgFormatError ? error.code : String(error);
  }
  return 'read';
}

describe('xliLeads', () => {
  const wave = Array.from({ length: 5000 }, (_, i) => Math.round(300 * Math.sin(i / 9) + 40 * Math.sin(i * i)) | 0);

  it.each([
    ['a wave that fills the table', wave],
    ['zeros, whose entries reach into themselves', Array.from({ length: 700 }, () => 0)],
    ['the edges of 16 bits', [-32_768, -32_768, -32_768, -32_000, 0, 5, 32_000, 32_767, 32_767]],
    ['two values', [7, -7]],
  ])('gives back %s', (_, samples) => {
    expect(xliLeads(encodeXli([samples, wave]), 12).map((lead) => [...lead])).toEqual([samples, wave]);
  });

  it('leaves what follows the leads that were asked for', () => {
    expect(xliLeads(encodeXli([wave, wave, wave]), 2)).toHaveLength(2);
  });

  it('refuses what cannot be', () => {
    const whole = encodeXli([wave]);
    expect(codeOf(whole.subarray(0, -1))).toBe('truncated');
    expect(codeOf(whole.subarray(0, 5))).toBe('truncated');
    const negative = Buffer.from(whole);
    negative.writeInt32LE(-8, 0);
    expect(codeOf(negative)).toBe('truncated');
    expect(codeOf(Buffer.from([3, 0, 0, 0, 1, 0, 0, 0, 0x50, 0, 0]))).toBe('bad-xml');
    expect(codeOf(encodeXli([[30_000, 32_000, 33_000]]))).toBe('bad-xml');
  });

  it('unpacks no more than a real lead can have, whatever the stream claims', () => {
    // Each code is the entry that it makes itself, one byte longer than the last; then the longest again and again.
    const codes = [0, ...Array.from({ length: 767 }, (_, i) => 256 + i), ...Array.from({ length: 2000 }, () => 1022)];
    const packed = packTenBits(codes);
    const bomb = Buffer.concat([Buffer.alloc(8), packed]);
    bomb.writeInt32LE(packed.length, 0);
    expect(bomb.length).toBeLessThan(10_000);
    expect(codeOf(bomb)).toBe('unsupported');
  });
});
