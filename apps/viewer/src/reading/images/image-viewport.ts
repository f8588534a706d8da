import { Enums, eventTarget, metaData, utilities, type StackViewport, type Types } from '@cornerstonejs/core';
import { utilities as toolUtilities } from '@cornerstonejs/tools';
import { isPlane } from '../planes/plane-images.js';
import type { Standing } from '../hanging/stand.js';
import { PlayingVideo, videoOf } from '../videos/playing-video.js';
import { giveEngine, takeEngine } from './engine.js';
import { distanceToPlane, lettersOf, type PlaneModule } from './image-places.js';
import { applyOwnTones, applyTones, applyView } from './apply-presentation.js';
import type { Turn } from './orientation.js';
import { PictureCover } from './picture-cover.js';
import { presentationOf, whenPresented, type ImagePresentation } from './presented.js';
import { join, leave, play } from './reading-tools.js';
import { drawFailure, rendersOnCpu, startRendering, type DrawFailure } from './rendering.js';
import { applyVoiCurve, straighten } from './voi-curve.js';

export interface ViewportState {
  /** Counts from 0. */
  index: number;
  windowWidth: number;
  windowCenter: number;
  zoom: number;
  invert: boolean;
  playing: boolean;
  /** Pace of a video, of its own. */
  rate: number;
  turn: Turn;
  /** Letters at the top, right, bottom and left edges, from the camera. */
  letters: readonly [string, string, string, string];
}

export interface ViewportEvents {
  changed: (state: ViewportState) => void;
  /** The picture of this image id is on the screen. */
  drawn: (imageId: string) => void;
  failed: (imageId: string, failure: DrawFailure) => void;
}

/** What plays without saying how fast. */
const USUAL_RATE = 15;

/** One cell's picture: a Cornerstone stack viewport with the reading tools on one element. */
export class ImageViewport {
  private readonly engine: ReturnType<typeof takeEngine>;
  private readonly viewport: StackViewport;
  private readonly resizing: ResizeObserver;
  private readonly cover: PictureCover;
  private readonly leave: (() => void)[] = [];
  private imageIds: readonly string[] = [];
  private gone = false;
  private playing = false;
  private rate = 1;
  private video: PlayingVideo | null = null;
  private straight = false;
  private presented: ImagePresentation | null = null;
  /** Where the picture lay when it was placed by a presentation state. */
  private placed: readonly number[] | null = null;

  constructor(
    readonly id: string,
    private readonly element: HTMLDivElement,
    private readonly events: ViewportEvents,
  ) {
    startRendering();
    this.engine = takeEngine();
    this.engine.enableElement({
      viewportId: id,
      type: Enums.ViewportType.STACK,
      element,
      defaultOptions: { background: [0, 0, 0] },
    });
    this.viewport = this.engine.getViewport(id) as StackViewport;
    join(id);
    this.cover = new PictureCover(element, this.viewport);
    this.listen(element, Enums.Events.IMAGE_RENDERED, () => this.afterRender());
    // The CPU's path sets the image up behind this event.
    this.listen(element, Enums.Events.STACK_NEW_IMAGE, () => {
      if (!rendersOnCpu()) this.present();
    });
    this.leave.push(
      whenPresented(() => {
        if (this.present()) this.redraw();
      }),
    );
    this.listen(element, Enums.Events.VOI_MODIFIED, () => {
      this.curve();
      this.report();
    });
    this.listen(element, Enums.Events.CAMERA_MODIFIED, () => this.report());
    this.listen(element, Enums.Events.PRE_STACK_NEW_IMAGE, () => this.report());
    const onError = (event: Event): void => {
      const detail = (event as CustomEvent<{ imageId?: string; error?: unknown }>).detail;
      if (detail?.imageId) this.fail(detail.imageId, detail.error);
    };
    this.listen(element, Enums.Events.IMAGE_LOAD_ERROR, onError);
    this.listen(eventTarget, Enums.Events.IMAGE_LOAD_ERROR, onError);
    this.listen(eventTarget, Enums.Events.IMAGE_LOAD_FAILED, onError);
    this.resizing = new ResizeObserver(() => {
      if (this.gone || element.clientWidth === 0) return;
      const [fitted, placed] = [this.isFitted(), this.isPlaced()];
      this.engine.resize(true, true);
      if (placed) this.place();
      else if (fitted) this.fit();
    });
    this.resizing.observe(element);
  }

  private listen(target: EventTarget | typeof eventTarget, type: string, listener: (event: Event) => void): void {
    target.addEventListener(type, listener as EventListener);
    this.leave.push(() => target.removeEventListener(type, listener as EventListener));
  }

