import { useCallback, useState } from 'react';

/** A bank card: ISO/IEC 7810, ID-1. */
export const CARD_MM = { width: 85.6, height: 53.98 };
/** CSS pixels of a millimetre, by CSS's own definition, which screens do not keep to. */
const NOMINAL = 96 / 25.4;
const KEY = 'qiao.ecg.device-pixels-per-mm';

/** Within what any screen can be; the browser's own zoom is in it. */
const plausible = (pixels: number): boolean => pixels >= 1 && pixels <= 60;

/**
 * CSS pixels of a real millimetre on this screen, kept by this browser in device pixels, so that zooming the page does not
 * change it. `calibrated` is false until somebody has measured.
 */
export function useScreenScale() {
  const [devicePixels, setDevicePixels] = useState<number | null>(() => {
    try {
      const kept = Number(localStorage.getItem(KEY));
      return plausible(kept) ? kept : null;
    } catch {
      return null;
    }
  });
  const keep = useCallback((pixelsPerMm: number) => {
    const value = pixelsPerMm * (window.devicePixelRatio || 1);
    if (!plausible(value)) return;
    setDevicePixels(value);
    try {
      localStorage.setItem(KEY, String(value));
    } catch {
      // It holds for this page, then.
    }
  }, []);
  const pixelsPerMm = devicePixels === null ? NOMINAL : devicePixels / (window.devicePixelRatio || 1);
  return { pixelsPerMm, calibrated: devicePixels !== null, keep };
}
