import { fitWithin, resampleByArea } from './resample.js';
import type { RenderedImage } from './render-to-rgb8.js';

/** A part of an image in its own pixels, from its upper left corner; it must lie within. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly flipHorizontally?: boolean;
  readonly flipVertically?: boolean;
}

/** Cuts a region out and flips it. Throws RangeError for a region that is empty or not within the image. */
export function cutRegion(image: RenderedImage, region: Region): RenderedImage {
  const { left, top, width, height } = region;
  const whole = [left, top, width, height].every((value) => Number.isInteger(value));
  if (
    !whole ||
    left < 0 ||
    top < 0 ||
    width < 1 ||
    height < 1 ||
    left + width > image.width ||
    top + height > image.height
  )
    throw new RangeError(`${width}×${height} at ${left},${top} is no region of ${image.width}×${image.height}`);
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    const fromY = top + (region.flipVertically ? height - 1 - y : y);
    for (let x = 0; x < width; x += 1) {
      const from = (fromY * image.width + left + (region.flipHorizontally ? width - 1 - x : x)) * channels;
      for (let c = 0; c < channels; c += 1) data[(y * width + x) * channels + c] = image.data[from + c]!;
    }
  }
  return { width, height, channels, data };
}

/** As large as fits into a viewport, proportions kept; enlarged by interpolation where it is smaller (PS3.18 8.3.5.1.3). */
export function fitViewport(image: RenderedImage, width: number, height: number): RenderedImage {
  const scale = Math.min(width / image.width, height / image.height);
  const to = {
    width: Math.max(1, Math.min(width, Math.round(image.width * scale))),
    height: Math.max(1, Math.min(height, Math.round(image.height * scale))),
  };
  if (scale <= 1) {
    const data = resampleByArea(image.data, image.width, image.height, image.channels, to.width, to.height);
    return { ...to, channels: image.channels, data };
  }
  return enlarged(image, to.width, to.height);
}

/** Square pixels of a part whose pixels are not (see `fitWithin`). */
export function squarePixels(image: RenderedImage, pixelAspect: number): RenderedImage {
  const { width, height } = fitWithin(image.width, image.height, pixelAspect, Infinity);
  const data = resampleByArea(image.data, image.width, image.height, image.channels, width, height);
  return { width, height, channels: image.channels, data };
}

/** Bilinear, between the centres of pixels. */
function enlarged(image: RenderedImage, width: number, height: number): RenderedImage {
  const { channels } = image;
  const data = new Uint8Array(width * height * channels);
  const columns = neighbours(image.width, width);
  for (const [y, row] of neighbours(image.height, height).entries()) {
    for (const [x, column] of columns.entries()) {
      for (let c = 0; c < channels; c += 1) {
        const at = (r: number, k: number) => image.data[(r * image.width + k) * channels + c]!;
        const above = at(row.first, column.first) * (1 - column.share) + at(row.first, column.second) * column.share;
        const below = at(row.second, column.first) * (1 - column.share) + at(row.second, column.second) * column.share;
        data[(y * width + x) * channels + c] = Math.round(above * (1 - row.share) + below * row.share);
      }
    }
  }
  return { width, height, channels, data };
}

function neighbours(from: number, to: number): { first: number; second: number; share: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const centre = Math.min(from - 1, Math.max(0, ((index + 0.5) * from) / to - 0.5));
    const first = Math.floor(centre);
    return { first, second: Math.min(from - 1, first + 1), share: centre - first };
  });
}