  private fail(imageId: string, error: unknown): void {
    if (this.gone || !this.imageIds.includes(imageId)) return;
    this.events.failed(imageId, drawFailure(error));
    this.report();
  }

  private afterRender(): void {
    if (this.gone) return;
    const shown = this.viewport.getCornerstoneImage()?.imageId;
    if (!shown || shown !== this.imageIds[this.viewport.getCurrentImageIdIndex()]) return;
    if (rendersOnCpu() && this.present()) this.viewport.render();
    this.events.drawn(shown);
    this.video?.rendered(shown);
    this.report();
  }

  /** Shows the image as the presentation state wants it that is chosen for it, or as it was without one. @returns whether anything changed */
  private present(): boolean {
    const imageId = this.viewport.getCornerstoneImage()?.imageId;
    const [before, next] = [this.presented, imageId ? presentationOf(imageId) : null];
    this.presented = next;
    if (next?.tones !== before?.tones) this.showTones();
    else this.curve();
    if (next?.view !== before?.view) this.place();
    return next !== before;
  }

  private showTones(): void {
    const tones = this.presented?.tones;
    this.withStraightLine(() => (tones ? applyTones(this.viewport, tones) : applyOwnTones(this.viewport)));
  }

  private place(): void {
    if (this.presented) applyView(this.viewport, this.element, this.presented.view);
    else this.viewport.resetCamera();
    this.placed = this.presented && this.whereabouts();
    this.redraw();
  }

  private whereabouts(): readonly number[] {
    const { focalPoint = [], parallelScale = 0 } = this.viewport.getCamera();
    return [...focalPoint, parallelScale];
  }

  private isPlaced(): boolean {
    const { placed } = this;
    return placed !== null && this.whereabouts().every((value, index) => Math.abs(value - placed[index]!) < 1e-3);
  }

  private report(): void {
    if (this.gone || this.imageIds.length === 0) return;
    const { voiRange, invert, VOILUTFunction } = this.viewport.getProperties();
    const exact = VOILUTFunction === Enums.VOILUTFunctionType.LINEAR_EXACT;
    const window = voiRange
      ? exact
        ? { windowWidth: voiRange.upper - voiRange.lower, windowCenter: (voiRange.lower + voiRange.upper) / 2 }
        : utilities.windowLevel.toWindowLevel(voiRange.lower, voiRange.upper)
      : { windowWidth: Number.NaN, windowCenter: Number.NaN };
    this.events.changed({
      index: this.video?.index() ?? this.viewport.getTargetImageIdIndex(),
      windowWidth: window.windowWidth,
      windowCenter: window.windowCenter,
      zoom: this.viewport.getZoom() ?? Number.NaN,
      invert: invert ?? false,
      playing: this.playing,
      rate: this.rate,
      turn: {
        quarters: Math.round((this.viewport.getRotation() ?? 0) / 90) % 4,
        flipped: this.viewport.getCamera().flipHorizontal === true,
      },
      letters: lettersOf(this.viewport.getCamera()),
    });
  }

  async show(imageIds: string[], index: number): Promise<void> {
    if (this.playing) this.togglePlay(null);
    this.leaveVideo();
    this.imageIds = imageIds;
    this.presented = null;
    delete this.element.dataset['renderedImageId'];
    try {
      await this.viewport.setStack(imageIds, index);
      if (this.gone) return;
      this.viewport.render();
      // A plane is cut, and a frame of a video sought, in a moment; to have their neighbours ahead would only fill the memory.
      if (!imageIds.some((one) => isPlane(one) || videoOf(one)))
        toolUtilities.stackContextPrefetch.enable(this.element);
    } catch (error) {
      const imageId = imageIds[index];
      if (imageId) this.fail(imageId, error);
    }
  }

  /** The same series with more images, or a plane cut otherwise: the window stays, and the place unless `goesTo` names another. */
  async extend(imageIds: string[], goesTo?: number): Promise<void> {
    const { voiRange, invert } = this.viewport.getProperties();
    const same = imageIds.indexOf(this.viewport.getCurrentImageId());
    const place = Math.min(imageIds.length - 1, this.viewport.getTargetImageIdIndex());
    const presentation = goesTo === undefined ? null : this.viewport.getViewPresentation();
    await this.show(imageIds, goesTo ?? (same >= 0 ? same : Math.max(0, place)));
    if (this.gone) return;
    if (presentation) this.viewport.setViewPresentation(presentation);
    this.withStraightLine(() =>
      this.viewport.setProperties({ ...(voiRange ? { voiRange } : {}), invert: invert ?? false }),
    );
    this.viewport.render();
  }

