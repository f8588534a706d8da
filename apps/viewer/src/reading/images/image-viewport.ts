import { Enums, eventTarget, RenderingEngine, utilities, type StackViewport, type Types } from '@cornerstonejs/core';
import {
  annotation,
  Enums as ToolEnums,
  LengthTool,
  PanTool,
  StackScrollTool,
  ToolGroupManager,
  utilities as toolUtilities,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import { drawFailure, startRendering, toolGroupId, type DrawFailure } from './rendering.js';

export type PointerTool = 'window' | 'zoom' | 'pan' | 'length' | 'scroll';

const toolNames: Record<PointerTool, string> = {
  window: WindowLevelTool.toolName,
  zoom: ZoomTool.toolName,
  pan: PanTool.toolName,
  length: LengthTool.toolName,
  scroll: StackScrollTool.toolName,
};

export interface ViewportState {
  /** Counts from 0. */
  index: number;
  windowWidth: number;
  windowCenter: number;
  zoom: number;
  invert: boolean;
  /** Letters at the top, right, bottom and left edges, from the camera. */
  letters: readonly [string, string, string, string];
}

export interface ViewportEvents {
  changed: (state: ViewportState) => void;
  /** The picture of this image id is on the screen. */
  drawn: (imageId: string) => void;
  failed: (imageId: string, failure: DrawFailure) => void;
}

const engineId = 'reading';
const viewportId = 'main';
const cross = (a: Types.Point3, b: Types.Point3): Types.Point3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** The picture: a Cornerstone stack viewport with the reading tools on one element. */
export class ImageViewport {
  private readonly engine: RenderingEngine;
  private readonly viewport: StackViewport;
  private readonly resizing: ResizeObserver;
  private readonly leave: (() => void)[] = [];
  private imageIds: readonly string[] = [];
  private gone = false;

  constructor(
    private readonly element: HTMLDivElement,
    private readonly events: ViewportEvents,
  ) {
    startRendering();
    this.engine = new RenderingEngine(engineId);
    this.engine.enableElement({
      viewportId,
      type: Enums.ViewportType.STACK,
      element,
      defaultOptions: { background: [0, 0, 0] },
    });
    this.viewport = this.engine.getViewport(viewportId) as StackViewport;
    ToolGroupManager.getToolGroup(toolGroupId)?.addViewport(viewportId, engineId);
    this.listen(element, Enums.Events.IMAGE_RENDERED, () => this.afterRender());
    this.listen(element, Enums.Events.VOI_MODIFIED, () => this.report());
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
      if (!this.gone && element.clientWidth > 0) this.engine.resize(true, true);
    });
    this.resizing.observe(element);
    this.pickPointer('window');
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
    this.events.drawn(shown);
    this.report();
  }

  private report(): void {
    if (this.gone || this.imageIds.length === 0) return;
    const { voiRange, invert } = this.viewport.getProperties();
    const window = voiRange
      ? utilities.windowLevel.toWindowLevel(voiRange.lower, voiRange.upper)
      : { windowWidth: Number.NaN, windowCenter: Number.NaN };
    this.events.changed({
      index: this.viewport.getTargetImageIdIndex(),
      windowWidth: window.windowWidth,
      windowCenter: window.windowCenter,
      zoom: this.viewport.getZoom() ?? Number.NaN,
      invert: invert ?? false,
      letters: this.letters(),
    });
  }

  private letters(): ViewportState['letters'] {
    const { viewUp, viewPlaneNormal } = this.viewport.getCamera();
    if (!viewUp || !viewPlaneNormal) return ['', '', '', ''];
    const right = cross(viewUp, viewPlaneNormal);
    const { getOrientationStringLPS, invertOrientationStringLPS } = toolUtilities.orientation;
    const top = getOrientationStringLPS(viewUp);
    const side = getOrientationStringLPS(right);
    return [top, side, invertOrientationStringLPS(top), invertOrientationStringLPS(side)];
  }

  async show(imageIds: string[], index: number): Promise<void> {
    this.imageIds = imageIds;
    delete this.element.dataset['renderedImageId'];
    try {
      await this.viewport.setStack(imageIds, index);
      if (this.gone) return;
      this.viewport.render();
      toolUtilities.stackContextPrefetch.enable(this.element);
    } catch (error) {
      const imageId = imageIds[index];
      if (imageId) this.fail(imageId, error);
    }
  }

  /** The same series with more images: what is on the screen stays. */
  async extend(imageIds: string[]): Promise<void> {
    const current = this.viewport.getCurrentImageId();
    await this.show(imageIds, Math.max(0, imageIds.indexOf(current)));
  }

  /** The left button does `tool`; wheel, right and middle button keep scrolling, zooming and panning. */
  pickPointer(tool: PointerTool): void {
    const group = ToolGroupManager.getToolGroup(toolGroupId);
    if (!group) return;
    const { Primary, Secondary, Auxiliary, Wheel } = ToolEnums.MouseBindings;
    const always: Partial<Record<PointerTool, number>> = { pan: Auxiliary, zoom: Secondary, scroll: Wheel };
    for (const [name, toolName] of Object.entries(toolNames) as [PointerTool, string][]) {
      group.setToolPassive(toolName, { removeAllBindings: true });
      const buttons = [always[name], name === tool ? Primary : undefined].filter((button) => button !== undefined);
      if (buttons.length > 0) {
        group.setToolActive(toolName, { bindings: buttons.map((mouseButton) => ({ mouseButton })) });
      }
    }
  }

  scrollTo(index: number): void {
    const wanted = Math.max(0, Math.min(this.imageIds.length - 1, index));
    const imageId = this.imageIds[wanted];
    if (!imageId) return;
    this.viewport.setImageIdIndex(wanted).catch((error: unknown) => this.fail(imageId, error));
  }

  scrollBy(step: number): void {
    this.scrollTo(this.viewport.getTargetImageIdIndex() + step);
  }

  setWindow(width: number, center: number): void {
    this.viewport.setProperties({ voiRange: utilities.windowLevel.toLowHighRange(width, center) });
    this.viewport.render();
  }

  invert(): void {
    this.viewport.setProperties({ invert: !this.viewport.getProperties().invert });
    this.viewport.render();
    this.report();
  }

  reset(): void {
    this.viewport.resetProperties();
    this.viewport.resetCamera();
    this.viewport.render();
    this.report();
  }

  resetWindow(): void {
    this.viewport.resetProperties();
    this.viewport.render();
  }

  /** Takes the last measurement away; says whether there was one. */
  undoMark(): boolean {
    const last = annotation.state.getAllAnnotations().at(-1);
    if (!last?.annotationUID) return false;
    annotation.state.removeAnnotation(last.annotationUID);
    this.viewport.render();
    return true;
  }

  destroy(): void {
    this.gone = true;
    this.resizing.disconnect();
    for (const stop of this.leave) stop();
    toolUtilities.stackContextPrefetch.disable(this.element);
    annotation.state.removeAllAnnotations();
    ToolGroupManager.getToolGroup(toolGroupId)?.removeViewports(engineId, viewportId);
    this.engine.destroy();
  }
}
