import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { sampleDr } from '#libs/formats/samples';
import { hasCounterpart } from '#test/counterpart';
import { lines, mark, numberIn, slack, type Point } from '#test/mark-by-mouse';
import { measuringPhantom, phantomValue, type PhantomOptions } from '#test/measuring-phantom';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;

const seed = `viewing-${process.pid}-${Date.now()}`;
const person = (id: string, name: string) => ({ id, name });
const square: PhantomOptions = {
  label: `${seed} square`,
  patient: person('VW-1', 'Fang^Zheng=方^正'),
  columns: 200,
  rows: 160,
  slices: 5,
  spacing: [1, 1, 4],
};
const sagittal: PhantomOptions = {
  ...square,
  label: `${seed} sagittal`,
  study: square.label,
  series: 2,
  sagittal: true,
};
const oblong: PhantomOptions = {
  ...square,
  label: `${seed} oblong`,
  patient: person('VW-2', 'Chang^Fang=常^方'),
  spacing: [1.5, 0.6, 3],
};
const tilted: PhantomOptions = {
  ...square,
  label: `${seed} tilted`,
  patient: person('VW-3', 'Xie^Zhi=谢^直'),
  tilt: 20,
};

suite('viewing and measuring', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  const open = async (name: string): Promise<Page> => {
    await sun.page.goto(qiao.base);
    await sun.page.getByTestId('worklist-row').filter({ hasText: name }).click();
    await waitForPicture(sun.page);
    return sun.page;
  };

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    const chest = sampleDr({ seed, patientId: 'VW-4', patientName: 'Ping^Pian=平^片' }).map(({ bytes }) =>
      Buffer.from(bytes),
    );
    await qiao.stow('pacs-zhaozhuang', [...[square, sagittal, oblong, tilted].flatMap(measuringPhantom), ...chest]);
    sun = await sitDown(browser, qiao, 'sun', { width: 1366, height: 768 });
    for (const name of ['方正', '常方', '谢直', '平片'])
      await sun.page.getByTestId('worklist-row').filter({ hasText: name }).waitFor();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  for (const [name, phantom] of [
    ['方正', square],
    ['常方', oblong],
    ['谢直', tilted],
  ] as const) {
    it(`measures ${phantom.label.split(' ').at(-1)} pixels in millimetres, degrees and Hounsfield units`, async () => {
      const page = await open(name);
      await page.getByTestId('layout').waitFor();
      if (name === '方正') {
        await page.getByTestId('layout').click();
        await page.getByRole('menuitem', { name: '1×1' }).click();
        await page.waitForTimeout(300);
      }
      const [dx, dy] = phantom.spacing;
      const within = await slack(page, phantom);
      const from: Point = [40, 30];
      for (const to of [
        [140, 30],
        [40, 130],
        [120, 110],
      ] as const) {
        const [text] = await mark(page, phantom, 'l', [from, to], 'drag');
        expect(text).toMatch(/ mm$/);
        const expected = Math.hypot((to[0] - from[0]) * dx, (to[1] - from[1]) * dy);
        expect(Math.abs(numberIn(text!) - expected)).toBeLessThan(within);
        await page.keyboard.press('Delete');
        await eventually('the mark is gone', async () => (await lines(page)).length === 0);
      }
      const corner: Point = [60, 100];
      const [angle] = await mark(page, phantom, 'a', [[160, 100], corner, [120, 40]], 'clicks');
      expect(angle).toMatch(/°$/);
      const expected = (Math.atan2((100 - 40) * dy, (120 - 60) * dx) * 180) / Math.PI;
      expect(Math.abs(numberIn(angle!) - expected)).toBeLessThan(1.5);
      await page.keyboard.press('Delete');
      await eventually('the mark is gone', async () => (await lines(page)).length === 0);

      const [hip, knee, ankle]: readonly Point[] = [
        [60, 20],
        [80, 80],
        [50, 150],
      ];
      const leg = await mark(page, phantom, '\\', [hip!, knee!, ankle!], 'clicks');
      const across = (a: Point, b: Point): [number, number] => [(b[0] - a[0]) * dx, (b[1] - a[1]) * dy];
      const [thigh, shank, whole] = [across(knee!, hip!), across(knee!, ankle!), across(hip!, ankle!)];
      const bend = Math.abs(Math.atan2(...thigh) - Math.atan2(...shank)) * (180 / Math.PI);
      expect(leg.map((line) => line.split(' ')[0])).toEqual(['长', '髋膝踝角', '力线偏移']);
      expect(Math.abs(numberIn(leg[0]!) - Math.hypot(...whole))).toBeLessThan(within);
      expect(Math.abs(numberIn(leg[1]!) - Math.min(bend, 360 - bend))).toBeLessThan(1.5);
      const off = Math.abs(whole[0] * thigh[1] - whole[1] * thigh[0]) / Math.hypot(...whole);
      expect(Math.abs(numberIn(leg[2]!) - off)).toBeLessThan(within);
      expect(leg.map((line) => line.split(' ').at(-1)!.replace(/[\d.]/g, ''))).toEqual(['mm', '°', 'mm']);
      await page.keyboard.press('Delete');
      await eventually('the mark is gone', async () => (await lines(page)).length === 0);

      const shown = await mark(
        page,
        phantom,
        'q',
        [
          [50, 40],
          [110, 80],
        ],
        'drag',
      );
      const told = Object.fromEntries(shown.map((line) => [line.split(' ')[0], numberIn(line)]));
      expect(shown.find((line) => line.startsWith('均值'))).toMatch(/HU$/);
      // The middle of the region; its edge may fall on either side of a pixel.
      expect(Math.abs(told['均值']! - phantomValue(80, 60, phantom.slices >> 1))).toBeLessThan(6);
      expect(Math.abs(told['面积']! - 60 * dx * 40 * dy)).toBeLessThan(within * (60 * dx + 40 * dy) * 1.2);
      await page.keyboard.press('Delete');
      await page.keyboard.press('w');
    });
  }

  for (const [name, what, upright] of [
    ['常方', 'a slice', 'ALPR'],
    ['平片', 'a projection', 'HLFR'],
  ] as const) {
    it(`turns and flips ${what}, and its letters with it`, async () => {
      const page = await open(name);
      const letters = async () => (await page.locator('.letter').allTextContents()).join('');
      const [top, right, bottom, left] = upright;
      const press = async (key: string, expected: string) => {
        await page.keyboard.press(key);
        await eventually(`${expected} behind ${key}`, async () => (await letters()) === expected);
      };
      await eventually('upright', async () => (await letters()) === upright);
      await press('o', `${left}${top}${right}${bottom}`);
      await press('o', `${bottom}${left}${top}${right}`);
      await press('o', `${right}${bottom}${left}${top}`);
      await press('o', upright);
      await press('h', `${top}${left}${bottom}${right}`);
      await press('o', `${right}${top}${left}${bottom}`);
      if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/turned-${name}.png` });
      await press('r', upright);
      if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/upright-${name}.png` });
    });
  }

  it('hangs two series beside each other, with lines where they cut, and takes them to the same place', async () => {
    const page = await open('方正');
    await page.getByTestId('layout').click();
    await page.getByRole('menuitem', { name: '1×2' }).click();
    await eventually(
      'two pictures',
      async () => (await page.locator('[data-testid=viewport][data-rendered-image-id]').count()) === 2,
    );
    // Each fits its half.
    await eventually(
      'both whole',
      async () => (await page.locator('.corner-br').filter({ hasText: '放大 1.0 倍' }).count()) === 2,
    );
    await page.keyboard.press('x');
    await eventually(
      'a line',
      async () => (await page.locator('[data-testid=viewport]').nth(1).locator('svg line').count()) > 0,
    );
    await page.keyboard.press('ArrowDown');
    await page.getByTestId('frame-indicator').first().filter({ hasText: '4/5' }).waitFor();
    expect(await page.getByTestId('frame-indicator').nth(1).textContent()).toBe('3/5');
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/two.png` });
    await page.keyboard.press('Backquote');
    await page.keyboard.press('ArrowDown');
    await page.getByTestId('frame-indicator').nth(1).filter({ hasText: '4/5' }).waitFor();
    await page.keyboard.press('?');
    await page.getByTestId('key-list').waitFor();
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/keys.png` });
    await page.keyboard.press('Escape');
    await page.getByTestId('key-list').waitFor({ state: 'hidden' });
  });

  it('complains of nothing', () => {
    expect(sun.complaints).toEqual([]);
  });
});
