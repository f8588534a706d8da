import type { RenderWish, ViewportRegion } from '#libs/catalogue';
import { Refusal } from '#libs/kernel';

const LARGEST_EDGE = 8_192;
const FUNCTIONS = { linear: 'LINEAR', 'linear-exact': 'LINEAR_EXACT', sigmoid: 'SIGMOID' } as const;
const THUMBNAIL = 200;

export interface RenderParameters {
  readonly wish: RenderWish;
  /** JPEG quality, 1 to 100 */
  readonly quality: number;
  /** what was asked for and is not done here */
  readonly warnings: readonly string[];
}

type Query = Readonly<Record<string, unknown>>;

/**
 * The query parameters of rendered resources (PS3.18 8.3.5): `window=center,width,function`, `viewport=vw,vh[,sx,sy,sw,sh]`,
 * `quality=1…100`, `annotation=patient,technique`; `iccprofile` makes no difference to pictures without a profile.
 * @throws Refusal `invalid` / bad-window, bad-viewport, bad-quality
 */
export function renderParameters(query: Query): RenderParameters {
  const window = windowOf(query['window']);
  const viewport = viewportOf(query['viewport'], true);
  const { annotations, warnings } = annotationsOf(query['annotation']);
  return {
    wish: { ...(window ? { window } : {}), ...(viewport ? { viewport } : {}), annotations },
    quality: qualityOf(query['quality']),
    warnings,
  };
}

/** Thumbnails (PS3.18 10.4.1.1.4) know a viewport without a region only. */
export function thumbnailParameters(query: Query): RenderParameters {
  const viewport = viewportOf(query['viewport'], false) ?? { width: THUMBNAIL, height: THUMBNAIL };
  return { wish: { viewport }, quality: 80, warnings: [] };
}

function windowOf(value: unknown): RenderWish['window'] {
  if (value === undefined) return undefined;
  const [center, width, name] = String(value).split(',');
  const voiFunction = FUNCTIONS[(name ?? 'linear').trim().toLowerCase() as keyof typeof FUNCTIONS];
  const window = { center: numberOf(center), width: numberOf(width), voiFunction };
  const least = voiFunction === 'LINEAR' ? 1 : Number.MIN_VALUE;
  if (voiFunction === undefined || Number.isNaN(window.center) || !(window.width >= least))
    throw new Refusal('invalid', 'bad-window', 'window is center,width,function with linear, linear-exact or sigmoid.');
  return window;
}

function viewportOf(value: unknown, withRegion: boolean): RenderWish['viewport'] {
  if (value === undefined) return undefined;
  const parts = String(value).split(',');
  const [width, height, ...rest] = parts.map((part) => (part.trim() === '' ? undefined : numberOf(part)));
  const edge = (size: number | undefined) => Number.isInteger(size) && size! >= 1 && size! <= LARGEST_EDGE;
  const whole = rest.every((part) => part === undefined || Number.isInteger(part));
  if (!edge(width) || !edge(height) || parts.length > 6 || !whole || (rest.length > 0 && !withRegion))
    throw new Refusal(
      'invalid',
      'bad-viewport',
      `viewport is ${withRegion ? 'vw,vh or vw,vh,sx,sy,sw,sh' : 'vw,vh'} in whole pixels, ${LARGEST_EDGE} at most.`,
    );
  const [left, top, regionWidth, regionHeight] = rest;
  const region: ViewportRegion = { left, top, width: regionWidth, height: regionHeight };
  return { width: width!, height: height!, ...(rest.length > 0 ? { region } : {}) };
}

function qualityOf(value: unknown): number {
  if (value === undefined) return 90;
  const quality = numberOf(String(value));
  if (!Number.isInteger(quality) || quality < 1 || quality > 100)
    throw new Refusal('invalid', 'bad-quality', 'quality is a whole number from 1 to 100.');
  return quality;
}

function annotationsOf(value: unknown): { annotations: ReadonlySet<'patient' | 'technique'>; warnings: string[] } {
  const annotations = new Set<'patient' | 'technique'>();
  const warnings: string[] = [];
  for (const name of value === undefined
    ? []
    : String(value)
        .split(',')
        .map((part) => part.trim())) {
    if (name === 'patient' || name === 'technique') annotations.add(name);
    else warnings.push(`The annotation ${name.slice(0, 40)} is not known here.`);
  }
  return { annotations, warnings };
}

function numberOf(text: string | undefined): number {
  return text === undefined || !/^\s*[-+]?\d+(\.\d+)?(e[-+]?\d+)?\s*$/i.test(text) ? Number.NaN : Number(text);
}