  /** Goes to the image nearest to a point of the patient, where the images have a place in the same frame of reference. */
  goToPoint(point: Types.Point3, frameOfReferenceUid: string): void {
    let [best, least] = [-1, Infinity];
    for (const [index, imageId] of this.imageIds.entries()) {
      const away = distanceToPlane(imageId, point, frameOfReferenceUid);
      if (away < least) [best, least] = [index, away];
    }
    if (best >= 0) this.scrollTo(best);
  }

  /** The point of the patient under a place of the page, and its frame of reference; null where the image has none. */
  pointAt(clientX: number, clientY: number): { point: Types.Point3; frameOfReferenceUid: string } | null {
    const frameOfReferenceUid = this.viewport.getFrameOfReferenceUID();
    const { left, top } = this.element.getBoundingClientRect();
    const lies = metaData.get('imagePlaneModule', this.viewport.getCurrentImageId() ?? '') as PlaneModule | undefined;
    if (!frameOfReferenceUid || !lies || lies.usingDefaultValues) return null;
    return { point: this.viewport.canvasToWorld([clientX - left, clientY - top]), frameOfReferenceUid };
  }

  /** Column and row of the image under a place of the cell (CSS pixels), and the way back. */
  pixelAt([x, y]: readonly [number, number]): [number, number] {
    const imageId = this.viewport.getCurrentImageId() ?? '';
    return utilities.worldToImageCoords(imageId, this.viewport.canvasToWorld([x, y])) as [number, number];
  }

  placeOf([column, row]: readonly [number, number]): readonly [number, number] {
    const world = utilities.imageToWorldCoords(this.viewport.getCurrentImageId() ?? '', [column, row]);
    return world ? this.viewport.worldToCanvas(world) : this.middle();
  }

  /** Image id of what is in the cell; empty: nothing yet. */
  shown(): string {
    return this.imageIds.length > 0 ? (this.viewport.getCurrentImageId() ?? '') : '';
  }

  /** Where a point of the patient lies in the cell. */
  canvasOf(point: readonly [number, number, number]): [number, number] {
    return this.viewport.worldToCanvas([...point]) as [number, number];
  }

  middle(): [number, number] {
    return [this.element.clientWidth / 2, this.element.clientHeight / 2];
  }

  zoomBy(part: number): void {
    this.viewport.setZoom(Math.max(0.05, this.viewport.getZoom() * (1 + part)));
    this.redraw();
  }

  panBy([x, y]: readonly [number, number]): void {
    const [left, top] = this.viewport.getPan();
    this.viewport.setPan([left + x, top + y]);
    this.redraw();
  }

  windowBy(wider: number, brighter: number): void {
    const { voiRange } = this.viewport.getProperties();
    if (!voiRange) return;
    const { windowWidth, windowCenter } = utilities.windowLevel.toWindowLevel(voiRange.lower, voiRange.upper);
    this.setWindow(Math.max(1, windowWidth + wider), windowCenter + brighter);
  }

  scrollTo(index: number): void {
    if (this.video?.isRunning()) this.togglePlay(null);
    const wanted = Math.max(0, Math.min(this.imageIds.length - 1, index));
    const imageId = this.imageIds[wanted];
    if (!imageId) return;
    this.viewport.setImageIdIndex(wanted).catch((error: unknown) => this.fail(imageId, error));
  }

  scrollBy(step: number): void {
    const from = this.video?.index() ?? this.viewport.getTargetImageIdIndex();
    this.scrollTo(from + step);
  }

  setWindow(width: number, center: number): void {
    this.viewport.setProperties({ voiRange: utilities.windowLevel.toLowHighRange(width, center) });
    this.viewport.render();
  }

  invert(): void {
    this.withStraightLine(() => this.viewport.setProperties({ invert: !this.viewport.getProperties().invert }));
    this.redraw();
  }

  /** As the file, or the presentation state that is chosen, wants it. */
  reset(): void {
    this.resetWindow();
    this.place();
    this.redraw();
  }

  resetWindow(): void {
    this.showTones();
    this.viewport.render();
  }

  private curve(): void {
    if (!this.straight) applyVoiCurve(this.viewport);
  }

  /** A change that the viewport makes point by point, each time looking at all of them. */
  private withStraightLine(change: () => void): void {
    this.straight = true;
    straighten(this.viewport);
    change();
    this.straight = false;
    this.curve();
  }

