import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import type { Browser, Page, Route } from 'playwright-core';
import { sampleDr, sampleEcg } from '#libs/formats/samples';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { measuringPhantom } from '#test/measuring-phantom';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;

const shots = process.env['SHOTS'];
const seed = `screens-${process.pid}-${Date.now()}`;
const SIZES = {
  ordinary: { width: 1366, height: 768 },
  large: { width: 1920, height: 1080 },
  phone: { width: 390, height: 844 },
} as const;
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** What the picture is made of: the first one, series and pixels. */
const IMAGES = /\/(dicom-web|images)\//;
const longName = '阿卜杜热合曼·麦麦提依明·吾斯曼江';
const volume = {
  label: `${seed} 胸部平扫 1.0mm 薄层 肺算法重建`,
  patient: { id: 'SC-1', name: `Abdurahman^Memtimin=^${longName}` },
  columns: 256,
  rows: 256,
  slices: 9,
  spacing: [1, 1, 5] as const,
};
const dr = sampleDr({ seed: `${seed}/dr`, patientId: 'SC-2', patientName: 'Ouyang^Xiulan=欧阳^秀兰', sex: 'F' });
const ecg = sampleEcg({ seed: `${seed}/ecg`, patientId: 'SC-3', patientName: 'He^XinNing=何^心宁' });

