import { detectEcgFormat } from '../detect-ecg-format.js';
import { openEdfReel } from '../edf/edf-reel.js';
import { openIshneReel } from '../ishne/read-ishne.js';
import type { EcgReel } from './ecg-reel.js';

/** Enough of a file's beginning for `openEcgReel`. */
export const REEL_HEAD = 256 * 1024;

/**
 * Opens an ISHNE or EDF file of `size` bytes by its first {@link REEL_HEAD} bytes (or all, where there are fewer); null for every other
 * format, and for an EDF+D, whose records may have gaps between them.
 *
 * @throws EcgFormatError as the format's reader, for what the head and the size already show
 */
export function openEcgReel(head: Uint8Array, size: number): EcgReel | null {
  const format = detectEcgFormat(head);
  if (format === 'ishne') return openIshneReel(head, size);
  return format === 'edf' ? openEdfReel(head, size) : null;
}
