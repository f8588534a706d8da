import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page, Route } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { measuringPhantom, phantomValue, type PhantomOptions } from '#test/measuring-phantom';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;

const seed = `first-${process.pid}-${Date.now()}`;
const volume = (id: string, name: string, more: Partial<PhantomOptions> = {}): PhantomOptions => ({
  label: `${seed} ${id}`,
  patient: { id, name },
  columns: 200,
  rows: 160,
  slices: 7,
  spacing: [1, 1, 4],
  ...more,
});
const long = volume('FP-1', 'Ouyang^Zhenhua=欧阳^振华');
const oblong = volume('FP-2', 'Chang^Fang=常^方', { spacing: [1.5, 0.6, 3] });
const others = ['甲', '乙', '丙'].map((name, at) => volume(`FP-${3 + at}`, `Bing^Ren=病${name}`));
/** Requests for what the application is made of. */
const ASSETS = '**/assets/*';

suite('the first picture', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  let page: Page;
  const reads = new Map<string, string>();

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), launchBrowser()]);
    await qiao.stow('pacs-zhaozhuang', [long, oblong, ...others].flatMap(measuringPhantom));
    sun = await sitDown(browser, qiao, 'sun');
    ({ page } = sun);
    const ask = await qiao.logIn('sun');
    await eventually('the reads', async () => {
      type Row = { id: string; examState: string; patient: { number: string } };
      const { body } = await ask<{ items: Row[] }>('GET', '/api/worklist?limit=50');
      for (const { id, patient } of body.items.filter((one) => one.examState === 'settled'))
        reads.set(patient.number, id);
      return [long, oblong, ...others].every(({ patient }) => reads.has(patient.id));
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  const first = () => page.getByTestId('first-picture');
  /** Keeps requests waiting; what is returned lets them go. */
  const hold = async (what: string): Promise<() => Promise<void>> => {
    const held: Route[] = [];
    let open = false;
    await page.route(what, (route) => (open ? route.continue() : void held.push(route)));
    return async () => {
      open = true;
      await Promise.all(held.map((route) => route.continue().catch(() => undefined)));
      await page.unroute(what);
    };
  };
  const marks = () =>
    page.evaluate<string[]>(
      `performance.getEntriesByType('mark').map(({ name }) => name).filter((name) => name.startsWith('first-'))`,
    );
  /** Greys of the canvas, and its size. */
  const drawn = () =>
    page.evaluate<{ width: number; height: number; greys: number[] }>(`(() => {
      const canvas = document.querySelector('.first-picture canvas');
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
      return { width, height, greys: Array.from({ length: width * height }, (_, at) => data[at * 4]) };
    })()`);

  it('is there before any of the application: whose it is, a preview that says so, then every pixel', async () => {
    const releasePixels = await hold('**/images/first/pixels');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${qiao.base}/reads/${reads.get('FP-1')}`);
    await first().getByText('预览').waitFor();
    expect(asked.filter((path) => path.startsWith('/assets/'))).toEqual([]);
    const text = await first().innerText();
    for (const words of ['欧阳振华', 'FP-1', '赵庄镇卫生院']) expect(text).toContain(words);
    await eventually('its mark', async () => (await marks()).includes('first-preview'));
    expect(await marks()).toEqual(['first-preview']);

    const releaseAssets = await hold(ASSETS);
    await releasePixels();
    await page.locator('[data-testid=first-picture][data-state=lossless]').waitFor();
    expect(await first().innerText()).not.toContain('预览');
    await eventually('its mark', async () => (await marks()).includes('first-lossless'));
    const { width, height, greys } = await drawn();
    expect([width, height]).toEqual([long.columns, long.rows]);
    const { center, width: wide } = { center: 100, width: 1000 };
    expect(await first().innerText()).toContain(`窗宽 ${wide} 窗位 ${center}`);
    const wrong = greys.filter((grey, at) => {
      const value = phantomValue(at % width, Math.floor(at / width), long.slices >> 1);
      const expected = Math.min(1, Math.max(0, (value - center + 0.5) / (wide - 1) + 0.5)) * 255;
      return Math.abs(grey - expected) > 0.51;
    });
    expect(wrong).toHaveLength(0);

    await releaseAssets();
    await waitForPicture(page);
    expect(await page.getByTestId('frame-indicator').innerText()).toContain(`${(long.slices >> 1) + 1}`);
    await first().waitFor({ state: 'detached' });
    expect(await marks()).toEqual(['first-preview', 'first-lossless']);
    expect(sun.complaints).toEqual([]);
  });

  it('stands in the reading page while the images are fetched, in true proportion', async () => {
    const releaseImages = await hold('**/dicom-web/**');
    await page.goto(`${qiao.base}/reads/${reads.get('FP-2')}`);
    await page.locator('.first-slot [data-testid=first-picture][data-state=lossless]').waitFor();
    await page.getByTestId('patient-name').getByText('常方').waitFor();
    const { width, height } = await drawn();
    const [dx, dy] = oblong.spacing;
    expect(Math.abs(width / height - (oblong.columns * dx) / (oblong.rows * dy))).toBeLessThan(0.01);
    await releaseImages();
    await waitForPicture(page);
    await first().waitFor({ state: 'detached' });
  });

  it('is never of another person, however fast one opens cases', async () => {
    const names = new Map(
      others.map(({ patient }) => [reads.get(patient.id)!, patient.name.split('=')[1]!.replace('^', '')]),
    );
    await page.goto(qiao.base);
    // Answers come late and out of order.
    let turn = 0;
    await page.route('**/api/reads/*/images**', async (route) => {
      turn += 1;
      await new Promise((resolve) => setTimeout(resolve, (turn * 137) % 400));
      await route.continue().catch(() => undefined);
    });
    await page.evaluate(`(() => {
      window.seen = [];
      const look = () => {
        for (const element of document.querySelectorAll('.first-picture')) {
          if (element.isConnected && element.querySelector('.first-pixels'))
            window.seen.push([location.pathname, element.dataset.readId, element.innerText]);
        }
        requestAnimationFrame(look);
      };
      look();
    })()`);
    for (let round = 0; round < 12; round += 1) {
      const { patient } = others[round % others.length]!;
      await page
        .getByTestId('worklist-row')
        .filter({ hasText: patient.name.split('=')[1]!.replace('^', '') })
        .click();
      await page.getByTestId('patient-name').waitFor();
      await page.waitForTimeout((round * 97) % 500);
      await page.goBack();
    }
    const seen = await page.evaluate<[string, string, string][]>('window.seen');
    expect(seen.length).toBeGreaterThan(0);
    for (const [path, id, text] of seen) {
      expect(path).toBe(`/reads/${id}`);
      expect(text).toContain(names.get(id)!);
    }
    await page.unroute('**/api/reads/*/images**');
  });

  it('leaves a person who is not signed in to the sign-in page, and a read that is not there to its words', async () => {
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${qiao.base}/reads/${reads.get('FP-1')}`);
    await stranger.getByTestId('username').waitFor();
    expect(await stranger.getByTestId('first-picture').count()).toBe(0);
    await stranger.context().close();
    await page.goto(`${qiao.base}/reads/00000000-0000-4000-8000-000000000000`);
    await page.getByText('没有').first().waitFor();
    await first().waitFor({ state: 'detached' });
  });
});
