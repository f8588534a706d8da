import type { MedianBeat } from './median-beat.js';

/** Area of a wave between two places of the median beat, above the level at its start, in microvolts times samples. */
export function areaOf(beat: MedianBeat, from: number, to: number, level = levelBefore(beat, from)): number {
  let sum = 0;
  for (let i = Math.max(0, Math.round(from)); i < Math.min(beat.values.length, Math.round(to)); i++)
    sum += beat.values[i]! - level;
  return sum;
}

/** Mean of the 16 ms before a place. */
export function levelBefore(beat: MedianBeat, place: number): number {
  let [sum, count] = [0, 0];
  for (let i = Math.max(0, Math.round(place) - 8); i < Math.round(place); i++) {
    sum += beat.values[i] ?? 0;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/**
 * Frontal axis in degrees, -179 to 180, of two limb leads by Einthoven's triangle: I points to 0°, II to 60°, so that the part along
 * aVF is (2 II - I) / √3. Null when neither lead has a wave to speak of (own choice: 5 µV over its length).
 */
export function frontalAxis(beats: readonly MedianBeat[], from: number, to: number, level?: number): number | null {
  const limb = (name: string): number | null => {
    const beat = beats.find((each) => each.name === name);
    if (!beat) return null;
    return areaOf(beat, from, to, level === undefined ? undefined : levelBefore(beat, level)) / Math.max(1, to - from);
  };
  const [I, III] = [limb('I'), limb('III')];
  const II = limb('II') ?? (I !== null && III !== null ? I + III : null);
  if (I === null || II === null || Math.hypot(I, II) < 5) return null;
  const degrees = Math.round((Math.atan2((2 * II - I) / Math.sqrt(3), I) * 180) / Math.PI);
  return degrees === -180 ? 180 : degrees;
}
