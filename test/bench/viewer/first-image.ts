import type { Browser, BrowserContext, Page } from 'playwright-core';

/** One cold opening of the study: milliseconds since the page was asked for, and what had come over the line by then. */
export interface Opening {
  readonly previewMs: number;
  readonly losslessMs: number;
  /** transferred bytes, as they came: compressed, with their headers */
  readonly previewBytes: number;
  readonly losslessBytes: number;
}

const PATIENCE_MS = 180_000;

/** Bytes of what had come whole by then; what was still coming is not counted. */
const BYTES_UNTIL = `(until) => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter((one) => one.responseEnd > 0 && one.responseEnd <= until)
  .reduce((sum, one) => sum + one.transferSize, 0)`;

/** Ours sets a mark when the frame with the picture has been asked for. */
const OUR_MARKS = `(() => {
  const [preview, lossless] = ['first-preview', 'first-lossless'].map((name) => performance.getEntriesByName(name)[0]?.startTime);
  return preview && lossless ? { preview, lossless } : undefined;
})()`;

/** OHIF has no preview: its first pixels are all pixels. Its canvas is looked at every 50 ms, at 48 × 48. */
const LOOK_FOR_PIXELS = `(() => {
  const small = Object.assign(document.createElement('canvas'), { width: 48, height: 48 }).getContext('2d', { willReadFrequently: true });
  const timer = setInterval(() => {
    const canvas = document.querySelector('.cornerstone-viewport-element canvas, canvas.cornerstone-canvas');
    if (!canvas?.width) return;
    small.drawImage(canvas, 0, 0, 48, 48);
    const { data } = small.getImageData(0, 0, 48, 48);
    let [least, most] = [255, 0];
    for (let at = 0; at < data.length; at += 4) { least = Math.min(least, data[at]); most = Math.max(most, data[at]); }
    if (most - least < 50) return;
    clearInterval(timer);
    performance.mark('peer-pixels');
  }, 50);
})()`;
const PEER_MARKS = `(() => {
  const at = performance.getEntriesByName('peer-pixels')[0]?.startTime;
  return at ? { preview: at, lossless: at } : undefined;
})()`;

interface Marks {
  preview: number;
  lossless: number;
}

async function marksOf(page: Page, marks: string): Promise<Marks> {
  const found = await page.waitForFunction(marks, undefined, { timeout: PATIENCE_MS, polling: 50 });
  return (await found.jsonValue()) as Marks;
}

const bytesUntil = (page: Page, ms: number): Promise<number> => page.evaluate<number>(`(${BYTES_UNTIL})(${ms})`);

async function opening(page: Page, url: string, script: string): Promise<Opening> {
  await page.goto(url, { waitUntil: 'commit', timeout: PATIENCE_MS });
  const { preview, lossless } = await marksOf(page, script);
  const [previewBytes, losslessBytes] = [await bytesUntil(page, preview), await bytesUntil(page, lossless)];
  return { previewMs: preview, losslessMs: lossless, previewBytes, losslessBytes };
}

/** A context of its own is a cold cache. */
async function cold<T>(browser: Browser, use: (context: BrowserContext) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' });
  try {
    return await use(context);
  } finally {
    await context.close();
  }
}

export interface SignedInReader {
  readonly username: string;
  readonly password: string;
}

async function signIn(context: BrowserContext, origin: string, reader: SignedInReader): Promise<void> {
  const answer = await context.request.post(`${origin}/api/session`, { data: reader });
  if (!answer.ok()) throw new Error(`cannot sign in: ${answer.status()} ${await answer.text()}`);
}

/** @param origin where the line to ours begins */
export const openOurs = (browser: Browser, origin: string, reader: SignedInReader, read: string): Promise<Opening> =>
  cold(browser, async (context) => {
    await signIn(context, origin, reader);
    return opening(await context.newPage(), `${origin}/reads/${read}`, OUR_MARKS);
  });

/** The same from the worklist, from the click on its row on; what the worklist itself has fetched is there, and counts for nothing. */
export const clickOurs = (browser: Browser, origin: string, reader: SignedInReader, name: string): Promise<Opening> =>
  cold(browser, async (context) => {
    await signIn(context, origin, reader);
    const page = await context.newPage();
    await page.goto(origin, { timeout: PATIENCE_MS });
    const row = page.getByTestId('worklist-row').filter({ hasText: name });
    await row.waitFor({ timeout: PATIENCE_MS });
    await page.waitForLoadState('networkidle', { timeout: PATIENCE_MS });
    await page.evaluate("addEventListener('click', () => performance.mark('clicked'), { capture: true, once: true })");
    await row.click();
    const marks = await marksOf(page, OUR_MARKS);
    const from = await page.evaluate<number>("performance.getEntriesByName('clicked')[0].startTime");
    const before = await bytesUntil(page, from);
    return {
      previewMs: marks.preview - from,
      losslessMs: marks.lossless - from,
      previewBytes: (await bytesUntil(page, marks.preview)) - before,
      losslessBytes: (await bytesUntil(page, marks.lossless)) - before,
    };
  });

/** @param origin where the line to OHIF's pages and Orthanc begins */
export const openPeer = (browser: Browser, origin: string, study: string): Promise<Opening> =>
  cold(browser, async (context) => {
    await context.addInitScript(LOOK_FOR_PIXELS);
    return opening(await context.newPage(), `${origin}/viewer?StudyInstanceUIDs=${study}`, PEER_MARKS);
  });
