import { isLarge, type Whose } from './first-picture.js';

/** Tells the server that nobody looks yet: what is fetched is in the audit as fetched ahead, not as seen. */
const AHEAD = { purpose: 'prefetch' };

/**
 * Puts what the first picture of a read needs into the browser's cache, in the order in which it is shown. It may be kept there but not
 * used without asking: when the read is opened each part is asked for again, which the server notes as seen, and a few bytes answer.
 *
 * @throws DOMException `AbortError`
 */
export async function prefetchFirstPicture(readId: string, signal: AbortSignal): Promise<void> {
  const ask = (rest: string): Promise<Response> =>
    fetch(`/api/reads/${encodeURIComponent(readId)}/images${rest}`, {
      credentials: 'same-origin',
      headers: AHEAD,
      priority: 'low',
      signal,
    });
  const manifest = await ask('');
  if (manifest.status !== 200) return;
  const { series } = (await manifest.json()) as Whose;
  const preview = await ask('/first/preview');
  if (preview.status !== 200) return;
  // The browser keeps only what was taken to its end.
  await preview.arrayBuffer();
  const [, first = ''] = /\/images\/([^/]+)\/preview$/.exec(preview.headers.get('content-location') ?? '') ?? [];
  if (series.some((one) => one.seriesInstanceUid === decodeURIComponent(first) && isLarge(one))) return;
  const pixels = await ask('/first/pixels');
  await pixels.arrayBuffer();
}
