import type { VideoStream } from '../images/drawing.js';
import { closeVideo, frameAt, middleOf, openVideo } from './video-source.js';

export interface PlayEvents {
  /** The frame that is seen, from 1. */
  moved: (frame: number) => void;
  /** At the end, or where it cannot go on. */
  ended: () => void;
}

/** A video playing over the picture of a viewport, as that is turned and enlarged. */
export class VideoPlay {
  private readonly video: HTMLVideoElement;
  private gone = false;
  private frame: number;

  /** @param from the frame that is on the screen */
  constructor(
    host: HTMLElement,
    url: string,
    private readonly stream: VideoStream,
    from: number,
    rate: number,
    private readonly events: PlayEvents,
  ) {
    this.frame = from >= stream.frames ? 1 : from;
    this.video = openVideo(url);
    this.video.className = 'picture-video';
    this.setRate(rate);
    this.video.width = stream.columns;
    this.video.height = stream.rows;
    this.video.addEventListener('loadedmetadata', () => {
      this.video.currentTime = middleOf(this.frame, stream, this.video.duration);
      this.video.play().catch(() => this.end());
    });
    this.video.addEventListener('ended', () => this.end());
    this.video.addEventListener('error', () => this.end());
    host.append(this.video);
    this.follow();
  }

  setRate(rate: number): void {
    // The other is what it begins with once it has loaded.
    this.video.defaultPlaybackRate = rate;
    this.video.playbackRate = rate;
  }

  /** From pixels of the image to those of the canvas. */
  place(matrix: readonly number[]): void {
    this.video.style.transform = `matrix(${matrix.map((value) => value / devicePixelRatio).join(', ')})`;
  }

  /** @returns the frame where it stopped */
  stop(): number {
    this.gone = true;
    this.video.pause();
    return this.frame;
  }

  /** The picture behind it is there. */
  remove(): void {
    this.gone = true;
    closeVideo(this.video);
    this.video.remove();
  }

  private end(): void {
    if (!this.gone) this.events.ended();
  }

  /** Each frame is told when it is on the screen. */
  private follow(): void {
    this.video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (this.gone) return;
      this.frame = frameAt(mediaTime, this.stream, this.video.duration);
      this.events.moved(this.frame);
      this.follow();
    });
  }
}
