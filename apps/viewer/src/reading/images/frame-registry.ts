import type { Frame } from './series.js';

const frames = new Map<string, Frame>();
const places = new Map<string, Frame>();
const listeners = new Set<() => void>();
const placeOf = (sopInstanceUid: string, frame: number): string => `${sopInstanceUid}/${frame}`;

/** What is known of an image of the viewports, by its image id or by the target id that tools give it. */
export const frameOf = (id: string): Frame | undefined => frames.get(id.replace(/^imageId:/, ''));

export const frameAt = (sopInstanceUid: string, frame: number): Frame | undefined =>
  places.get(placeOf(sopInstanceUid, frame));

/** After the image loader knows their metadata. */
export function registerFrames(all: readonly Frame[]): void {
  for (const frame of all) {
    frames.set(frame.imageId, frame);
    places.set(placeOf(frame.sopInstanceUid, frame.frame), frame);
  }
  for (const listener of listeners) listener();
}

/** Images that were made and are shown no longer. */
export function dropFrames(all: readonly Frame[]): void {
  for (const { imageId } of all) frames.delete(imageId);
}

/** @returns ends it */
export function whenFramesCome(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A case is left. */
export function forgetFrames(): void {
  frames.clear();
  places.clear();
}
