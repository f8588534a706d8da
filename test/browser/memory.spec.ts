import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { measuringPhantom } from '#test/measuring-phantom';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;

const seed = `memory-${process.pid}-${Date.now()}`;
const MEGABYTE = 1024 * 1024;
const STUDIES = 20;
const SLICES = 3;
/** Pixels of one study as the browser holds them. */
const STUDY_BYTES = SLICES * 1024 * 1024 * 2;
const cases = Array.from({ length: STUDIES }, (_, at) => ({
  label: `${seed} ${at}`,
  patient: { id: `MEM-${at}`, name: 'Nei^Cun=内^存' },
  columns: 1024,
  rows: 1024,
  slices: SLICES,
  spacing: [0.7, 0.7, 5] as const,
}));

/** What the page holds once its garbage is collected: objects, and the buffers that pixels lie in. */
async function heldBytes(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  const usage = (await devtools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
  expect(usage.backingStorageSize).toBeDefined();
  return usage.usedSize + usage.backingStorageSize!;
}

suite('the memory of a day', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  let reads: string[] = [];

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), launchBrowser()]);
    for (const one of cases) await qiao.stow('pacs-zhaozhuang', measuringPhantom(one));
    sun = await sitDown(browser, qiao, 'sun');
    const ask = await qiao.logIn('sun');
    await eventually('the reads', async () => {
      const { body } = await ask<{ items: { id: string; examState: string; patient: { number: string } }[] }>(
        'GET',
        '/api/worklist?limit=50',
      );
      reads = body.items
        .filter((one) => one.examState === 'settled' && one.patient.number.startsWith('MEM-'))
        .map(({ id }) => id);
      return reads.length === STUDIES;
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  /** By the application's own way, without loading the page again. */
  const open = async (page: Page, read: string): Promise<void> => {
    await page.evaluate(`history.pushState(null, '', '/reads/${read}'); dispatchEvent(new PopStateEvent('popstate'))`);
    await page.locator(`.reading[data-read-id="${read}"]`).waitFor();
    await waitForPicture(page);
    for (let slice = 0; slice < SLICES; slice += 1) {
      await page.keyboard.press(slice === 0 ? 'Home' : 'ArrowDown');
      await page
        .getByTestId('frame-indicator')
        .filter({ hasText: `${slice + 1}/${SLICES}` })
        .waitFor();
    }
  };

  it(`holds after ${STUDIES} studies what it held after the first`, async () => {
    const { page } = sun;
    const devtools = await page.context().newCDPSession(page);
    await open(page, reads[0]!);
    const first = await heldBytes(devtools);
    expect(first).toBeGreaterThan(STUDY_BYTES);
    for (const read of reads.slice(1)) await open(page, read);
    const last = await heldBytes(devtools);
    const grown = (last - first) / MEGABYTE;
    console.info(
      `${(first / MEGABYTE).toFixed(0)} MB after the first study, ${grown.toFixed(1)} MB more after ${STUDIES}`,
    );
    // All of them would be nineteen times as much as one.
    expect(grown).toBeLessThan((3 * STUDY_BYTES) / MEGABYTE);
    expect(sun.complaints).toEqual([]);
  });
});
