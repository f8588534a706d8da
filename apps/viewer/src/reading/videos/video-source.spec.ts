import { expect, it } from '@jest/globals';
import { nextRate, RATES } from './rates.js';
import { frameAt, middleOf, videoUrl } from './video-source.js';

const stream = { frames: 250, columns: 64, rows: 48, mpeg2: false };

it('finds a frame in the middle of its time, and its time by the frame, whatever the rate', () => {
  for (const duration of [8.341667, 10, 4.170833])
    for (const frame of [1, 2, 125, 249, 250]) {
      expect(frameAt(middleOf(frame, stream, duration), stream, duration)).toBe(frame);
      // The player tells a frame by when it begins.
      expect(frameAt(((frame - 1) * duration) / 250, stream, duration)).toBe(frame);
    }
  expect(frameAt(10, stream, 10)).toBe(250);
});

it('asks for the bit stream of the instance, not for a frame', () => {
  const imageId = 'wadors:http://localhost:8080/dicom-web/studies/1/series/2/instances/3/frames/17';
  expect(videoUrl(imageId)).toBe('/dicom-web/studies/1/series/2/instances/3/bulkdata/7FE00010');
});

it('goes from one pace to the next, and no further than the last', () => {
  expect([nextRate(1, 1), nextRate(1, -1), nextRate(RATES[0], -1), nextRate(4, 1)]).toEqual([1.5, 0.5, 0.1, 4]);
});
