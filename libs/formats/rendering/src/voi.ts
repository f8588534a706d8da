export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** Centre and width in modality units (after rescale), as in (0028,1050) and (0028,1051). */
export interface Window {
  readonly center: number;
  readonly width: number;
  readonly voiFunction: VoiFunction;
}

/** Whether the standard gives this window a meaning: LINEAR asks for a width of at least 1, the others for more than 0. */
export function isWindow({ center, width, voiFunction }: Window): boolean {
  return Number.isFinite(center) && Number.isFinite(width) && (voiFunction === 'LINEAR' ? width >= 1 : width > 0);
}

/** A modality value through the window, 0–255 and not rounded; PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2. */
export function windowed(x: number, { center: c, width: w, voiFunction }: Window): number {
  if (voiFunction === 'SIGMOID') return 255 / (1 + Math.exp((-4 * (x - c)) / w));
  if (voiFunction === 'LINEAR_EXACT') {
    if (x <= c - w / 2) return 0;
    if (x > c + w / 2) return 255;
    return ((x - c) / w + 0.5) * 255;
  }
  if (x <= c - 0.5 - (w - 1) / 2) return 0;
  if (x > c - 0.5 + (w - 1) / 2) return 255;
  return ((x - (c - 0.5)) / (w - 1) + 0.5) * 255;
}
