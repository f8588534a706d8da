import { Enums, type StackViewport } from '@cornerstonejs/core';
import type { VideoStream } from '../images/drawing.js';
import { frameOf } from '../images/frame-registry.js';
import { placeOfPixels } from '../images/picture-cover.js';
import { VideoPlay } from './video-play.js';
import { videoUrl } from './video-source.js';

/** Null where the image is no frame of a video. */
export function videoOf(imageId: string): VideoStream | null {
  const drawing = frameOf(imageId)?.drawing;
  return drawing?.by === 'player' ? drawing.stream : null;
}

/** A video that plays, or has just stopped, over the viewport that has its frames among its images. */
export class PlayingVideo {
  private readonly play: VideoPlay;
  private readonly first: number;
  private frame: number;
  private running = true;
  /** The image that is to take its place. */
  private awaited = '';
  private readonly onRender = (): void => this.play.place(placeOfPixels(this.viewport));

  /** @param told it has moved, or ended */
  constructor(
    private readonly element: HTMLElement,
    private readonly viewport: StackViewport,
    private readonly imageIds: readonly string[],
    imageId: string,
    rate: number,
    told: (ended: boolean) => void,
  ) {
    this.frame = frameOf(imageId)!.frame;
    this.first = imageIds.indexOf(imageId) - this.frame + 1;
    const moved = (frame: number): void => {
      this.frame = frame;
      told(false);
    };
    const ended = (): void => told(true);
    this.play = new VideoPlay(element, videoUrl(imageId), videoOf(imageId)!, this.frame, rate, { moved, ended });
    this.onRender();
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.onRender);
  }

  /** Among the images of the viewport, of what is seen; undefined when the picture is seen again. */
  index(): number | undefined {
    return this.running || this.awaited ? this.first + this.frame - 1 : undefined;
  }

  isRunning(): boolean {
    return this.running;
  }

  setRate(rate: number): void {
    this.play.setRate(rate);
  }

  /** @returns as `index` */
  stop(): number {
    this.running = false;
    this.frame = this.play.stop();
    const index = this.first + this.frame - 1;
    this.awaited = this.imageIds[index] ?? '';
    return index;
  }

  /** An image is on the screen. */
  rendered(imageId: string): void {
    if (this.running || imageId !== this.awaited) return;
    this.awaited = '';
    this.remove();
  }

  remove(): void {
    this.running = false;
    this.awaited = '';
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.onRender);
    this.play.remove();
  }
}
