import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { lines, mark, numberIn, placeOf, type Drawn, type Point } from '#test/mark-by-mouse';
import { measuringPhantom, phantomValue, type PhantomOptions } from '#test/measuring-phantom';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;

const seed = `planes-${process.pid}-${Date.now()}`;
const phantom = (label: string, id: string, name: string, more: Partial<PhantomOptions> = {}): PhantomOptions => ({
  label: `${seed} ${label}`,
  patient: { id, name },
  columns: 60,
  rows: 50,
  slices: 21,
  spacing: [1, 1.2, 3],
  ...more,
});
const axial = phantom('axial', 'PL-1', 'Heng^Duan=横^断');
const sagittal = phantom('sagittal', 'PL-2', 'Shi^Zhuang=矢^状', { sagittal: true });
const tilted = phantom('tilted', 'PL-3', 'Qing^Xie=倾^斜', { tilt: 15 });
const gapped = phantom('gapped', 'PL-4', 'Que^Ceng=缺^层');
const torn = phantom('torn', 'PL-5', 'Duan^Kai=断^开');

/** What is to be seen in a plane: its matrix, which image it opens on, and the voxel behind each pixel of it. */
interface Plane extends Drawn {
  readonly count: number;
  readonly voxel: (column: number, row: number, index: number) => readonly [number, number, number];
}
const [columns, rows, slices] = [60, 50, 21];
/** Cells in order: axial, coronal, sagittal. The phantom's slices follow each other towards the head, or to the left. */
const planes: Readonly<Record<string, readonly Plane[]>> = {
  axial: [
    { columns, rows, count: slices, spacing: [1, 1.2], voxel: (x, y, at) => [x, y, slices - 1 - at] },
    { columns, rows: slices, count: rows, spacing: [1, 3], voxel: (x, y, at) => [x, at, slices - 1 - y] },
    { columns: rows, rows: slices, count: columns, spacing: [1.2, 3], voxel: (x, y, at) => [at, x, slices - 1 - y] },
  ],
  sagittal: [
    { columns: slices, rows: columns, count: rows, spacing: [3, 1], voxel: (x, y, at) => [y, at, x] },
    { columns: slices, rows, count: columns, spacing: [3, 1.2], voxel: (x, y, at) => [at, y, x] },
    { columns, rows, count: slices, spacing: [1, 1.2], voxel: (x, y, at) => [x, y, at] },
  ],
};

