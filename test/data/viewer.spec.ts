import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dicomParser from 'dicom-parser';
import type { Browser, Page } from 'playwright-core';
import type { WritableDataset } from '#libs/formats/dicom';
import { launchBrowser, sitDown, waitForPicture } from '#test/browser';
import {
  difference,
  pictureByCounterpart,
  pictureOnScreen,
  pictureThroughState,
  shuttered,
  stateByCounterpart,
  type Picture,
  type Window,
} from '#test/browser-picture';
import { modified } from '#test/changed-files';
import { hasCounterpart } from '#test/counterpart';
import { mark } from '#test/mark-by-mouse';
import { cs, presentationStateFile, sequence, us } from '#test/sample-presentation-state';
import { segmentationFile, type DrawnSegment } from '#test/sample-segmentation';
import { eventually, QiaoProcess } from '#test/qiao-process';

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

const numberOf = (bytes: Uint8Array): number =>
  dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' }).intString('x00200013')!;

/** Signed samples of 16 bits, little endian, through slope and intercept. */
function suvOfPixels(bytes: Buffer, factor: number): Float64Array {
  const dataset = dicomParser.parseDicom(bytes);
  const { dataOffset, length } = dataset.elements['x7fe00010']!;
  const [slope, intercept] = [dataset.floatString('x00281053')!, dataset.floatString('x00281052')!];
  return Float64Array.from(
    { length: length / 2 },
    (_, at) => (bytes.readInt16LE(dataOffset + 2 * at) * slope + intercept) * factor,
  );
}

/** The primaries of sRGB in CIELAB under D50 (54.29 80.82 69.90, 87.82 -79.27 80.99, 29.57 68.30 -112.03), as DICOM scales it. */
const CIELAB = {
  red: [35_579, 53_666, 50_860],
  green: [57_553, 12_524, 53_710],
  blue: [19_379, 50_449, 4104],
} as const;

/** A picture under colours, each over those before it: 45 % of the colour where the mask says `whole`. */
function tinted(
  { width, height, rgb }: Picture,
  layers: readonly (readonly [mask: Uint8Array, whole: number, colour: readonly [number, number, number]])[],
): Picture {
  const out = Float64Array.from(rgb);
  for (const [mask, whole, colour] of layers)
    for (const [at, value] of mask.entries()) {
      const part = 0.45 * (value / whole);
      for (let one = 0; one < 3; one += 1) out[3 * at + one] = out[3 * at + one]! * (1 - part) + colour[one]! * part;
    }
  return { width, height, rgb: Uint8Array.from(out, Math.round) };
}

