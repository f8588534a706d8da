import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import dicomParser from 'dicom-parser';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture } from '#test/browser';
import { difference, pictureByCounterpart, pictureOnScreen, type Window } from '#test/browser-picture';
import { hasCounterpart } from '#test/counterpart';
import { eventually, QiaoProcess } from '#test/qiao-process';

jest.setTimeout(60_000);
const data = process.env['QIAO_TEST_DATA'];
if (data === undefined) throw new Error('QIAO_TEST_DATA must name the folder of real files');
const suite = ['chromium', 'dcm2pnm', 'gdcmconv'].every(hasCounterpart) ? describe : describe.skip;

const seriesFolder = join(data, 'dicom/series-ct-28');
const series = readdirSync(seriesFolder)
  .sort()
  .map((name) => readFileSync(join(seriesFolder, name)));
const single = (name: string) => readFileSync(join(data, 'dicom/transfer-syntax', name));

/** UIDs, and the window that the file itself gives. */
function about(bytes: Uint8Array): { study: string; instance: string; rows: number; window: Window | null } {
  const dataset = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
  const [center, width] = [dataset.floatString('x00281050'), dataset.floatString('x00281051')];
  return {
    study: dataset.string('x0020000d')!,
    instance: dataset.string('x00080018')!,
    rows: dataset.uint16('x00280010')!,
    window: center === undefined || width === undefined ? null : { center, width },
  };
}

suite('real images in the browser', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    ({ page, complaints } = await sitDown(browser, qiao, 'sun'));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  /** Sends files and opens their case, in a window that shows `rows` at an odd whole scale. */
  const open = async (files: readonly Uint8Array[], scale: number) => {
    const { study, rows } = about(files[0]!);
    expect((await qiao.stow('pacs-zhaozhuang', files)).status).toBe(200);
    const id = await eventually('the case', () =>
      page.evaluate<string | undefined>(`(async () => {
        const { items } = await (await fetch('/api/worklist?search=')).json();
        return items.find((row) => row.studyInstanceUid === '${study}')?.id;
      })()`),
    );
    // The patient line, the tools and marks take some of the height, the strip and the report 484 pixels of the width.
    await page.setViewportSize({ width: 1366, height: 120 + rows * scale });
    await page.goto(`${qiao.base}/reads/${id}`);
    await waitForPicture(page, study);
    const missing = await page.evaluate<number>(
      `${rows * scale} - document.querySelector('[data-testid=viewport] canvas').clientHeight`,
    );
    if (missing === 0) return;
    await page.setViewportSize({ width: 1366, height: 120 + rows * scale + missing });
    await page.reload();
    await waitForPicture(page, study);
  };

  it('draws every slice looked at of a CT of 28 as DCMTK does, in three windows', async () => {
    await open(series, 1);
    await page.getByTestId('frame-indicator').filter({ hasText: '15/28' }).waitFor();
    for (const slice of [0, 1, 13, 27]) {
      const bytes = series.find((one) => dicomParser.parseDicom(one).intString('x00200013') === slice + 1)!;
      await page.keyboard.press('Home');
      for (let step = 0; step < slice; step += 1) await page.keyboard.press('ArrowDown');
      await waitForPicture(page, about(bytes).instance);
      for (const [key, window] of [
        ['4', { center: 40, width: 80 }],
        ['3', { center: 500, width: 2000 }],
        ['0', about(bytes).window],
      ] as const) {
        await page.keyboard.press(key);
        await page.waitForTimeout(250);
        const compared = difference(await pictureOnScreen(page), await pictureByCounterpart(bytes, window));
        expect({ slice, key, ...compared, fits: compared.largest <= 2 && compared.mean < 1 }).toMatchObject({
          scale: 1,
          fits: true,
        });
        expect(compared.contrast).toBeGreaterThan(100);
      }
    }
  });

  const odd = (rows: number) => (rows === 64 ? 9 : rows === 100 ? 5 : 1);
  it.each([
    [
      'JPEG lossless',
      'cornerstone3D__CTImage.dcm_JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70.dcm',
      'dcmj2pnm',
    ],
    ['JPEG-LS', 'pydicom__MR_small_jpeg_ls_lossless.dcm', 'dcml2pnm'],
    ['JPEG 2000', 'pydicom__693_J2KI.dcm', 'gdcmconv'],
    ['RLE', 'pydicom__SC_rgb_rle.dcm', 'dcm2pnm'],
  ] as const)('decodes and draws %s as its counterpart does', async (_, name, tool) => {
    const bytes = single(name);
    const { rows, window } = about(bytes);
    await open([bytes], odd(rows));
    await page.waitForTimeout(300);
    const compared = difference(await pictureOnScreen(page), await pictureByCounterpart(bytes, window, tool));
    expect({ ...compared, fits: compared.largest <= 2 && compared.mean < 1 }).toMatchObject({ fits: true });
    expect(compared.contrast).toBeGreaterThan(100);
  });

  it('left nothing in the console', () => expect(complaints).toEqual([]));

  it('sends a folder of 84 files with repeats: each outcome is listed by name, one read a study', async () => {
    const { page: township, complaints: wrong } = await sitDown(browser, qiao, 'li');
    const folder = join(data, 'dicom/transfer-syntax');
    await township.getByTestId('folder-input').setInputFiles(folder);
    const card = township.getByTestId('batch');
    await eventually('the end of the upload', async () => (await card.getAttribute('data-phase')) === 'finished');
    await card.getByTestId('batch-summary').waitFor();
    await card.locator('summary').click();
    const shown = (await card.textContent())!;
    const names = readdirSync(folder);
    expect(names).toHaveLength(84);
    expect(names.filter((name) => !shown.includes(name))).toEqual([]);
    const lijia = await qiao.logIn('li');
    interface Sent {
      modality: string;
      state: string;
      instances: number;
      read: object | null;
    }
    const exams = await eventually('every examination to settle and open its read', async () => {
      const { body } = await lijia<{ items: Sent[] }>('GET', '/api/exams?limit=200');
      return body.items.every((exam) => exam.state === 'settled' && (exam.read || exam.instances === 0)) && body.items;
    });
    // 19 studies, less those of which no file has the UIDs it needs, and the one that the demo network began with.
    expect(exams.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  }, 120_000);
});
