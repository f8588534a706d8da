import { RenderingEngine } from '@cornerstonejs/core';

/** One engine draws every cell of the page. */
export const engineId = 'reading';

let engine: RenderingEngine | null = null;
let cells = 0;

export function takeEngine(): RenderingEngine {
  cells += 1;
  engine ??= new RenderingEngine(engineId);
  return engine;
}

/** The last cell that goes takes the engine with it. */
export function giveEngine(): void {
  cells -= 1;
  if (cells > 0) return;
  engine?.destroy();
  engine = null;
}
