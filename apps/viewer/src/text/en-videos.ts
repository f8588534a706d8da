import type { Messages } from './zh.js';

/** The words around videos: see `zh-videos`. */
export const enVideos: Messages['videos'] = {
  play: 'Play',
  pause: 'Pause',
  seek: 'Place in the video',
  rate: 'Pace',
  download: 'Download this video',
};
