import type { Frame } from './series.js';

const frames = new Map<string, Frame>();

/** What is known of an image of the viewports, by its image id or by the target id that tools give it. */
export const frameOf = (id: string): Frame | undefined => frames.get(id.replace(/^imageId:/, ''));

export function registerFrames(all: readonly Frame[]): void {
  for (const frame of all) frames.set(frame.imageId, frame);
}
