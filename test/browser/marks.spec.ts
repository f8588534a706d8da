import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Mark } from '#libs/formats/dicom';
import { sampleCt, sampleDr, sampleUid } from '#libs/formats/samples';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { lines, mark, slack, type Point, type Way } from '#test/mark-by-mouse';
import { measuringPhantom, phantomValue, type PhantomOptions } from '#test/measuring-phantom';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;

const seed = `marks-${process.pid}-${Date.now()}`;
const phantom: PhantomOptions = {
  label: seed,
  patient: { id: 'BM-1', name: 'Biao^Ji=标^记' },
  columns: 200,
  rows: 160,
  slices: 3,
  spacing: [0.8, 0.8, 4],
};
/** By the key of the tool: where it is drawn, how, and the points that are to be saved. */
const drawn: readonly [key: string, kind: Mark['kind'], points: readonly Point[], way: Way][] = [
  [
    'l',
    'length',
    [
      [20, 20],
      [90, 20],
    ],
    'drag',
  ],
  [
    'a',
    'angle',
    [
      [30, 60],
      [20, 40],
      [60, 40],
    ],
    'clicks',
  ],
  [
    'q',
    'rectangle',
    [
      [110, 60],
      [150, 90],
    ],
    'drag',
  ],
  ['d', 'probe', [[180, 30]], 'drag'],
  [
    'b',
    'bidirectional',
    [
      [20, 130],
      [80, 130],
    ],
    'drag',
  ],
  [
    'e',
    'ellipse',
    [
      [150, 110],
      [180, 130],
    ],
    'drag',
  ],
  [
    'c',
    'cobb',
    [
      [120, 142],
      [160, 142],
      [120, 150],
      [160, 155],
    ],
    'lines',
  ],
  [
    '/',
    'cardiothoracic',
    [
      [110, 30],
      [150, 30],
      [100, 45],
      [160, 45],
    ],
    'lines',
  ],
  [
    '\\',
    'centre-line',
    [
      [95, 60],
      [101, 95],
      [95, 150],
    ],
    'clicks',
  ],
];

interface Kept {
  version: number;
  marks: (Mark & { author: { name: string } })[];
}

