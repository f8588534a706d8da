import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { sampleDr } from '#libs/formats/samples';
import { breastPhantom } from '#test/breast-phantom';
import { hasCounterpart } from '#test/counterpart';
import { lines, mark, numberIn, slack, type Point } from '#test/mark-by-mouse';
import { measuringPhantom, phantomValue, type PhantomOptions } from '#test/measuring-phantom';
import { pictureOnScreen } from '#test/browser-picture';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { greyVideo, videoFile } from '#test/sample-video';

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

/** Brighter from frame to frame. */
const lumas = Array.from({ length: 40 }, (_, index) => 26 + 5 * index);
const filmed = {
  study: seed,
  patient: person('VW-7', 'Lu^Xiang=录^像'),
  stream: greyVideo(lumas, 10),
  frames: lumas.length,
  perSecond: 10,
};
/** The header of a sequence, and nothing behind it. */
const MPEG2 = Buffer.concat([Buffer.from([0, 0, 1, 0xb3, 0x04, 0x00, 0x30, 0x13]), Buffer.alloc(4088)]);
const videos = [
  videoFile({ ...filmed, name: `${seed} mp4`, syntax: '1.2.840.10008.1.2.4.102', cut: 50_000 }),
  videoFile({
    ...filmed,
    name: `${seed} mpeg2`,
    syntax: '1.2.840.10008.1.2.4.100',
    stream: MPEG2,
    cut: 4096,
    number: 2,
  }),
];

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
    // Stored as machines do: this way and that, one of them with high values dark.
    const breasts = breastPhantom(`${seed} breasts`, person('VW-5', 'Ru^Fang=乳^房'), [
      { side: 'L', view: 'CC', mirrored: true },
      { side: 'L', view: 'MLO', inverted: true },
      { side: 'R', view: 'CC', upsideDown: true, spacing: 1 },
      { side: 'R', view: 'MLO', mirrored: true, upsideDown: true },
    ]);
    const lacking = breastPhantom(`${seed} lacking`, person('VW-6', 'Que^Wei=缺^位'), [
      { side: 'R', view: 'CC' },
      { side: 'L', view: 'CC' },
      { side: 'L', view: 'MLO' },
    ]);
    await qiao.stow('pacs-zhaozhuang', [
      ...[square, sagittal, oblong, tilted].flatMap(measuringPhantom),
      ...chest,
      ...breasts,
      ...lacking,
      ...videos,
    ]);
    sun = await sitDown(browser, qiao, 'sun', { width: 1366, height: 768 });
    for (const name of ['方正', '常方', '谢直', '平片', '乳房', '缺位', '录像'])
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

  /** Of each cell: its letters, and where it is bright, in parts of its width and in pixels of its height. */
  const bright = (page: Page) =>
    page.locator('.picture-stage').evaluateAll((cells) =>
      cells.map((cell) => {
        const canvas = cell.querySelector('canvas') as unknown as {
          width: number;
          height: number;
          getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8ClampedArray } };
        };
        const { width, height } = canvas;
        const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
        const [columns, rows] = [new Set<number>(), new Set<number>()];
        for (let at = 0; at < width * height; at += 1)
          if (data[4 * at]! > 90) {
            columns.add(at % width);
            rows.add(Math.floor(at / width));
          }
        const words = [...cell.querySelectorAll('.letter')].map(({ textContent }) => textContent).join(' ');
        return { words, from: Math.min(...columns) / width, to: (Math.max(...columns) + 1) / width, high: rows.size };
      }),
    );

  it('hangs breasts back to back, upright, at one scale, step by step', async () => {
    const page = await open('乳房');
    const upright = ['R P L A', 'L A R P', 'H P F A', 'H A F P'];
    const hung = (letters: readonly string[]) =>
      eventually('breasts by the middle', async () => {
        const cells = await bright(page);
        const right = cells.every(
          ({ words, from, to }, at) => words === letters[at] && (at % 2 ? from < 0.01 : to > 0.99),
        );
        return cells.length === letters.length && right && cells;
      });
    await eventually('four', async () => (await page.locator('[data-rendered-image-id]').count()) === 4);
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/breasts.png` });
    const four = await hung(upright);
    for (const { high } of four) expect(Math.abs(high - four[0]!.high)).toBeLessThan(4);
    await page.keyboard.press('v');
    await hung(upright);
    await page.keyboard.press('=');
    const two = await eventually('two, larger', async () => {
      const cells = await hung(upright.slice(2));
      return cells[0]!.high > 1.5 * four[0]!.high && cells;
    });
    expect(await page.getByTestId('hanging-step').textContent()).toContain('2/3');
    await page.setViewportSize({ width: 1366, height: 600 });
    await eventually('smaller by the middle', async () => (await hung(upright.slice(2)))[0]!.high < two[0]!.high - 20);
    await page.setViewportSize({ width: 1366, height: 768 });
    await page.keyboard.press('=');
    await hung(upright.slice(0, 2));
    await page.keyboard.press('=');
    await hung(upright);
    await open('缺位');
    await page.getByText('没有 R-MLO').waitFor();
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/breasts-lacking.png` });
  }, 240_000);

  it('keeps how an examination hangs for others of its kind, on any machine, until that is switched off', async () => {
    const page = await open('方正');
    const count = (on: Page, cells: number) =>
      eventually(`${cells} cells`, async () => (await on.getByTestId('viewport').count()) === cells);
    await count(page, 1);
    await page.getByTestId('layout').click();
    await page.getByRole('menuitem', { name: '2×1' }).click();
    await count(page, 2);
    await page.keyboard.press('-');
    await page.getByTestId('rule-name').fill('上下对照');
    await page.getByTestId('rule-words').fill('');
    await page.keyboard.press('Enter');
    const own = page.getByTestId('rule').filter({ hasText: '上下对照' });
    await own.filter({ hasText: 'CT · 至少 2 个序列 → 2×1' }).waitFor();
    await page.getByTestId('rules').focus();
    await page.keyboard.press('F2');
    await page.getByTestId('rule-rename').fill('上下');
    await page.keyboard.press('Enter');
    await page.getByTestId('rule').first().filter({ hasText: '上下' }).filter({ hasNotText: '对照' }).waitFor();
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/rules.png` });
    await page.keyboard.press('Escape');
    const other = await sitDown(browser, qiao, 'sun');
    await other.page.getByTestId('worklist-row').filter({ hasText: '方正' }).click();
    await waitForPicture(other.page);
    await count(other.page, 2);
    // One series alone is hung as ever.
    await other.page.goto(qiao.base);
    await other.page.getByTestId('worklist-row').filter({ hasText: '常方' }).click();
    await waitForPicture(other.page);
    await count(other.page, 1);
    expect(other.complaints).toEqual([]);
    await other.page.context().close();
    await page.keyboard.press('-');
    await page.getByTestId('rules').focus();
    await page.keyboard.press('Space');
    await page.locator('.rules-off').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('=');
    await count(page, 1);
    await page.keyboard.press('-');
    await page.getByTestId('rules').focus();
    await page.keyboard.press('Shift+Delete');
    await page.getByTestId('rule-remove').click();
    await eventually(
      'no own rule',
      async () => (await page.getByTestId('rule').filter({ hasText: '自己的' }).count()) === 0,
    );
    await page.keyboard.press('Escape');
  }, 240_000);

  it('plays a video, stops at the frame that is seen, and goes through it frame by frame', async () => {
    const page = await open('录像');
    await page.getByTestId('layout').click();
    await page.getByRole('menuitem', { name: '1×1' }).click();
    const indicator = page.getByTestId('frame-indicator');
    const at = async () => Number((await indicator.textContent())!.split('/')[0]);
    const isSeen = async (frame: number) => {
      const { width, height, rgb } = await pictureOnScreen(page);
      const grey = rgb[3 * (Math.floor(height / 2) * width + Math.floor(width / 2))]!;
      // Between black at 16 and white at 235.
      return Math.abs(grey - ((lumas[frame - 1]! - 16) * 255) / 219) < 2;
    };
    await indicator.filter({ hasText: '1/40' }).waitFor();
    await eventually('the first frame', () => isSeen(1));
    for (const [key, frame] of [
      ['ArrowRight', 2],
      ['PageDown', 12],
      ['ArrowLeft', 11],
      ['End', 40],
      ['Home', 1],
    ] as const) {
      await page.keyboard.press(key);
      await indicator.filter({ hasText: `${frame}/40` }).waitFor();
      await eventually(`frame ${frame}`, () => isSeen(frame));
    }
    await page.getByTestId('video-bar').getByRole('slider').fill('25');
    await eventually('frame 25 by the bar', () => isSeen(25));
    await page.keyboard.press('{');
    await page.keyboard.press('Space');
    await page.locator('video.picture-video').waitFor();
    expect(await page.evaluate(`document.querySelector('video.picture-video').playbackRate`)).toBe(0.5);
    await eventually('it plays', async () => (await at()) >= 28);
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/video.png` });
    await page.keyboard.press('Space');
    await page.locator('video.picture-video').waitFor({ state: 'detached' });
    const stopped = await at();
    expect(stopped).toBeGreaterThanOrEqual(28);
    await eventually('the frame where it stopped', () => isSeen(stopped));
  });

  it('gives any part of a video, and says why one is not played', async () => {
    const page = sun.page;
    const src = await page.evaluate<string>(
      `document.querySelector('[data-rendered-image-id]').dataset.renderedImageId.replace(/^wadors:/, '').replace(/\\/frames\\/.*$/, '/bulkdata/7FE00010')`,
    );
    const part = await page.request.get(src, { headers: { range: 'bytes=49990-50009' } });
    expect([part.status(), part.headers()['content-type']]).toEqual([206, 'video/mp4']);
    // Over the seam between two fragments.
    expect(await part.body()).toEqual(filmed.stream.subarray(49_990, 50_010));
    const whole = await page.request.get(src);
    expect((await whole.body()).subarray(0, filmed.stream.length)).toEqual(filmed.stream);
    await page.keyboard.press('.');
    const failure = page.getByTestId('frame-failure');
    await failure.filter({ hasText: '这是 MPEG-2 录像，浏览器放不了' }).waitFor();
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/mpeg2.png` });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      failure.getByRole('link', { name: '下载这段录像' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.mpg$/);
  });

  it('complains of nothing', () => {
    // Of a video the server makes no preview, which the browser writes down.
    expect(sun.complaints.filter((one) => !one.includes('/images/first/preview'))).toEqual([]);
  });
});
