import { imageLoader, type Types } from '@cornerstonejs/core';

/** Draws an image small, by plain arithmetic: no viewport is spent on a thumbnail. */
export async function drawThumbnail(canvas: HTMLCanvasElement, imageId: string): Promise<void> {
  const image: Types.IImage = await imageLoader.loadAndCacheImage(imageId);
  const context = canvas.getContext('2d');
  if (!context) return;
  const size = canvas.width;
  const scale = Math.max(image.width, image.height) / size;
  const pixels = image.getPixelData();
  const channels = image.color ? Math.round(pixels.length / (image.width * image.height)) : 1;
  const prescaled = image.preScale?.scaled === true;
  const slope = prescaled ? 1 : image.slope || 1;
  const intercept = prescaled ? 0 : image.intercept || 0;
  const width = Number([image.windowWidth].flat()[0]) || 1;
  const low = (Number([image.windowCenter].flat()[0]) || 0) - width / 2;
  const out = context.createImageData(size, size);
  const left = (size - image.width / scale) / 2;
  const top = (size - image.height / scale) / 2;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const column = Math.floor((x - left) * scale);
      const row = Math.floor((y - top) * scale);
      const at = (y * size + x) * 4;
      out.data[at + 3] = 255;
      if (column < 0 || row < 0 || column >= image.width || row >= image.height) continue;
      const from = (row * image.width + column) * channels;
      for (let channel = 0; channel < 3; channel += 1) {
        const value = pixels[from + (channels > 1 ? channel : 0)] ?? 0;
        const shade = channels > 1 ? value : ((value * slope + intercept - low) / width) * 255;
        out.data[at + channel] = image.invert && channels === 1 ? 255 - shade : shade;
      }
    }
  }
  context.putImageData(out, 0, 0);
}
