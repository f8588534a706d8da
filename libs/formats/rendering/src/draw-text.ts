import { outlineStrokes, type Stroke } from './glyph-outline.js';
import type { RenderedImage } from './render-to-rgb8.js';

/** What drawing needs of a font; `readTrueType` gives it. */
export interface GlyphFont {
  readonly unitsPerEm: number;
  readonly ascent: number;
  glyphOf(codePoint: number): number;
  advanceOf(glyph: number): number;
  outlineOf(glyph: number): Buffer;
}

/** Width of a line in pixels. */
export function textWidth(font: GlyphFont, text: string, size: number): number {
  let units = 0;
  for (const character of text) units += font.advanceOf(font.glyphOf(character.codePointAt(0)!));
  return (units * size) / font.unitsPerEm;
}

/** Writes one line in white with a dark rim into `image`, its upper left corner at `left`, `top`; what does not fit is cut. */
export function drawText(
  image: RenderedImage,
  font: GlyphFont,
  text: string,
  { left, top, size }: { readonly left: number; readonly top: number; readonly size: number },
): void {
  const scale = size / font.unitsPerEm;
  const baseline = top + font.ascent * scale;
  const mask = new Float32Array(image.width * image.height);
  let x = left;
  for (const character of text) {
    const glyph = font.glyphOf(character.codePointAt(0)!);
    const strokes = outlineStrokes((part) => font.outlineOf(part), glyph);
    fill(
      mask,
      image.width,
      image.height,
      strokes.map(({ x0, y0, x1, y1 }) => ({
        x0: x + x0 * scale,
        y0: baseline - y0 * scale,
        x1: x + x1 * scale,
        y1: baseline - y1 * scale,
      })),
    );
    x += font.advanceOf(glyph) * scale;
  }
  blend(image, mask);
}

/**
 * Adds the coverage of a closed outline to `mask`: each piece leaves in each row it crosses how much of the pixels to its right it
 * encloses; summed up along the row this is the part of a pixel inside (the signed area of its trapezoids).
 */
function fill(mask: Float32Array, width: number, height: number, strokes: readonly Stroke[]): void {
  if (strokes.length === 0) return;
  const top = Math.max(0, Math.floor(Math.min(...strokes.map((s) => Math.min(s.y0, s.y1)))));
  const bottom = Math.min(height, Math.ceil(Math.max(...strokes.map((s) => Math.max(s.y0, s.y1)))));
  for (let y = top; y < bottom; y += 1) {
    const row = new Float32Array(width + 2);
    for (const stroke of strokes) crossing(row, width, y, stroke);
    let sum = 0;
    for (let x = 0; x < width; x += 1) {
      sum += row[x]!;
      const covered = Math.min(1, Math.abs(sum));
      if (covered > 0.002) mask[y * width + x] = Math.max(mask[y * width + x]!, covered);
    }
  }
}

function crossing(row: Float32Array, width: number, y: number, { x0, y0, x1, y1 }: Stroke): void {
  if (y0 === y1) return;
  const direction = y0 < y1 ? 1 : -1;
  const [upX, upY, downX, downY] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const from = Math.max(y, upY);
  const to = Math.min(y + 1, downY);
  if (from >= to) return;
  const slope = (downX - upX) / (downY - upY);
  // In eighths of a row the piece is as good as upright.
  const steps = Math.max(1, Math.ceil(Math.abs(slope) * (to - from) * 8));
  const each = (to - from) / steps;
  for (let step = 0; step < steps; step += 1) {
    const x = Math.min(width, Math.max(0, upX + slope * (from + (step + 0.5) * each - upY)));
    const pixel = Math.floor(x);
    const inside = 1 - (x - pixel);
    row[pixel]! += direction * each * inside;
    row[pixel + 1]! += direction * each * (1 - inside);
  }
}

/** A dark rim of one pixel keeps the writing legible on bright ground. */
function blend(image: RenderedImage, mask: Float32Array): void {
  const { width, height, channels, data } = image;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let rim = 0;
      for (let dy = -1; dy <= 1; dy += 1) {
        for (let dx = -1; dx <= 1; dx += 1) {
          if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
          rim = Math.max(rim, mask[(y + dy) * width + x + dx]!);
        }
      }
      if (rim === 0) continue;
      const ink = mask[y * width + x]!;
      for (let c = 0; c < channels; c += 1) {
        const at = (y * width + x) * channels + c;
        data[at] = Math.round(data[at]! * (1 - rim * 0.8) * (1 - ink) + 255 * ink);
      }
    }
  }
}