suite('planes through a volume', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  const open = async (name: string): Promise<Page> => {
    await sun.page.goto(qiao.base);
    await sun.page.getByTestId('worklist-row').filter({ hasText: name }).click();
    await waitForPicture(sun.page);
    return sun.page;
  };
  const cut = async (page: Page): Promise<void> => {
    await page.keyboard.press('j');
    await eventually(
      'three planes',
      async () => (await page.locator('[data-testid=viewport][data-rendered-image-id^="plane:"]').count()) === 3,
    );
    await page.waitForTimeout(300);
  };
  const indicator = (page: Page, cell: number) => page.getByTestId('frame-indicator').nth(cell);
  const valueAt = async (page: Page, plane: Plane, cell: number, point: Point): Promise<number> => {
    await mark(page, plane, 'd', [point], 'drag', cell);
    const shown = await eventually('a value', async () => (await lines(page))[0], 10);
    expect(shown).toMatch(/^-?\d+ HU$/);
    await page.keyboard.press('Delete');
    await eventually('no value', async () => (await lines(page)).length === 0, 10);
    return numberIn(shown);
  };

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    const files = [axial, sagittal, tilted].flatMap(measuringPhantom);
    const lacking = measuringPhantom(gapped).filter((_, index) => index !== 10);
    const apart = measuringPhantom(torn).filter((_, index) => index < 4 || index > 16);
    await qiao.stow('pacs-zhaozhuang', [...files, ...lacking, ...apart]);
    sun = await sitDown(browser, qiao, 'sun');
    for (const name of ['横断', '矢状', '倾斜', '缺层', '断开'])
      await sun.page.getByTestId('worklist-row').filter({ hasText: name }).waitFor();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  it.each([
    ['axial', '横断'],
    ['sagittal', '矢状'],
  ])('of an %s series show the voxels at their places, each with its letters', async (what, name) => {
    const page = await open(name);
    await cut(page);
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/planes-${what}.png` });
    expect(await page.getByTestId('plane').allTextContents()).toEqual(
      ['横断面', '冠状面', '矢状面'].map((plane) => `◆ ${plane}，由图像重建`),
    );
    expect((await page.locator('.letter').allTextContents()).join('')).toBe('ALPRHLFRHPFA');
    for (const [cell, plane] of planes[what]!.entries()) {
      const middle = plane.count >> 1;
      await indicator(page, cell)
        .filter({ hasText: `${middle + 1}/${plane.count}` })
        .waitFor();
      for (const part of [0.2, 0.45, 0.8]) {
        const point: Point = [Math.round((plane.columns - 1) * part), Math.round((plane.rows - 1) * (0.9 - part))];
        const [x, y, z] = plane.voxel(point[0], point[1], middle);
        expect([cell, point, await valueAt(page, plane, cell, point)]).toEqual([cell, point, phantomValue(x, y, z)]);
      }
    }
  });

  it('go together to a place, and measure in millimetres', async () => {
    const page = await open('横断');
    await cut(page);
    const [first, coronal] = planes['axial']!;
    const { x, y } = (await placeOf(page, first!))([40, 10]);
    await page.keyboard.down('Shift');
    await page.mouse.click(x, y);
    await page.keyboard.up('Shift');
    await indicator(page, 1).filter({ hasText: '11/50' }).waitFor();
    await indicator(page, 2).filter({ hasText: '41/60' }).waitFor();
    expect(await indicator(page, 0).textContent()).toBe('11/21');
    const length = await mark(
      page,
      coronal!,
      'l',
      [
        [10, 4],
        [50, 14],
      ],
      'drag',
      1,
    );
    expect(length).toEqual([expect.stringMatching(/ mm$/)]);
    expect(Math.abs(numberIn(length[0]!) - Math.hypot(40, 30))).toBeLessThan(1);
    await page.keyboard.press('Delete');
    // A plane is no image that a mark could be kept with.
    expect(await page.getByTestId('mark').count()).toBe(0);
  });

  it('through several images show the greatest, the least and the mean', async () => {
    const page = await open('横断');
    await cut(page);
    const [first] = planes['axial']!;
    for (const [mode, deeper] of [
      ['最大密度 MIP', 1],
      ['最小密度 MinIP', -1],
      ['平均', 0],
    ] as const) {
      await page.getByTestId('slab').click();
      await page.getByRole('menuitem', { name: `${mode} 10 mm` }).click();
      await page.waitForTimeout(400);
      await indicator(page, 0).filter({ hasText: '11/21' }).waitFor();
      // Ten millimetres are three images of three.
      expect(await valueAt(page, first!, 0, [30, 20])).toBe(phantomValue(30, 20, 10 + deeper));
    }
  });

  it('are turned by keys and by the ends of their lines, and measure on the oblique', async () => {
    const page = await open('横断');
    await cut(page);
    const saying = (plane: string) => page.getByTestId('plane').filter({ hasText: plane }).first();
    for (let times = 1; times <= 6; times += 1) {
      await page.keyboard.press('>');
      await saying(`斜切面：冠状面偏 ${5 * times}.0°`).waitFor();
    }
    // The plane it was done in stays as it is; the others lie where they now run to.
    expect(await page.getByTestId('plane').allTextContents()).toEqual([
      '◆ 横断面，由图像重建',
      '◆ 斜切面：冠状面偏 30.0°，法线 PR，插值',
      '◆ 斜切面：矢状面偏 30.0°，法线 LP，插值',
    ]);
    await eventually(
      'letters of the oblique',
      async () => (await page.locator('.letter').allTextContents()).join(' ') === 'A L P R H LP F RA H PR F AL',
    );
    await indicator(page, 1).filter({ hasText: '41/80' }).waitFor();
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/planes-oblique.png` });
    // A millimetre a pixel, the 41st column and the 31st row where all planes meet: column 30, row 25 and slice 10 of the phantom.
    const oblique: Plane = { columns: 80, rows: 61, count: 80, spacing: [1, 1], voxel: () => [0, 0, 0] };
    const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    const field = (right: number, down: number, deep = 0): number =>
      phantomValue(30 + right * cos - deep * sin, 25 + (right * sin + deep * cos) / 1.2, 10 - down / 3);
    for (const [right, down] of [
      [0, 0],
      [20, 12],
      [-18, -9],
    ] as const)
      expect(Math.abs((await valueAt(page, oblique, 1, [40 + right, 30 + down])) - field(right, down))).toBeLessThan(
        0.51,
      );
    const length = await mark(
      page,
      oblique,
      'l',
      [
        [20, 10],
        [60, 40],
      ],
      'drag',
      1,
    );
    expect(Math.abs(numberIn(length[0]!) - 50)).toBeLessThan(1);
    await page.keyboard.press('Delete');
    await page.getByTestId('slab').click();
    await page.getByRole('menuitem', { name: '最大密度 MIP 10 mm' }).click();
    await page.waitForTimeout(400);
    // Ten samples a millimetre apart: the furthest is four and a half from the middle.
    expect(Math.abs((await valueAt(page, oblique, 1, [40, 30])) - field(0, 0, 4.5))).toBeLessThan(0.51);
    await page.getByTestId('slab').click();
    await page.getByRole('menuitem', { name: '单层' }).click();
    const box = (await page.getByTestId('viewport').first().boundingBox())!;
    const held = (await page.getByTestId('turn-coronal').first().locator('circle').first().boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const from = [held.x + held.width / 2 - x, held.y + held.height / 2 - y] as const;
    await page.mouse.move(x + from[0], y + from[1]);
    await page.mouse.down();
    for (const degrees of [5, 10, 15]) {
      const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      await page.mouse.move(x + from[0] * c - from[1] * s, y + from[0] * s + from[1] * c);
      await page.waitForTimeout(400);
    }
    await page.mouse.up();
    await saying('斜切面：冠状面偏 4').waitFor();
    expect(Math.abs(numberIn((await saying('斜切面：冠状面偏').textContent())!) - 45)).toBeLessThan(2);
    await page.keyboard.press('~');
    await eventually(
      'straight planes',
      async () => (await page.getByTestId('plane').filter({ hasText: '斜切面' }).count()) === 0,
    );
    await indicator(page, 1).filter({ hasText: '26/50' }).waitFor();
    await indicator(page, 2).filter({ hasText: '31/60' }).waitFor();
    expect(await valueAt(page, planes['axial']![1]!, 1, [30, 10])).toBe(phantomValue(30, 25, 10));
  }, 240_000);

  it('share a window, and give way to the series and to a layout', async () => {
    const page = await open('横断');
    await cut(page);
    await page.keyboard.press('1');
    await eventually(
      'the lung window in all',
      async () => (await page.getByTestId('window').filter({ hasText: '窗宽 1500 窗位 -600' }).count()) === 3,
    );
    await page.keyboard.press('j');
    await eventually('one cell', async () => (await page.getByTestId('viewport').count()) === 1);
    await waitForPicture(page, 'frames');
    await cut(page);
    await page.getByTestId('series').first().click();
    await eventually('one cell', async () => (await page.getByTestId('viewport').count()) === 1);
    await waitForPicture(page, 'frames');
  });

  it('of slices that are no lattice say what was computed, and are right between them', async () => {
    const page = await open('缺层');
    await cut(page);
    const between = page.getByTestId('plane-between');
    expect(await between.allTextContents()).toEqual(Array(3).fill('◆ 层距 3.0–6.0 mm，层间为插值'));
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/planes-gapped.png` });
    // The phantom rises evenly, so that the missing slice in the middle is the mean of its neighbours.
    await indicator(page, 0).filter({ hasText: '11/21' }).waitFor();
    expect(await valueAt(page, planes['axial']![0]!, 0, [30, 20])).toBe(phantomValue(30, 20, 10));
    expect(await valueAt(page, planes['axial']![1]!, 1, [30, 10])).toBe(phantomValue(30, 25, 10));
    await open('倾斜');
    await cut(page);
    expect(await between.allTextContents()).toEqual(Array(3).fill('◆ 倾斜 15° 已校正，层间为插值'));
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/planes-tilted.png` });
  });

  it('are refused in words where there are no images to cut', async () => {
    const page = await open('断开');
    await page.keyboard.press('j');
    await page.getByTestId('planes-notice').filter({ hasText: '不能做三平面：中间有一段没有图像。' }).waitFor();
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/planes-refused.png` });
    expect(await page.locator('[data-rendered-image-id^="plane:"]').count()).toBe(0);
    await page.keyboard.press('j');
    await page.getByTestId('planes-notice').waitFor({ state: 'hidden' });
  });

  it('complain of nothing', () => expect(sun.complaints).toEqual([]));
});
