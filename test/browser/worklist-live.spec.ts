import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { smallInstance } from '#test/small-instances';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const seed = `live-${process.pid}-${Date.now()}`;
const shots = process.env['SHOTS'];

suite('a worklist that updates by itself', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  let qian: Ask;
  /** When the page asked for a list. */
  const asked: number[] = [];
  const row = (page: Page, name: string) => page.getByTestId('worklist-row').filter({ hasText: name });
  const arrive = (name: string) =>
    qiao.stow('pacs-zhaozhuang', [
      smallInstance({ study: `${seed}/${name}`, patientId: name, patientName: `Xin^Dao=${name[0]}^${name[1]}` }).bytes,
    ]);
  const live = (page: Page) => page.locator('[data-testid=refreshed][data-live=true]').waitFor();

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), launchBrowser()]);
    qian = await qiao.logIn('qian');
    // The network's own first cases have come before anything is counted.
    await eventually('the first cases', async () => {
      const { body } = await qian<{ counts: { waiting: number } }>('GET', '/api/worklist');
      return body.counts.waiting >= 2;
    });
    sun = await sitDown(browser, qiao, 'sun');
    sun.page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/api/worklist') asked.push(Date.now());
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  it('asks for nothing while nothing happens', async () => {
    const { page } = sun;
    await live(page);
    await page.waitForTimeout(2000);
    const from = Date.now();
    // Two rounds of asking every three seconds would fit.
    await page.waitForTimeout(7000);
    expect(asked.filter((at) => at > from)).toEqual([]);
  });

  it('shows a new case, and that a colleague has taken it, without being reloaded', async () => {
    const { page } = sun;
    await page.evaluate('window.same = true');
    await arrive('新到');
    await row(page, '新到').waitFor();
    if (shots) await page.screenshot({ path: `${shots}/worklist-live.png` });
    const { body } = await qian<{ items: { id: string; patient: { name: string } }[] }>('GET', '/api/worklist');
    const { id } = body.items.find(({ patient }) => patient.name === '新到')!;
    await qian('POST', `/api/reads/${id}/claim`, {});
    await row(page, '新到').waitFor({ state: 'detached' });
    await qian('POST', `/api/reads/${id}/release`, {});
    await row(page, '新到').waitFor();
    expect(await page.evaluate('window.same')).toBe(true);
  });

  it('says that the line is gone, and has what came meanwhile when it is back', async () => {
    const { page } = sun;
    const complaints = [...sun.complaints];
    await page.context().setOffline(true);
    await page.locator('.stale').waitFor();
    await page.locator('[data-testid=refreshed][data-live=false]').waitFor();
    if (shots) await page.screenshot({ path: `${shots}/worklist-offline.png` });
    await arrive('断线');
    await page.waitForTimeout(3000);
    expect(await row(page, '断线').count()).toBe(0);
    await page.context().setOffline(false);
    await row(page, '断线').waitFor();
    await live(page);
    await page.locator('.stale').waitFor({ state: 'detached' });
    await arrive('之后');
    await row(page, '之后').waitFor();
    const since = sun.complaints.slice(complaints.length);
    expect(since.filter((one) => !one.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
