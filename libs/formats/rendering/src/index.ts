export { type VoiFunction, type Window, windowed } from './voi.js';
export { type Palette, type PaletteChannel } from './palette.js';
export { renderToRgb8, type RenderableFrame, type RenderOptions, type RenderedImage } from './render-to-rgb8.js';
export { fitWithin, resampleByArea } from './resample.js';