suite('marks of a reading, in the browser', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  let api: Ask;
  let read = '';
  const desks: Desk[] = [];
  const claimed = new Set<string>();
  const kept = async (): Promise<Kept> => (await api<Kept>('GET', `/api/reads/${read}/marks`)).body;
  const keptOf = (count: number): Promise<Kept> =>
    eventually(`${count} marks on the server`, async () => {
      const now = await kept();
      return now.marks.length === count && now;
    });
  const arrive = async (): Promise<Desk> => {
    const desk = await sitDown(browser, qiao, 'sun');
    desks.push(desk);
    return desk;
  };
  const open = async (page: Page, name = '标记'): Promise<void> => {
    await page.goto(qiao.base);
    // Claimed cases are on another tab than waiting ones.
    const row = page.getByTestId('worklist-row').filter({ hasText: name });
    await page.getByTestId('tab-waiting').waitFor();
    if (claimed.has(name)) await page.getByTestId('tab-mine').click();
    await row.click();
    await waitForPicture(page);
  };
  const settled = (page: Page) => page.locator('[data-testid=save-state][data-save=saved]').waitFor();

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    const chest = sampleDr({ seed, patientId: 'BM-2', patientName: 'Tou^Ying=投^影' });
    const thorax = sampleCt({ slices: 24, seed: 'marks', patientId: 'BM-3', patientName: 'Tuo^Yuan=椭^圆' });
    await qiao.stow('pacs-zhaozhuang', [
      ...measuringPhantom(phantom),
      ...[...chest, ...thorax].map(({ bytes }) => Buffer.from(bytes)),
    ]);
    [sun, api] = await Promise.all([arrive(), qiao.logIn('sun')]);
    for (const name of ['标记', '投影', '椭圆'])
      await sun.page.getByTestId('worklist-row').filter({ hasText: name }).waitFor();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  it('are saved as they are drawn, at their places in the image', async () => {
    const { page } = sun;
    await open(page);
    read = (await page.locator('[data-read-id]').getAttribute('data-read-id'))!;
    await page.getByTestId('claim').click();
    await page.getByTestId('submit').waitFor();
    claimed.add('标记');
    for (const [key, , points, way] of drawn) await mark(page, phantom, key, points, way);
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/marks.png` });
    const { marks } = await keptOf(drawn.length);
    await settled(page);
    const within = (await slack(page, phantom)) / 0.8 + 0.01;
    expect(marks.map(({ kind }) => kind).sort()).toEqual(drawn.map(([, kind]) => kind).sort());
    for (const [, kind, points] of drawn) {
      const saved = marks.find((one) => one.kind === kind)!;
      expect(saved).toMatchObject({ sopInstanceUid: sampleUid('phantom', seed, 1), frame: 1, calibration: 'patient' });
      expect(saved.author.name).toContain('孙');
      const [[x, y], last] = [points[0]!, points.at(-1)!];
      const [dx, dy] = [last[0] - x, last[1] - y];
      const corners: readonly Point[] =
        kind === 'rectangle'
          ? [[x, y], [last[0], y], last, [x, last[1]]]
          : kind === 'ellipse'
            ? [
                [x, y - dy],
                [x, y + dy],
                [x - dx, y],
                [x + dx, y],
              ]
            : points;
      // A pixel's centre lies half a pixel from where its coordinates begin (PS3.3 C.18.6.1.1).
      corners.forEach(([column, row], at) => {
        expect(Math.abs(saved.points[at]![0] - column - 0.5)).toBeLessThan(within);
        expect(Math.abs(saved.points[at]![1] - row - 0.5)).toBeLessThan(within);
      });
    }
    const valueOf = (kind: Mark['kind']) => marks.find((one) => one.kind === kind)!.values;
    expect(valueOf('length')).toEqual([{ quantity: 'length', value: expect.any(Number), unit: 'mm' }]);
    expect(Math.abs(valueOf('length')[0]!.value - 56)).toBeLessThan(2 * within);
    const [ratio, ...others] = valueOf('cardiothoracic');
    expect([ratio!.quantity, ratio!.unit, others]).toEqual(['ratio', '1', []]);
    expect(Math.abs(ratio!.value - 40 / 60)).toBeLessThan((2 * within) / 40);
    expect(valueOf('centre-line').map(({ quantity, unit }) => `${quantity} ${unit}`)).toEqual([
      'length mm',
      'hip-knee-ankle deg',
      'axis-deviation mm',
    ]);
    expect(valueOf('probe')).toEqual([{ quantity: 'value', value: phantomValue(180, 30, 1), unit: 'HU' }]);
    expect(valueOf('rectangle').map(({ quantity }) => quantity)).toEqual(
      expect.arrayContaining(['area', 'mean', 'deviation']),
    );
  });

  it('are there again on another machine, and are not saved anew by being looked at', async () => {
    const before = await kept();
    const written = (await lines(sun.page)).sort();
    const { page } = await arrive();
    await open(page);
    await eventually('as many words', async () => (await lines(page)).length === written.length);
    expect((await lines(page)).sort()).toEqual(written);
    await page.getByTestId('mark').first().getByRole('button').first().click();
    await page.getByTestId('frame-indicator').filter({ hasText: '2/3' }).waitFor();
    await page.waitForTimeout(1500);
    expect(await kept()).toEqual(before);
    await page.context().close();
  });

  it.each(['Escape', 'l', 'Delete'])('are given up half drawn with %s', async (key) => {
    const { page } = sun;
    const shapes = () => page.locator('[data-testid=viewport] svg').first().locator('line, path, ellipse').count();
    const [before, there] = [await kept(), await shapes()];
    const box = (await page.getByTestId('viewport').boundingBox())!;
    await page.keyboard.press('a');
    await page.mouse.move(box.x + 300, box.y + 360);
    await page.mouse.down();
    await page.mouse.move(box.x + 320, box.y + 330);
    await page.mouse.move(box.x + 340, box.y + 300);
    await page.mouse.up();
    await page.mouse.move(box.x + 350, box.y + 330);
    await eventually('two arms', async () => (await shapes()) > there);
    await page.keyboard.press(key);
    await eventually('nothing of it', async () => (await shapes()) === there);
    await page.mouse.move(box.x + 380, box.y + 350);
    await page.waitForTimeout(1000);
    expect(await shapes()).toBe(there);
    expect(await kept()).toEqual(before);
    expect(await page.getByTestId('save-state').getAttribute('data-save')).not.toBe('dirty');
  });

  it('drawn and undone before they were saved leave nothing to save', async () => {
    const { page } = sun;
    const before = await kept();
    await mark(page, phantom, 'd', [[30, 100]], 'drag');
    await page.locator('[data-testid=save-state][data-save=dirty]').waitFor();
    await page.keyboard.press('Delete');
    await page.waitForTimeout(1500);
    expect(await page.getByTestId('save-state').getAttribute('data-save')).not.toBe('dirty');
    expect((await kept()).marks).toEqual(before.marks);
  });

  it('go into the report with one key, once', async () => {
    const { page } = sun;
    const findings = page.getByTestId('findings');
    await findings.fill('双肺纹理清晰。');
    await page
      .locator('.picture')
      .first()
      .click({ position: { x: 5, y: 300 } });
    await page
      .locator(':focus')
      .evaluateAll((all) => all.forEach((one) => (one as unknown as { blur(): void }).blur()));
    await page.keyboard.press('n');
    await eventually('the length in words', async () => (await findings.inputValue()).includes('（序列 1 图 2）'));
    const text = await findings.inputValue();
    expect(text.split('\n')[0]).toBe('双肺纹理清晰。');
    expect(text).toMatch(/\n长 5\d\.\d mm（序列 1 图 2）/);
    expect(text).toMatch(/\n下肢力线 长 7\d\.\d mm，髋膝踝角 16\d\.\d°，力线偏移 \d\.\d mm（序列 1 图 2）/);
    expect(text).toMatch(/\n区域 面积 [\d.]+ mm²，均值 -?\d+ HU，标准差 \d+ HU（序列 1 图 2）/);
    await page.keyboard.press('n');
    await page.waitForTimeout(500);
    expect(await findings.inputValue()).toBe(text);
    await settled(page);
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/inserted.png` });
  });

  it('of two windows are both kept', async () => {
    const other = await arrive();
    await open(other.page);
    await other.page
      .getByTestId('mark')
      .nth(drawn.length - 1)
      .waitFor();
    await mark(
      sun.page,
      phantom,
      'l',
      [
        [20, 80],
        [60, 80],
      ],
      'drag',
    );
    await keptOf(drawn.length + 1);
    await mark(
      other.page,
      phantom,
      'l',
      [
        [20, 100],
        [70, 100],
      ],
      'drag',
    );
    await keptOf(drawn.length + 2);
    await other.page
      .getByTestId('mark')
      .nth(drawn.length + 1)
      .waitFor();
    await other.page.context().close();
  });

  it('wait for the line, and go off by themselves', async () => {
    const { page } = await arrive();
    await open(page);
    await page
      .getByTestId('mark')
      .nth(drawn.length + 1)
      .waitFor();
    await page.context().setOffline(true);
    await mark(page, phantom, 'd', [[150, 120]], 'drag');
    await page.locator('[data-testid=save-state][data-save=offline]').waitFor();
    await page.context().setOffline(false);
    await keptOf(drawn.length + 3);
    await page.getByTestId('mark').last().getByRole('button').last().click();
    await keptOf(drawn.length + 2);
    await mark(page, phantom, 'd', [[150, 120]], 'drag');
    await keptOf(drawn.length + 3);
    await page.keyboard.press('Delete');
    await keptOf(drawn.length + 2);
    await page.context().close();
  });

  it('on a projection without a place in the patient come back where they were', async () => {
    const { page } = sun;
    await open(page, '投影');
    read = (await page.locator('[data-read-id]').getAttribute('data-read-id'))!;
    await page.getByTestId('claim').click();
    await page.getByTestId('submit').waitFor();
    claimed.add('投影');
    const box = (await page.getByTestId('viewport').boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.keyboard.press('l');
    await page.mouse.move(x - 60, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 10);
    await page.mouse.move(x + 60, y + 20);
    await page.mouse.up();
    const saved = (await keptOf(1)).marks[0]!;
    expect(saved.calibration).toBe('patient');
    const [text] = await lines(page);
    expect(text).toBe(`${saved.values[0]!.value.toFixed(1)} mm`);
    const ends = () =>
      page
        .locator('[data-testid=viewport] svg line')
        .first()
        .evaluate((line) => ['x1', 'y1', 'x2', 'y2'].map((name) => Math.round(Number(line.getAttribute(name)))));
    const before = await ends();
    await open(page, '投影');
    await eventually('the words again', async () => (await lines(page))[0] === text);
    expect(await ends()).toEqual(before);
    expect((await kept()).marks[0]).toEqual(saved);
  });

  it('are kept where world coordinates cannot tell their place to the last digit', async () => {
    const { page } = sun;
    await open(page, '椭圆');
    read = (await page.locator('[data-read-id]').getAttribute('data-read-id'))!;
    await page.getByTestId('claim').click();
    await page.getByTestId('submit').waitFor();
    const { x, y } = (await page.getByTestId('viewport').boundingBox())!;
    for (const [key, [left, top], [right, bottom]] of [
      ['l', [250, 300], [420, 330]],
      ['e', [420, 400], [470, 440]],
    ] as const) {
      await page.keyboard.press(key);
      await page.mouse.move(x + left, y + top);
      await page.mouse.down();
      await page.mouse.move(x + (left + right) / 2, y + (top + bottom) / 2);
      await page.mouse.move(x + right, y + bottom);
      await page.mouse.up();
    }
    expect((await keptOf(2)).marks.map(({ kind }) => kind).sort()).toEqual(['ellipse', 'length']);
  });

  it('complain of nothing', () => {
    // The browser says of each request without a line that it failed, and of each that was refused as two windows met.
    const expected = (text: string): boolean =>
      text.includes('ERR_INTERNET_DISCONNECTED') || (text.includes('409') && text.endsWith('/marks'));
    expect(desks.flatMap(({ complaints }) => complaints).filter((one) => !expected(one))).toEqual([]);
  });
});
