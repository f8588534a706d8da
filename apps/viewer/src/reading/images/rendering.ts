import * as core from '@cornerstonejs/core';
import * as loader from '@cornerstonejs/dicom-image-loader';
import { ApiError } from '../../api/client.js';
import { refusal } from '../../api/dicom-web.js';
import { CannotDraw, type Undrawable } from './drawing.js';
import { drawOverPictures } from './drawn-over.js';
import { forgetFrames, registerFrames } from './frame-registry.js';
import { forgetLoaded, registerPictureLoader } from './picture-loader.js';
import { startTools } from './reading-tools.js';
import type { LoadedSeries } from './series.js';

let started = false;

const MEGABYTE = 1024 * 1024;
/** What decoded images may take: on a machine of 4 GB, with a system and a browser on it, a CT of 1400 slices. */
const cacheBytes = (): number =>
  ((navigator as { deviceMemory?: number }).deviceMemory ?? 4) <= 4 ? 768 * MEGABYTE : 1536 * MEGABYTE;

/** A frame without loss in a quarter of its bytes, where the server has it so; else as it is stored. */
const FRAMES = [
  'multipart/related; type="image/jphc"; transfer-syntax=1.2.840.10008.1.2.4.202',
  'multipart/related; type="application/octet-stream"; transfer-syntax=*; q=0.9',
].join(', ');

/** Starts Cornerstone once: on the GPU where there is WebGL, else on the CPU. */
export function startRendering(): void {
  if (started) return;
  started = true;
  core.init();
  core.cache.setMaxCacheSize(cacheBytes());
  // A frame that does not arrive is reported by the viewport's own events; the loader besides leaves a promise behind.
  window.addEventListener('unhandledrejection', (event) => {
    if (
      event.reason instanceof XMLHttpRequest ||
      event.reason instanceof CannotDraw ||
      event.reason instanceof ApiError
    )
      event.preventDefault();
  });
  loader.init({
    maxWebWorkers: Math.max(1, Math.min(4, Math.floor((navigator.hardwareConcurrency || 2) / 2))),
    beforeSend: () => ({ Accept: FRAMES }),
  });
  registerPictureLoader();
  drawOverPictures();
  startTools();
}

export const rendersOnCpu = (): boolean => core.getShouldUseCPURendering();

/** Images whose metadata the loader has: of this case, and of the one before it. */
let known = new Set<string>();
let knownBefore = new Set<string>();

export function registerMetadata(loaded: LoadedSeries): void {
  for (const { imageId, dataset } of loaded.metadata) {
    loader.wadors.metaDataManager.add(imageId, dataset as never);
  }
  for (const { imageId } of loaded.frames) known.add(imageId);
  registerFrames(loaded.frames);
}

/** A case is left: its images and those still asked for go. An image that is on its way needs its metadata yet: they go with the next case. */
export function forgetImages(): void {
  const { Interaction, Thumbnail, Prefetch, Compute } = core.Enums.RequestType;
  for (const type of [Interaction, Thumbnail, Prefetch, Compute]) core.imageLoadPoolManager.clearRequestStack(type);
  core.cache.purgeCache();
  for (const imageId of knownBefore) if (!known.has(imageId)) loader.wadors.metaDataManager.remove(imageId);
  knownBefore = known;
  known = new Set();
  forgetFrames();
  forgetLoaded();
}

/** Why an image was not drawn, in a form that words can be found for. */
export type DrawFailure =
  | { why: 'refused'; problem: ApiError }
  | { why: 'network' }
  | { why: 'decode'; detail: string }
  | { why: 'memory' }
  | { why: 'undrawable'; kind: Undrawable };

/** The loader rejects with the request itself, or with what the decoder threw. */
export function drawFailure(error: unknown): DrawFailure {
  const inner = error && typeof error === 'object' && 'error' in error ? (error as { error: unknown }).error : error;
  if (inner instanceof CannotDraw) return { why: 'undrawable', kind: inner.why };
  const problem =
    inner instanceof XMLHttpRequest
      ? refusal(inner.status, inner.response instanceof ArrayBuffer ? inner.response : new ArrayBuffer())
      : inner;
  if (problem instanceof ApiError) return problem.unreachable ? { why: 'network' } : { why: 'refused', problem };
  const detail = inner instanceof Error ? inner.message : String(inner ?? '');
  if (/cache.*size|memory|allocation/i.test(detail)) return { why: 'memory' };
  return { why: 'decode', detail: detail.slice(0, 160) };
}
