/**
 * Frames as pictures, pure: samples through rescale, window and palette to 8 bits; regions, viewports, text in the picture; PNG; frames packed
 * without loss for a browser.
 */
export { type VoiFunction, type Window, windowed } from './voi.js';
export { type Palette, type PaletteChannel } from './palette.js';
export { drawText, textWidth, type GlyphFont } from './draw-text.js';
export { type LookupTable } from './lookup-table.js';
export { packPicture, type PackedHead } from './packed-picture.js';
export { encodePng } from './png.js';
export { cutRegion, fitViewport, squarePixels, type Region } from './region.js';
export { renderToRgb8, type RenderableFrame, type RenderOptions, type RenderedImage } from './render-to-rgb8.js';
export { fitWithin, resampleByArea } from './resample.js';