  /** Turns the picture by a quarter, clockwise. */
  rotate(): void {
    this.viewport.setViewPresentation({ rotation: (this.viewport.getRotation() + 90) % 360 });
    this.redraw();
  }

  /** Left and right change places. */
  flip(): void {
    this.viewport.setCamera({ flipHorizontal: !this.viewport.getCamera().flipHorizontal });
    this.redraw();
  }

  /** One pixel of the image is one pixel of the screen. */
  trueSize(): void {
    const image = this.viewport.getImageData();
    if (!image) return;
    // Parallel scale is half of the height shown, in the units of the image's spacing.
    const parallelScale = (this.element.clientHeight * devicePixelRatio * (image.spacing[1] ?? 1)) / 2;
    this.viewport.setCamera({ parallelScale });
    this.redraw();
  }

  /** The whole picture, turned as it is. */
  fit(): void {
    if (this.imageIds.length === 0) return;
    const { flipHorizontal } = this.viewport.getCamera();
    const rotation = this.viewport.getRotation();
    this.viewport.resetCamera();
    if (flipHorizontal) this.viewport.setCamera({ flipHorizontal });
    if (rotation) this.viewport.setViewPresentation({ rotation });
    this.redraw();
  }

  /**
   * Turns the whole picture so, in the middle. @param millimetres of one unit of its world @returns how large it is then in millimetres, and its
   * cell in pixels of the screen; null while there is no picture
   */
  turned({ quarters, flipped }: Turn, millimetres: number): Standing | null {
    const image = this.viewport.getImageData();
    const [cellWidth, cellHeight] = [this.element.clientWidth, this.element.clientHeight];
    if (!image || cellWidth === 0 || cellHeight === 0) return null;
    this.viewport.setViewPresentation({ rotation: 0 });
    this.viewport.setCamera({ flipHorizontal: flipped });
    this.viewport.resetCamera();
    this.viewport.setCamera({ flipHorizontal: flipped });
    this.viewport.setViewPresentation({ rotation: quarters * 90 });
    const [width, height] = [0, 1].map((axis) => image.dimensions[axis]! * image.spacing[axis]! * millimetres) as [
      number,
      number,
    ];
    const cell = [cellWidth, cellHeight] as const;
    return quarters % 2 === 0 ? { width, height, cell } : { width: height, height: width, cell };
  }

  /** @param scale units of its world per pixel of the screen @param shift pixels of the screen to the right */
  stand(scale: number, shift: number): void {
    this.viewport.setCamera({ parallelScale: (this.element.clientHeight * scale) / 2 });
    this.viewport.setPan([shift, 0]);
    this.redraw();
  }

  private isFitted(): boolean {
    const [x, y] = this.viewport.getPan();
    return Math.abs(this.viewport.getZoom() - 1) < 0.01 && Math.hypot(x, y) < 1;
  }

  /** Plays and stops. */
  togglePlay(framesPerSecond: number | null): void {
    const imageId = this.viewport.getCurrentImageId() ?? '';
    if (videoOf(imageId) || this.video?.isRunning()) return this.toggleVideo(imageId);
    this.playing = !this.playing && this.imageIds.length > 1;
    play(this.element, this.playing ? (framesPerSecond ?? USUAL_RATE) : null);
    this.report();
  }

  /** A video plays over the picture; where it stops, that frame becomes the picture. */
  private toggleVideo(imageId: string): void {
    this.playing = !this.playing;
    if (this.playing) {
      this.leaveVideo();
      this.video = new PlayingVideo(this.element, this.viewport, this.imageIds, imageId, this.rate, (ended) =>
        ended ? this.toggleVideo(imageId) : this.report(),
      );
    } else {
      const index = this.video?.stop() ?? 0;
      const stopped = this.imageIds[index];
      if (stopped === this.viewport.getCurrentImageId()) this.leaveVideo();
      else this.viewport.setImageIdIndex(index).catch((error: unknown) => this.fail(stopped ?? '', error));
    }
    this.report();
  }

  private leaveVideo(): void {
    this.video?.remove();
    this.video = null;
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.video?.setRate(rate);
    this.report();
  }

  private redraw(): void {
    this.viewport.render();
    this.report();
  }

  destroy(): void {
    this.gone = true;
    this.resizing.disconnect();
    this.cover.destroy();
    this.leaveVideo();
    for (const stop of this.leave) stop();
    play(this.element, null);
    toolUtilities.stackContextPrefetch.disable(this.element);
    leave(this.id);
    this.engine.disableElement(this.id);
    giveEngine();
  }
}
