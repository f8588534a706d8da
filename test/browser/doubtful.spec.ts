import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ExpectInstances } from '#libs/catalogue';
import { sampleCt, sampleUid } from '#libs/formats/samples';
import { launchBrowser, sitDown, waitForPicture } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { productDatabase } from '#test/product-database';
import { productParts } from '#test/product-parts';
import { eventually, QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const pictures = process.env['QIAO_TEST_PICTURES'];
const seed = `doubtful-${process.pid}`;
const known = { patientId: 'DB-1', patientName: 'Li^XiuYing=李^秀英', sex: 'F', birthDate: '19660512' } as const;
const studyInstanceUid = sampleUid(seed, 'doubtful');
const other = { patientId: 'DB-1', patientName: 'Zhang^Wei=张^伟', sex: 'M', birthDate: '19910304' } as const;

suite('a doubtful and incomplete examination, in the browser', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  const earlier = sampleCt({ slices: 1, seed: `${seed}/1`, ...known });
  const doubtful = sampleCt({ slices: 3, seed: `${seed}/2`, studyInstanceUid, ...other });

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), launchBrowser()]);
    const [database, parts] = await Promise.all([productDatabase(qiao.dataDir), productParts(qiao.dataDir)]);
    await database.query(`UPDATE settling_rule SET quiet_times = 2 WHERE situation = 'incomplete'`);
    await parts.get(ExpectInstances).expect({
      organisation: 'zhaozhuang',
      studyInstanceUid,
      source: 'mpps',
      count: 5,
    });
    await Promise.all([database.end(), parts.close()]);
    for (const { bytes } of earlier) await qiao.stow('pacs-zhaozhuang', [bytes]);
    // Whose number it is has to be known before the other comes: what is stored together may be filed in any order.
    const township = await qiao.logIn('zhao');
    await eventually('the known patient', async () => {
      const { body } = await township<{ items: { patient: { number: string } }[] }>('GET', '/api/exams?limit=200');
      return body.items.some(({ patient }) => patient.number === known.patientId);
    });
    for (const { bytes } of doubtful) await qiao.stow('pacs-zhaozhuang', [bytes]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  it('says so in the list and over the picture, and moves to the other person by a decision with a reason', async () => {
    const { page, complaints } = await sitDown(browser, qiao, 'qian');
    const shoot = async (name: string): Promise<void> => {
      if (!pictures) return;
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}.png`) });
    };
    const row = page.getByTestId('worklist-row').filter({ hasText: '身份待核' });
    await row.waitFor();
    expect(await row.getByTestId('completeness').textContent()).toBe('3/5 未收全');
    await shoot('worklist-doubtful');
    await row.click();
    await waitForPicture(page);
    expect(await page.getByTestId('incomplete').textContent()).toContain('未收全 3/5');
    await page.getByTestId('identity-doubt').filter({ hasText: '张伟' }).waitFor();
    expect(await page.getByTestId('identity-doubt').textContent()).toContain('姓名、出生日期、性别');
    await shoot('reading-doubtful');
    await page.getByTestId('reconcile-open').click();
    expect(await page.getByTestId('other-person').isDisabled()).toBe(true);
    await page.getByTestId('reconcile-reason').fill('登记时拿错了卡');
    await shoot('reconcile-dialog');
    await page.getByTestId('other-person').click();
    await page.getByTestId('patient-name').filter({ hasText: '张伟' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('reconciliation').waitFor({ state: 'detached' });
    await shoot('reading-decided');
    expect(complaints).toEqual([]);
  });

  it('shows the township which of its examinations is incomplete', async () => {
    const { page } = await sitDown(browser, qiao, 'zhao');
    const line = page.getByTestId('exam-row').filter({ hasText: '张伟' });
    await line.waitFor();
    expect(await line.getByTestId('completeness').textContent()).toContain('3/5 未收全');
    if (pictures) await page.screenshot({ path: join(pictures, 'township-incomplete.png') });
  });
});