suite('real images in the browser', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    browser = await launchBrowser();
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

  describe('segments over images', () => {
    const seg = (name: string) => readFileSync(join(data, 'dicom/seg', name));
    const shown = () => page.getByTestId('segments-shown');
    const compare = async (reference: Picture) => {
      let compared = difference(await pictureOnScreen(page), reference);
      for (let attempt = 0; attempt < 8 && compared.largest > 3; attempt += 1) {
        await page.waitForTimeout(150);
        compared = difference(await pictureOnScreen(page), reference);
      }
      expect({ ...compared, fits: compared.largest <= 3 && compared.mean < 1 }).toMatchObject({ fits: true });
    };

    it('draws those of a real file in its only image', async () => {
      const image = seg('highdicom__ct_image.dcm');
      const file = seg('highdicom__seg_image_ct_binary_single_frame.dcm');
      await open([image, file], 5);
      const plain = await pictureByCounterpart(image, 'whole-range');
      await page.getByTestId('segmentation').filter({ hasText: 'first segment' }).waitFor();
      await compare(plain);
      await page.keyboard.press(';');
      await shown().filter({ hasText: '软件自动' }).filter({ hasNotText: '正在取' }).waitFor();
      const { dataOffset } = dicomParser.parseDicom(file).elements['x7fe00010']!;
      const mask = Uint8Array.from(
        { length: plain.width * plain.height },
        (_, at) => (file[dataOffset + (at >> 3)]! >> (at & 7)) & 1,
      );
      expect(mask.reduce((sum, bit) => sum + bit, 0)).toBeGreaterThan(10);
      await compare(tinted(plain, [[mask, 1, [230, 159, 0]]]));
      await page.keyboard.press(';');
      await shown().waitFor({ state: 'detached' });
      await compare(plain);
    });

    it('draws overlapping and fractional ones over a tilted CT, and says which lie over none', async () => {
      const slices = [...series].sort((a, b) => numberOf(a) - numberOf(b));
      const size = 512;
      const drawn = (value: (x: number, y: number) => number) =>
        Uint8Array.from({ length: size * size }, (_, at) => value(at % size, Math.floor(at / size)));
      const disc = drawn((x, y) => Number(Math.hypot(x - 230, y - 250) < 71.5));
      const box = drawn((x, y) => Number(x >= 250 && x < 341 && y >= 199 && y < 260));
      const slope = drawn((x, y) => (y > 300 && y < 400 && x > 100 && x < 356 ? x - 100 : 0));
      const segments: DrawnSegment[] = [
        { label: '血肿', algorithm: 'AUTOMATIC', lab: CIELAB.red },
        { label: '水肿', algorithm: 'MANUAL', lab: CIELAB.green },
      ];
      const binary = segmentationFile({
        name: 'binary',
        images: slices,
        segments,
        frames: [
          { image: 14, segment: 0, mask: disc, named: true },
          { image: 14, segment: 1, mask: box, named: false },
          { image: 15, segment: 1, mask: disc, named: false },
          { image: 16, segment: 1, mask: box, named: true, beside: 0.2 },
        ],
      });
      const fractional = segmentationFile({
        name: 'fractional',
        images: slices,
        segments: [{ label: '概率', algorithm: 'AUTOMATIC', lab: CIELAB.blue }],
        frames: [{ image: 14, segment: 0, mask: slope, named: true }],
        whole: 255,
      });
      const labels = segmentationFile({
        name: 'labels',
        images: slices,
        segments,
        frames: [{ image: 17, segment: 0, mask: disc.map((one, at) => (box[at] ? 2 : one)), named: true }],
        labels: true,
      });
      await open([...series, binary, fractional, labels], 1);
      const plain = await pictureByCounterpart(slices[14]!, about(slices[14]!).window);
      await page.getByTestId('segmentation').nth(2).waitFor();
      await compare(plain);
      await page.keyboard.press(';');
      await shown().filter({ hasText: 'Outliner 3' }).nth(2).waitFor();
      const [red, green, blue] = [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ] as const;
      await compare(
        tinted(plain, [
          [disc, 1, red],
          [box, 1, green],
          [slope, 255, blue],
        ]),
      );
      const oedema = page
        .getByTestId('segmentation')
        .filter({ hasText: 'binary' })
        .getByRole('button', { name: '水肿' });
      await oedema.click();
      await compare(
        tinted(plain, [
          [disc, 1, red],
          [slope, 255, blue],
        ]),
      );
      await oedema.click();
      await page.keyboard.press('ArrowDown');
      await waitForPicture(page, about(slices[15]!).instance);
      const next = await pictureByCounterpart(slices[15]!, about(slices[15]!).window);
      await compare(tinted(next, [[disc, 1, green]]));
      await page.keyboard.press('ArrowDown');
      await waitForPicture(page, about(slices[16]!).instance);
      await compare(await pictureByCounterpart(slices[16]!, about(slices[16]!).window));
      await page.keyboard.press('ArrowDown');
      await waitForPicture(page, about(slices[17]!).instance);
      const labelled = await pictureByCounterpart(slices[17]!, about(slices[17]!).window);
      await compare(
        tinted(labelled, [
          [disc.map((one, at) => (box[at] ? 0 : one)), 1, red],
          [box, 1, green],
        ]),
      );
      await page.keyboard.press('ArrowUp');
      await page.getByTestId('segmentation').filter({ hasText: '有 1 帧与图像的位置或大小对不上' }).waitFor();
      const shots = process.env['SHOTS'];
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowUp');
      await waitForPicture(page, about(slices[14]!).instance);
      if (shots) await page.screenshot({ path: join(shots, 'segments.png') });
    });
  });

  describe('presentation states', () => {
    const shown = () => page.getByTestId('presentation-shown');
    const compare = async (what: string, reference: Picture, most = 3) => {
      let compared = difference(await pictureOnScreen(page), reference);
      for (let attempt = 0; attempt < 12 && compared.largest > most; attempt += 1) {
        await page.waitForTimeout(150);
        compared = difference(await pictureOnScreen(page), reference);
      }
      const fits = compared.largest <= most && compared.mean < 1 && compared.contrast > 100;
      expect(fits ? what : { what, ...compared }).toBe(what);
    };
    const slices = [...series].sort((a, b) => numberOf(a) - numberOf(b));
    const slice = slices[14]!;
    const ds = (value: number) => ({ vr: 'DS', Value: [value] });
    const table = (first: number, bits: number, ...entries: number[]) => ({
      '00283002': { vr: 'SS', Value: [entries.length, first, bits] },
      '00283006': { vr: 'OW', bytes: new Uint8Array(Uint16Array.from(entries).buffer) },
    });
    const curved = Array.from({ length: 512 }, (_, at) => Math.round(4095 * (at / 511) ** 2));
    const stepped = Array.from({ length: 256 }, (_, at) => 257 * Math.round(255 * (at / 255) ** 1.4));
    const window = sequence({ '00281050': ds(35), '00281051': ds(85) });
    const straight = { '00281052': ds(0), '00281053': ds(1), '00281054': { vr: 'LO', Value: ['HU'] } };
    const states: [string, WritableDataset][] = [
      [
        'mirrored and inverted',
        { ...straight, '00283110': window, '00700041': cs('Y'), '00700042': us(90), '20500020': cs('INVERSE') },
      ],
      ['turned', { ...straight, '00283110': window, '00700041': cs('N'), '00700042': us(270) }],
      [
        'through a VOI LUT',
        { ...straight, '00283110': sequence({ '00283010': sequence(table(-200, 12, ...curved)) }) },
      ],
      [
        'through other values and a Presentation LUT',
        {
          '00281052': ds(-1000),
          '00281053': ds(2),
          '00281054': { vr: 'LO', Value: ['US'] },
          '00283110': sequence({ '00281050': ds(-930), '00281051': ds(170) }),
          '20500010': sequence(table(0, 16, ...stepped)),
        },
      ],
      [
        'behind a shutter',
        {
          ...straight,
          '00283110': window,
          '00181600': cs('CIRCULAR'),
          '00181610': { vr: 'IS', Value: [250, 230] },
          '00181612': { vr: 'IS', Value: [150] },
          '00181622': us(0),
        },
      ],
    ];

    it('are seen as DCMTK draws them, one at a time, and not until they are chosen', async () => {
      const files = states.map(([name, says]) => presentationStateFile({ name, images: [slice], says }));
      const made = await stateByCounterpart(slice);
      await open([...series, ...files, made], 1);
      const plain = await pictureByCounterpart(slice, about(slice).window);
      const choice = (name: string) => page.getByTestId('presentations').getByRole('button', { name });
      await choice('behind a shutter').waitFor();
      await compare('plain', plain);
      for (const [index, [name]] of states.entries()) {
        await choice(name).click();
        await shown().filter({ hasText: 'KEPT · Kan Pian · 2026-11-04 09:30' }).waitFor();
        const through = await pictureThroughState(slice, files[index]!);
        // DCMTK leaves the shutter to whoever shows its picture.
        const isOpen = (row: number, column: number) => Math.hypot(row - 250, column - 230) <= 150;
        await compare(name, name === 'behind a shutter' ? shuttered(through, isOpen) : through);
      }
      await page.getByTestId('presentations').locator('.strip-segment').filter({ hasNotText: 'KEPT' }).click();
      await shown().filter({ hasNotText: 'KEPT' }).waitFor();
      await compare("the counterpart's own", await pictureThroughState(slice, made));
      await page.keyboard.press('Shift+Quote');
      await shown().waitFor({ state: 'detached' });
      await compare('taken off', plain);
    }, 180_000);
  });

  describe('PET', () => {
    it('is measured and windowed in SUV, and saved so', async () => {
      const folder = join(data, 'dicom/series-pt-299');
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
      await open(files, 5);
      await page.getByTestId('claim').click();
      const middle = [...files].sort((a, b) => numberOf(a) - numberOf(b))[149]!;
      await page.getByTestId('frame-indicator').filter({ hasText: '150/299' }).waitFor();
      await waitForPicture(page, about(middle).instance);
      // 66.2 kg; 381.47 MBq of F-18 at 11:39:00, and the series began at 13:02:44.678.
      const left = 381_470_000 * 0.5 ** ((83 * 60 + 44.678) / 6586.2);
      const suv = suvOfPixels(middle, 66_200 / left);
      const drawn = { columns: 128, rows: 128, spacing: [4, 4] } as const;
      const hottest = suv.reduce((best, value, at) => (value > suv[best]! ? at : best), 0);
      const at = [hottest % 128, Math.floor(hottest / 128)] as const;
      expect(suv[hottest]).toBeGreaterThan(0.5);
      await eventually('the value at a point', async () =>
        (await mark(page, drawn, 'd', [at], 'clicks')).includes(`${suv[hottest]!.toFixed(2)} SUV`),
      );
      const inside = [...suv].filter((_, one) => {
        const [x, y] = [one % 128, Math.floor(one / 128)];
        return x >= 50 && x <= 80 && y >= 55 && y <= 75;
      });
      const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
      const corners = [
        [49.5, 54.5],
        [80.5, 75.5],
      ] as const;
      const told = await mark(page, drawn, 'q', corners, 'drag');
      expect(told).toContain(`均值 ${mean.toFixed(2)} SUV`);
      expect(told).toContain(`最大 ${Math.max(...inside).toFixed(2)} SUV`);
      await page.keyboard.press('2');
      await page.getByTestId('window').filter({ hasText: 'SUV 0.0–7.0' }).waitFor();
      const shots = process.env['SHOTS'];
      if (shots) await page.screenshot({ path: join(shots, 'pet.png') });
      const saved = await eventually('the marks to be saved', async () => {
        const answer = await page.request.get(page.url().replace('/reads/', '/api/reads/') + '/marks');
        const { marks } = (await answer.json()) as { marks: { values: { quantity: string; unit: string }[] }[] };
        return marks.length > 1 && marks;
      });
      const units = saved.flatMap(({ values }) => values.filter(({ quantity }) => quantity !== 'area'));
      expect(new Set(units.map(({ unit }) => unit))).toEqual(new Set(['SUV']));
    });

    it('says what is missing where there is no SUV, and tells Bq/ml', async () => {
      const file = modified(
        readFileSync(join(data, 'dicom/modality-cr-dx-mg-xa-nm-pt/dicom__1.dcm')),
        '-ea',
        '(0010,1030)',
      );
      await open([file], 3);
      await page.getByTestId('no-suv').filter({ hasText: '缺体重' }).waitFor();
      const { rows } = about(file);
      const lines = await mark(page, { columns: rows, rows, spacing: [4, 4] }, 'd', [[rows / 2, rows / 2]], 'clicks');
      expect(lines.at(-1)).toMatch(/^\d+ Bq\/ml$/);
    });
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