suite('the screens', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  const desks: Desk[] = [];
  let sun: Page;
  let zhou: Page;
  let zhao: Page;
  let age = '';

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), launchBrowser()]);
    for (const username of ['sun', 'zhou', 'zhao']) desks.push(await sitDown(browser, qiao, username));
    [sun, zhou, zhao] = desks.map(({ page }) => page) as [Page, Page, Page];
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  /** At each size nothing runs out of the window sideways; in both arrangements of the page axe finds nothing that keeps a person from using it. */
  const look = async (page: Page, name: string): Promise<void> => {
    const faults: string[] = [];
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(200);
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `${name}-${size}.png`) });
      }
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (wide > viewport.width) faults.push(`${size}: ${wide} pixels wide`);
      if (size === 'large') continue;
      await page.addScriptTag({ path: AXE });
      const { violations } = await page.evaluate<AxeResults>(`axe.run(document, { resultTypes: ['violations'] })`);
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical')
          faults.push(
            ...nodes.map(({ html, failureSummary }) => `${size}: ${id} ${html.slice(0, 160)} ${failureSummary}`),
          );
    }
    await page.setViewportSize(SIZES.ordinary);
    expect(faults).toEqual([]);
  };
  const row = (page: Page, name: string) => page.getByTestId('worklist-row').filter({ hasText: name });

  it('sign in', async () => {
    const context = await browser.newContext({ locale: 'zh-CN' });
    const page = await context.newPage();
    await page.goto(qiao.base);
    await page.getByTestId('username').waitFor();
    await look(page, 'sign-in');
    await context.close();
  });

  it('a worklist with nothing in it, and one that could not be fetched', async () => {
    await sun.getByTestId('tab-mine').click();
    await sun.getByTestId('tab-mine').and(sun.locator('[aria-selected=true]')).waitFor();
    await look(sun, 'worklist-empty');
    await sun.getByTestId('tab-waiting').click();
    await sun.route('**/api/worklist?*', (route) => route.abort());
    await sun.reload();
    await sun.getByText('病例列表没有取到').waitFor();
    await look(sun, 'worklist-failed');
    await sun.unroute('**/api/worklist?*');
    await sun.reload();
  });

  it('a worklist with long names', async () => {
    await qiao.stow('pacs-zhaozhuang', [
      ...measuringPhantom(volume),
      ...dr.map(({ bytes }) => bytes),
      ...ecg.map(({ bytes }) => bytes),
    ]);
    await row(sun, longName).waitFor();
    await row(sun, '欧阳秀兰').waitFor();
    age = /\d+岁/.exec((await row(sun, '欧阳秀兰').textContent())!)![0];
    await look(sun, 'worklist');
  });

  it('the township’s page', async () => {
    await eventually('what it has sent', async () => (await zhao.getByText('欧阳秀兰').count()) > 0);
    // As old as when the examination was made, on every page.
    expect(await zhao.getByTestId('exam-row').filter({ hasText: '欧阳秀兰' }).textContent()).toContain(age);
    await look(zhao, 'township');
  });

  it('images that are on their way, and images that could not be fetched', async () => {
    const waiting: Route[] = [];
    let isDown = false;
    await sun.route(IMAGES, (route) => (isDown ? route.abort() : void waiting.push(route)));
    await row(sun, longName).click();
    await sun.getByTestId('patient-name').filter({ hasText: longName }).waitFor();
    await sun.getByText('正在').first().waitFor();
    await look(sun, 'reading-loading');
    isDown = true;
    await Promise.all(waiting.map((route) => route.abort().catch(() => undefined)));
    await sun.getByText('连不上服务器').first().waitFor();
    await look(sun, 'reading-failed');
    await sun.unroute(IMAGES);
    await sun.goto(qiao.base);
  });

  it('images, and the report beside them', async () => {
    await row(sun, longName).click();
    await waitForPicture(sun);
    await sun.getByTestId('claim').click();
    await sun.getByTestId('findings').fill('双肺纹理清晰，未见实变影。'.repeat(12));
    await sun.getByTestId('impression').fill('双肺未见异常。');
    await sun.locator('[data-testid=save-state][data-save=saved]').waitFor();
    await look(sun, 'reading');
    await sun.keyboard.press('Alt+3');
    await sun.getByTestId('fault-position').waitFor();
    await sun.locator('[data-testid=fault-position]:focus').waitFor();
    await sun.keyboard.press('3');
    await look(sun, 'grade');
    await sun.keyboard.press('Control+Enter');
    await sun.getByTestId('graded').filter({ hasText: '丙级（运动伪影） · 孙医生' }).waitFor();
    await sun.keyboard.press('Alt+1');
    await sun.getByTestId('graded').filter({ hasText: '甲级 · 孙医生' }).waitFor();
    await sun.setViewportSize(SIZES.phone);
    await sun.getByTestId('pane-report').click();
    await look(sun, 'report');
    await sun.setViewportSize(SIZES.phone);
    await sun.getByTestId('pane-picture').click();
    await sun.setViewportSize(SIZES.ordinary);
    await sun.keyboard.press('?');
    await sun.getByTestId('key-list').waitFor();
    await look(sun, 'keys');
    await sun.keyboard.press('Escape');
    await sun.getByTestId('key-list').waitFor({ state: 'hidden' });
    await sun.keyboard.press('j');
    await eventually('planes', async () => (await sun.locator('[data-rendered-image-id^="plane:"]').count()) === 3);
    await look(sun, 'planes');
    await sun.keyboard.press('j');
  });

  it('an emergency read on a phone, by fingers', async () => {
    const context = await browser.newContext({
      viewport: SIZES.phone,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      hasTouch: true,
      isMobile: true,
      storageState: await sun.context().storageState(),
    });
    const page = await context.newPage();
    await page.goto(qiao.base);
    await page.getByTestId('tab-mine').tap();
    await row(page, longName).tap();
    await waitForPicture(page);
    await page.getByTestId('small-screen-notice').filter({ hasText: '初步意见' }).waitFor();
    const at = (): Promise<string | null> => page.getByTestId('frame-indicator').textContent();
    const before = await at();
    const box = (await page.getByTestId('viewport').boundingBox())!;
    const devtools = await context.newCDPSession(page);
    const touch = (type: string, ...points: { x: number; y: number }[]) =>
      devtools.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: points });
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await touch('touchStart', middle);
    for (let step = 1; step <= 10; step += 1) {
      await touch('touchMove', { ...middle, y: middle.y + step * 15 });
      await page.waitForTimeout(30);
    }
    await touch('touchEnd');
    await eventually('another slice', async () => (await at()) !== before);
    const zoom = page.getByTestId('zoom');
    const small = await zoom.textContent();
    await touch('touchStart', { ...middle, x: middle.x - 30 }, { ...middle, x: middle.x + 30 });
    for (let step = 1; step <= 10; step += 1) {
      await touch('touchMove', { ...middle, x: middle.x - 30 - step * 8 }, { ...middle, x: middle.x + 30 + step * 8 });
      await page.waitForTimeout(30);
    }
    await touch('touchEnd');
    await eventually('it is larger', async () => (await zoom.textContent()) !== small);
    if (shots) await page.screenshot({ path: join(shots, 'phone-reading.png') });
    await page.getByTestId('pane-report').tap();
    await page.getByTestId('findings').tap();
    await page.getByTestId('findings').fill('右肺中野片状影。');
    await page.locator('[data-testid=save-state][data-save=saved]').waitFor();
    if (shots) await page.screenshot({ path: join(shots, 'phone-report.png') });
    await context.close();
  });

  it('a month of image quality, and the cases behind a number', async () => {
    await zhao.getByRole('link', { name: '影像质控' }).click();
    await zhao.getByTestId('figure-A').click();
    await zhao.getByTestId('quality-case').filter({ hasText: longName }).waitFor();
    await look(zhao, 'figures');
    await zhao.keyboard.press('Escape');
    await zhao.getByTestId('cases-title').waitFor({ state: 'detached' });
    await zhao.getByRole('button', { name: '上个月' }).click();
    await zhao.getByText('还没有检查').waitFor();
    await look(zhao, 'figures-empty');
  });

  it('an ECG, and its report', async () => {
    await row(zhou, '何心宁').click();
    await zhou.getByTestId('findings').waitFor();
    await zhou.waitForTimeout(500);
    await look(zhou, 'ecg');
    await zhou.keyboard.press('Control+Enter');
    await zhou.getByTestId('open-phrases').waitFor();
    await zhou.getByTestId('findings').click();
    await zhou.keyboard.press('Alt+p');
    await zhou.getByText('房性心律失常').first().waitFor();
    await look(zhou, 'ecg-statements');
    // On the telephone's screen the report was out of sight, and with it the focus was gone.
    await zhou.getByTestId('text-find').fill('xfcdbks');
    await zhou.getByTestId('text-find').focus();
    await zhou.getByTestId('text-row').filter({ hasText: '心房颤动伴快速心室率' }).waitFor();
    await zhou.keyboard.press('Enter');
    await eventually('the statement stands in the report', async () =>
      (await zhou.getByTestId('findings').inputValue()).includes('心房颤动伴快速心室率。'),
    );
  });

  it('a read whose line is down, and one that is not there', async () => {
    await sun.setViewportSize(SIZES.ordinary);
    // What was written on the phone is here before the line drops: otherwise the two texts are a conflict, and rightly.
    await eventually('the words of the phone', async () =>
      (await sun.getByTestId('findings').inputValue()).includes('右肺中野片状影。'),
    );
    await sun.context().setOffline(true);
    await sun.getByTestId('findings').fill('线路断开时写下的话。');
    await sun.locator('[data-testid=save-state][data-save=offline]').waitFor();
    if (shots) await sun.screenshot({ path: join(shots, 'reading-offline.png') });
    await sun.context().setOffline(false);
    await sun.locator('[data-testid=save-state][data-save=saved]').waitFor();
    await sun.goto(`${qiao.base}/reads/00000000-0000-4000-8000-000000000000`);
    await sun.getByText('没有这一例').waitFor();
    await look(sun, 'missing');
  });
});
