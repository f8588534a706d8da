import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { sampleHolter } from '#libs/formats/samples';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { pictureOnScreen } from '#test/browser-picture';
import { hasCounterpart } from '#test/counterpart';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const shots = process.env['SHOTS'];
const SECONDS = 7 * 3600;
/** The heart goes slower at night; it began at 08:30. */
const rr = (second: number): number => 0.85 + 0.2 * Math.sin(second / 4000) + 0.05 * Math.sin(second / 97);

suite('an ECG of seven hours', () => {
  const { bytes, rSeconds } = sampleHolter({
    patientId: 'HV-1',
    lastName: 'Ouyang^Mingde',
    seconds: SECONDS,
    pauseAtSeconds: [7205, 20_000],
    rr,
  });
  let qiao: QiaoProcess;
  let browser: Browser;
  let desk: Desk;
  let page: Page;
  const said = async (id: string): Promise<string> => (await page.getByTestId(id).textContent()) ?? '';
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const shows = (text: string) => page.getByTestId('ecg-position').filter({ hasText: text }).waitFor();
  const look = async (name: string): Promise<void> => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    for (const [size, viewport] of Object.entries({
      phone: { width: 390, height: 844 },
      wide: { width: 1920, height: 1080 },
      desk: { width: 1366, height: 768 },
    })) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(shots, `${name}-${size}.png`) });
    }
  };
  const picture = async (): Promise<Buffer> => Buffer.from((await pictureOnScreen(page)).rgb);

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    const his = await qiao.client('pacs-zhaozhuang');
    expect((await his('POST', '/api/ecg', bytes)).status).toBe(201);
    const zhou = await qiao.logIn('zhou');
    const { id } = await eventually('the read', async () => {
      const { body } = await zhou<{ items: { id: string; patient: { number: string } }[] }>(
        'GET',
        '/api/worklist?kind=ecg&limit=200',
      );
      return body.items.find(({ patient }) => patient.number === 'HV-1');
    });
    await eventually('the overview', async () => {
      const { status } = await zhou('GET', `/api/reads/${id}/ecg/overview`);
      return status === 200 ? true : undefined;
    });
    desk = await sitDown(browser, qiao, 'zhou', { width: 1366, height: 768 });
    page = desk.page;
    await page.goto(`${qiao.base}/reads/${id}`);
    await waitForPicture(page, 'ecg:');
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  it('opens at its beginning, with the rate of the whole beneath', async () => {
    expect(await said('ecg-position')).toBe('08:30:00 · 0–10 秒 / 共 25200 秒');
    const strip = page.getByTestId('ecg-day');
    await strip.filter({ hasText: '停搏 ≥3 秒 2 处' }).waitFor();
    expect(await strip.textContent()).toContain('15:00');
    await look('long-opened');
  });

  it('goes from pause to pause by a key, and says what was found', async () => {
    const before = await picture();
    await press('j');
    await page.getByTestId('ecg-said').filter({ hasText: '停搏 3.6 秒' }).waitFor();
    await page.waitForFunction(`!document.querySelector('[data-testid="ecg-said"]').textContent.includes('正在取')`);
    const pause = rSeconds.find((at) => at >= 7205)!;
    const from = Number(/· ([\d.]+)–/.exec(await said('ecg-position'))![1]);
    expect(Math.abs(from - (pause - 2))).toBeLessThan(0.1);
    expect(Buffer.compare(await picture(), before)).not.toBe(0);
    await look('long-pause');
    await press('j');
    await shows('14:03');
    await press('j');
    expect(await said('ecg-said')).toContain('后面没有停搏或快搏');
    await press('q');
    await shows('10:30');
  });

  it('turns over the edge of what was fetched, and keeps the page before under its own seconds until then', async () => {
    await press('Home');
    await shows('08:30:00 · 0–10');
    for (let turned = 0; turned < 20; turned += 1) await press('PageDown');
    await shows('08:33:20 · 200–210');
    await press('Shift+PageDown');
    await shows('08:43:20 · 800–810');
    const there = await picture();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/ecg\?from=/, async (route) => {
      await held;
      await route.continue();
    });
    await press('End');
    await page.getByTestId('ecg-said').filter({ hasText: '正在取 15:29:50' }).waitFor();
    expect(await said('ecg-position')).toContain('800–810');
    expect(Buffer.compare(await picture(), there)).toBe(0);
    release();
    await shows('15:29:50 · 25190–25200');
    await page.unroute(/\/ecg\?from=/);
  });

  it('says what did not come, and fetches it again', async () => {
    await page.route(/\/ecg\?from=/, (route) => route.abort());
    await press('Home', 'Shift+PageDown');
    const status = page.getByTestId('ecg-said');
    await page
      .getByTestId('ecg-day')
      .locator('.ecg-day-strip')
      .click({ position: { x: 400, y: 20 } });
    await status.filter({ hasText: '没有取到' }).waitFor();
    await look('long-not-fetched');
    await page.unroute(/\/ecg\?from=/);
    const at = /(\d\d:\d\d:\d\d) 没有取到/.exec(await said('ecg-said'))![1]!;
    await status.getByRole('button').click();
    await shows(at);
    desk.complaints.length = 0;
  });

  it('is looked through by half hours, and opened at a place by keys', async () => {
    await press('Home', 't');
    const hours = page.getByTestId('ecg-hours');
    const drawn = (what: string) => hours.locator(`canvas[data-drawn="${what}"]`).waitFor();
    await drawn('II 0');
    await look('long-hours');
    await press('l');
    await drawn('V1 0');
    await press('g', 'PageDown', 'PageDown', 'PageDown', 'PageDown');
    await drawn('V1 7200');
    await press('ArrowDown', 'ArrowRight', 'ArrowRight');
    expect(await said('ecg-hours-chosen')).toBe('选中 10:31:20');
    await look('long-hours-pause');
    await press('Enter');
    await hours.waitFor({ state: 'detached' });
    await shows('10:31:20 · 7280–7290');
    await press('t');
    await drawn('II 7200');
    await press('Escape');
    await hours.waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
  });
});
