/** How fast a video may be played, of its own pace. */
export const RATES = [0.1, 0.25, 0.5, 1, 1.5, 2, 4] as const;

/** @param step 1: the next faster; -1: the next slower */
export const nextRate = (rate: number, step: number): number => {
  const at = RATES.findIndex((one) => one === rate);
  return RATES[Math.max(0, Math.min(RATES.length - 1, at + step))] ?? 1;
};
