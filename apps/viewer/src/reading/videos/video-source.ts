import { ApiError } from '../../api/client.js';
import { CannotDraw, type Undrawable, type VideoStream } from '../images/drawing.js';

/** The bit stream of the video that a frame's image id names, of which the server gives any part. */
export const videoUrl = (imageId: string): string =>
  new URL(imageId.slice('wadors:'.length)).pathname.replace(/\/frames\/\d+$/, '/bulkdata/7FE00010');

/** Frames lie evenly over the whole of it: DICOM's video has one rate. @param frame from 1 */
export const middleOf = (frame: number, { frames }: VideoStream, duration: number): number =>
  ((frame - 0.5) * duration) / frames;
export const frameAt = (time: number, { frames }: VideoStream, duration: number): number =>
  Math.max(1, Math.min(frames, Math.floor((time * frames) / duration + 1e-6) + 1));

/** A player that asks the server for what it needs, and holds no more than the browser buffers. */
export function openVideo(url: string): HTMLVideoElement {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, playsInline: true, preload: 'auto', src: url, disableRemotePlayback: true });
  return video;
}

export function closeVideo(video: HTMLVideoElement): void {
  video.pause();
  video.removeAttribute('src');
  video.load();
}

const happens = (video: HTMLVideoElement, event: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = new AbortController();
    const done = (settle: () => void) => () => {
      end.abort();
      settle();
    };
    video.addEventListener(event, done(resolve), { signal: end.signal });
    video.addEventListener(
      'error',
      done(() => reject(new Error(video.error?.message ?? ''))),
      { signal: end.signal },
    );
  });

/** Why the browser does not play it: the server refuses, it is no MP4, or its coding is none of the browser's. */
export async function whyNot(url: string, { mpeg2 }: VideoStream): Promise<Error> {
  if (mpeg2) return new CannotDraw('video-mpeg2');
  let kind: Undrawable = 'video';
  try {
    const response = await fetch(url, { headers: { range: 'bytes=0-0' }, credentials: 'same-origin' });
    if (!response.ok) return new ApiError(response.status, `http-${response.status}`, '');
    if (response.headers.get('content-type') !== 'video/mp4') kind = 'video-container';
  } catch {
    return new ApiError(0, 'unreachable', '');
  }
  return new CannotDraw(kind);
}

interface Source {
  readonly video: HTMLVideoElement;
  readonly ready: Promise<void>;
  /** One seek after the other. */
  last: Promise<unknown>;
}
const sources = new Map<string, Source>();

function sourceOf(url: string): Source {
  const known = sources.get(url);
  if (known) return known;
  const video = openVideo(url);
  const ready = happens(video, 'loadeddata');
  const source = { video, ready, last: ready.catch(() => undefined) };
  sources.set(url, source);
  return source;
}

/**
 * A frame of a video, red, green and blue by pixel, decoded by the browser's own player.
 * @throws CannotDraw, ApiError
 */
export async function videoFrame(imageId: string, stream: VideoStream): Promise<Uint8Array<ArrayBuffer>> {
  const url = videoUrl(imageId);
  const frame = Number(/\d+$/.exec(imageId)?.[0] ?? 1);
  const source = sourceOf(url);
  const drawn = source.last.then(async () => {
    try {
      await source.ready;
      const { video } = source;
      const time = middleOf(frame, stream, video.duration);
      if (Math.abs(video.currentTime - time) > 1e-4) await seek(video, time, frame, stream);
      return pixelsOf(video, stream);
    } catch {
      forget(url);
      throw await whyNot(url, stream);
    }
  });
  source.last = drawn.catch(() => undefined);
  return drawn;
}

/** How long a frame may take from the end of its seek to the screen; longer, and the next try asks again. */
const SHOWN_MS = 5_000;

/** Until the frame itself is shown: right after `seeked` the picture may still be the one before. @throws Error when another one stays */
async function seek(video: HTMLVideoElement, time: number, frame: number, stream: VideoStream): Promise<void> {
  const there = happens(video, 'seeked');
  const shown = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`frame ${frame} does not appear`)), SHOWN_MS);
    const look = (): void => {
      video.requestVideoFrameCallback((_, { mediaTime }) => {
        if (frameAt(mediaTime, stream, video.duration) !== frame) return look();
        clearTimeout(late);
        resolve();
      });
    };
    look();
  });
  shown.catch(() => undefined);
  video.currentTime = time;
  await there;
  await shown;
}

function pixelsOf(video: HTMLVideoElement, { columns, rows }: VideoStream): Uint8Array<ArrayBuffer> {
  const canvas = Object.assign(document.createElement('canvas'), { width: columns, height: rows });
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, 0, 0, columns, rows);
  const { data } = context.getImageData(0, 0, columns, rows);
  const rgb = new Uint8Array(3 * columns * rows);
  for (let at = 0; at < columns * rows; at += 1) rgb.set(data.subarray(4 * at, 4 * at + 3), 3 * at);
  return rgb;
}

function forget(url: string): void {
  const source = sources.get(url);
  if (source) closeVideo(source.video);
  sources.delete(url);
}

/** A case is left. */
export function forgetVideos(): void {
  for (const url of sources.keys()) forget(url);
}
