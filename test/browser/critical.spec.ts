import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { QiaoProcess } from '#test/qiao-process';
import { slowEcg } from '#test/slow-ecg';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const shots = process.env['SHOTS'];

suite('a proposed critical value', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let desk: Desk;
  let page: Page;
  const look = async (name: string): Promise<void> => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    for (const [size, viewport] of Object.entries({
      phone: { width: 390, height: 844 },
      desk: { width: 1366, height: 768 },
    })) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(shots, `${name}-${size}.png`) });
    }
  };

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    desk = await sitDown(browser, qiao, 'zhou', { width: 1366, height: 768 });
    page = desk.page;
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  it('is said on the open worklist, and decided by keys where the ECG is read', async () => {
    const file = slowEcg({ seed: 'critical-page', patientId: 'CP-1', patientName: 'Ouyang^Mingde=欧阳^明德' });
    await (
      await qiao.client('pacs-zhaozhuang')
    )('POST', '/api/ecg', file);
    const row = page.getByTestId('worklist-row').filter({ hasText: '欧阳明德' }).filter({ hasText: '危急值提示' });
    await row.waitFor();
    expect(await row.textContent()).toContain('急诊');
    await look('critical-worklist');
    await row.click();
    await waitForPicture(page, 'ecg:');
    const strip = page.getByTestId('critical-proposal');
    await strip.filter({ hasText: '疑似危急值' }).waitFor();
    expect(await strip.textContent()).toContain('30（界限 < 35 /min）');
    await look('critical-unclaimed');

    await page.getByTestId('claim').click();
    await page.getByTestId('critical-dismiss').focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(`document.activeElement?.closest('.ant-select') !== null`);
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await page.getByTestId('dismiss-confirm').isDisabled()).toBe(true);
    await page.getByTestId('dismiss-note').fill('运动员，静息心率一贯偏慢');
    await look('critical-dismissing');
    await page.keyboard.press('Control+Enter');
    await strip.filter({ hasText: '不是危急值（其他）' }).waitFor();
    expect(await strip.textContent()).toContain('运动员');
    await look('critical-dismissed');
    expect(desk.complaints).toEqual([]);
  });
});
