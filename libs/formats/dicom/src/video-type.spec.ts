import { expect, it } from '@jest/globals';
import { videoType } from './video-type.js';

it('is told by the first bytes', () => {
  const packets = Buffer.alloc(376);
  packets[0] = packets[188] = 0x47;
  expect(videoType(packets)).toBe('video/mp2t');
  expect(videoType(packets.subarray(0, 188))).toBe('application/octet-stream');
  expect(videoType(Buffer.from('\0\0\0\x18ftypisom', 'latin1'))).toBe('video/mp4');
  expect(videoType(Buffer.from([0, 0, 1, 0xba, 0x44]))).toBe('video/mpeg');
  expect(videoType(Buffer.from([0, 0, 1, 0xb3]))).toBe('video/mpeg');
  expect(videoType(Buffer.from([0, 0, 0, 1, 0x67]))).toBe('application/octet-stream');
  expect(videoType(Buffer.alloc(0))).toBe('application/octet-stream');
});
