import { FirstPicture } from './first-picture.js';

/** The page itself began on the read that it was opened at. */
export type WithFirstPicture = Window & { qiaoFirstPicture?: FirstPicture };

let current: FirstPicture | null = (window as WithFirstPicture).qiaoFirstPicture ?? null;

/** The first picture of this read, which may be there already; what was begun of another is gone from the screen. */
export function takeFirstPicture(readId: string): FirstPicture {
  if (current?.readId === readId && !current.closed) return current;
  dropFirstPicture();
  performance.clearMarks('first-preview');
  performance.clearMarks('first-lossless');
  current = new FirstPicture(readId);
  return current;
}

export function dropFirstPicture(): void {
  current?.close();
  current = null;
}
