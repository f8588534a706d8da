import * as core from '@cornerstonejs/core';
import * as loader from '@cornerstonejs/dicom-image-loader';
import * as tools from '@cornerstonejs/tools';
import type { LoadedSeries, Frame } from './series.js';

export const toolGroupId = 'reading';
const framesByImageId = new Map<string, Frame>();
let started = false;
let lengthWords = { pixels: 'px', detectorPlane: 'at detector' };

/** The words that measured lengths carry, in the reader's language. */
export const setLengthWords = (words: typeof lengthWords): void => {
  lengthWords = words;
};

/** A length says which kind of millimetre it is, and stays in pixels where the image has no spacing. */
function lengthText(data: tools.Types.Annotation['data'], targetId: string): string[] {
  const stats = (data['cachedStats'] as Record<string, { length?: number | null }> | undefined)?.[targetId];
  const length = stats?.length;
  if (length === undefined || length === null || Number.isNaN(length)) return [];
  const spacing = framesByImageId.get(targetId.replace(/^imageId:/, ''))?.spacing ?? { of: 'pixels' };
  if (spacing.of === 'patient') return [`${length.toFixed(1)} mm`];
  if (spacing.of === 'detector')
    return [`${(length * spacing.millimetres).toFixed(1)} mm (${lengthWords.detectorPlane})`];
  return [`${length.toFixed(0)} ${lengthWords.pixels}`];
}

function startTools(): void {
  tools.init();
  const all = [tools.WindowLevelTool, tools.ZoomTool, tools.PanTool, tools.StackScrollTool, tools.LengthTool];
  for (const tool of all) tools.addTool(tool);
  const group = tools.ToolGroupManager.createToolGroup(toolGroupId);
  if (!group) return;
  for (const tool of all) {
    group.addTool(tool.toolName, tool === tools.LengthTool ? { getTextLines: lengthText } : {});
  }
  const { MouseBindings } = tools.Enums;
  group.setToolActive(tools.StackScrollTool.toolName, { bindings: [{ mouseButton: MouseBindings.Wheel }] });
  group.setToolPassive(tools.LengthTool.toolName);
}

/** Starts Cornerstone once: on the GPU where there is WebGL, else on the CPU. */
export function startRendering(): void {
  if (started) return;
  started = true;
  core.init();
  // A frame that does not arrive is reported by the viewport's own events; the loader besides leaves a promise behind.
  window.addEventListener('unhandledrejection', (event) => {
    if (event.reason instanceof XMLHttpRequest) event.preventDefault();
  });
  loader.init({ maxWebWorkers: Math.max(1, Math.min(4, Math.floor((navigator.hardwareConcurrency || 2) / 2))) });
  startTools();
}

export const rendersOnCpu = (): boolean => core.getShouldUseCPURendering();

export function registerMetadata(loaded: LoadedSeries): void {
  for (const frame of loaded.frames) framesByImageId.set(frame.imageId, frame);
  for (const { imageId, dataset } of loaded.metadata) {
    loader.wadors.metaDataManager.add(imageId, dataset as never);
  }
}

/** Why an image was not drawn, in a form that words can be found for. */
export type DrawFailure =
  { why: 'status'; status: number } | { why: 'network' } | { why: 'decode'; detail: string } | { why: 'memory' };

/** The loader rejects with the request itself, or with what the decoder threw. */
export function drawFailure(error: unknown): DrawFailure {
  const inner = error && typeof error === 'object' && 'error' in error ? (error as { error: unknown }).error : error;
  if (inner instanceof XMLHttpRequest) {
    return inner.status ? { why: 'status', status: inner.status } : { why: 'network' };
  }
  const detail = inner instanceof Error ? inner.message : String(inner ?? '');
  if (/cache.*size|memory|allocation/i.test(detail)) return { why: 'memory' };
  return { why: 'decode', detail: detail.slice(0, 160) };
}
