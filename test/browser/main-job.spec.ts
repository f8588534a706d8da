import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { readEcg } from '#libs/formats/ecg';
import { layoutEcgPage } from '#libs/formats/ecg-page';
import { sampleCt, sampleDr, sampleEcg } from '#libs/formats/samples';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { difference, pictureByCounterpart, pictureOnScreen } from '#test/browser-picture';
import { hasCounterpart } from '#test/counterpart';
import { eventually, QiaoProcess } from '#test/qiao-process';

const run = promisify(execFile);
const suite = hasCounterpart('chromium') ? describe : describe.skip;
const withDcmtk = hasCounterpart('dcm2pnm') ? it : it.skip;
const withPoppler = hasCounterpart('pdftotext') && hasCounterpart('pdfsig') ? it : it.skip;

const seed = `browser-${process.pid}-${Date.now()}`;
const gao = { patientId: 'BR-0001', patientName: 'Gao^JianPing=高^建平', sex: 'M', birthDate: '19590331' } as const;
const zheng = { patientId: 'BR-0002', patientName: 'Zheng^XiuLan=郑^秀兰', sex: 'F', birthDate: '19550802' } as const;
const ct = sampleCt({ slices: 6, seed, ...gao, accessionNumber: 'BR1' });
/** One slice at another level: its pixels are not those of any slice above. */
const otherCt = sampleCt({ slices: 1, seed: `${seed}/2`, ...zheng, accessionNumber: 'BR2' });
const ecg = sampleEcg({ seed, patientId: 'BR-0003', patientName: 'He^XinNing=何^心宁', accessionNumber: 'BR3' });
/** A picture 512 high on the screen: every image pixel is one screen pixel. */
const nativeSize = { width: 1366, height: 638 };
// Programs that round a half to different sides differ by 1 almost everywhere; another slice of this phantom by 2.7 in the mean.
const tolerance = { largest: 2, mean: 1 };

suite('the main job, in the browser', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  let reading = '';
  let pdf = '';
  const desks: Desk[] = [];
  const folder = mkdtemp(join(tmpdir(), 'qiao-browser-'));
  const arrive = async (username: string, size?: { width: number; height: number }) => {
    const desk = await sitDown(browser, qiao, username, size);
    desks.push(desk);
    return desk;
  };
  const row = (page: Page, name: string) => page.getByTestId('worklist-row').filter({ hasText: name });

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
    await rm(await folder, { recursive: true, force: true });
  }, 60_000);

  it('shows a new case in the open worklist by itself', async () => {
    sun = await arrive('sun', nativeSize);
    await sun.page.getByTestId('tab-waiting').waitFor();
    expect(await row(sun.page, '高建平').count()).toBe(0);
    const arrives = (files: typeof ct) =>
      qiao.stow(
        'pacs-zhaozhuang',
        files.map(({ bytes }) => bytes),
      );
    await arrives([...ct, ...ecg]);
    await row(sun.page, '高建平').waitFor();
    // After it, so that it is the next one of the list.
    await arrives(otherCt);
    await row(sun.page, '郑秀兰').waitFor();
    // The ECG is another speciality's.
    expect(await row(sun.page, '何心宁').count()).toBe(0);
  });

  withDcmtk('draws the pixels that DCMTK draws, in every window', async () => {
    const { page } = sun;
    await row(page, '高建平').click();
    await waitForPicture(page);
    expect(await page.getByTestId('patient-name').textContent()).toBe('高建平');
    for (const [key, window] of [
      ['2', { center: 40, width: 400 }],
      ['1', { center: -600, width: 1500 }],
    ] as const) {
      await page.keyboard.press(key);
      await page
        .getByTestId('window')
        .filter({ hasText: `窗宽 ${window.width} 窗位 ${window.center}` })
        .waitFor();
      await page.waitForTimeout(300);
      const compared = difference(await pictureOnScreen(page), await pictureByCounterpart(ct[3]!.bytes, window));
      expect(compared.contrast).toBeGreaterThan(150);
      expect(compared.scale).toBe(1);
      expect(compared.largest).toBeLessThanOrEqual(tolerance.largest);
      expect(compared.mean).toBeLessThan(tolerance.mean);
    }
    await page.keyboard.press('End');
    await page.getByTestId('frame-indicator').filter({ hasText: '6/6' }).waitFor();
    await eventually('the last slice', async () => {
      const last = await pictureByCounterpart(ct[5]!.bytes, { center: -600, width: 1500 });
      return difference(await pictureOnScreen(page), last).largest <= tolerance.largest;
    });
  });

  it('claims, saves by itself and submits with the password; the author cannot review', async () => {
    const { page } = sun;
    reading = new URL(page.url()).pathname;
    await page.getByTestId('claim').click();
    await page.getByTestId('findings').fill('右肺中野见类圆形结节，直径约14 mm，边缘光整。');
    await page.getByTestId('impression').fill('右肺中野结节，建议三个月后复查。');
    await page.locator('[data-testid=save-state][data-save=saved]').waitFor();
    await page.reload();
    await waitForPicture(page);
    expect(await page.getByTestId('findings').inputValue()).toContain('14 mm');
    await page.getByTestId('submit').click();
    await page.getByTestId('signing-password').fill(qiao.credentials.users['sun']!);
    await page.getByTestId('password-confirm').click();
    // The next case has opened by itself; this one is a click away.
    await page.getByTestId('patient-name').filter({ hasText: '郑秀兰' }).waitFor();
    expect(await page.getByTestId('findings').inputValue()).toBe('');
    await page.getByTestId('finished-back').click();
    await page.getByTestId('patient-name').filter({ hasText: '高建平' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(reading);
    for (const button of ['review', 'sign', 'claim']) expect(await page.getByTestId(button).count()).toBe(0);
  });

  it('lets another doctor review and sign, and gives the PDF', async () => {
    const { page } = await arrive('qian');
    await page.getByTestId('tab-toReview').click();
    await row(page, '高建平').click();
    await waitForPicture(page);
    await page.getByTestId('review').click();
    await page.getByTestId('sign').click();
    await page.getByTestId('signing-password').fill(qiao.credentials.users['qian']!);
    await page.getByTestId('password-confirm').click();
    // Nothing else waits for a reviewer.
    await page.getByTestId('finished').filter({ hasText: '没有下一例' }).waitFor();
    await page.getByTestId('finished-back').click();
    await page.getByTestId('signed').waitFor();
    const href = await page.getByTestId('report-pdf').getAttribute('href');
    const answer = await page.request.get(new URL(href!, qiao.base).href);
    expect(answer.headers()['content-type']).toContain('application/pdf');
    pdf = join(await folder, 'report.pdf');
    await writeFile(pdf, await answer.body());
    expect(new URL(page.url()).pathname).toBe(reading);
  });

  withPoppler('gives a PDF whose words are there and whose signature Poppler accepts', async () => {
    const { stdout: words } = await run('pdftotext', ['-layout', pdf, '-']);
    for (const text of ['高建平', '赵庄镇卫生院', '右肺中野见类圆形结节', '建议三个月后复查', '孙医生', '钱医生'])
      expect(words).toContain(text);
    const { stdout: signatures } = await run('pdfsig', ['-nocert', pdf]);
    expect(signatures).toContain('ETSI.CAdES.detached');
    expect(signatures).toContain('Signature is Valid');
  });

  it('sends a folder, shows its progress, the outcome of each file and the report that came back', async () => {
    const { page } = await arrive('zhao');
    const source = join(await folder, 'CD');
    const chen = { patientId: 'BR-0009', patientName: 'Tao^GuiFang=陶^桂芳', sex: 'F' } as const;
    const files = [
      ...sampleCt({ slices: 8, seed: `${seed}/9`, ...chen }),
      ...sampleDr({ seed: `${seed}/9`, ...chen }),
      { filename: 'READ ME.txt', bytes: Buffer.from('Nothing to see here.') },
      { filename: 'again/0001.dcm', bytes: ct[0]!.bytes },
    ];
    for (const { filename, bytes } of files) {
      await mkdir(dirname(join(source, filename)), { recursive: true });
      await writeFile(join(source, filename), bytes);
    }
    // A line of 24 Mbit/s, so that there is something to see on the way.
    const line = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 3_000_000 };
    await line.send('Network.emulateNetworkConditions', slow);
    await page.getByTestId('folder-input').setInputFiles(source);
    const card = page.getByTestId('batch');
    const percents = new Set<string>();
    await eventually('the end of the upload', async () => {
      percents.add((await card.getByRole('progressbar').getAttribute('aria-valuenow')) ?? '');
      return (await card.getAttribute('data-phase')) === 'finished';
    });
    expect([...percents].some((percent) => Number(percent) > 0 && Number(percent) < 100)).toBe(true);
    await card.getByTestId('batch-summary').waitFor();
    await card.locator('summary').click();
    const shown = await card.textContent();
    for (const { filename } of files) expect(shown).toContain(filename);
    expect(await card.getByTestId('upload-trouble').allTextContents()).toEqual([
      expect.stringContaining('READ ME.txt'),
    ]);
    await page.getByTestId('exam-row').filter({ hasText: '陶桂芳' }).first().waitFor();
    const reported = page.getByTestId('exam-row').filter({ hasText: '高建平' });
    expect(await reported.getByTestId('report-pdf').getAttribute('href')).toMatch(/^\/api\/reports\/.+\/pdf$/);
  });

  it('draws the ECG to scale', async () => {
    const { page } = await arrive('zhou');
    await row(page, '何心宁').click();
    await waitForPicture(page, 'ecg:');
    expect(await page.getByTestId('frame-indicator').textContent()).toBe('25 mm/s · 10 mm/mV');
    const { grid, traces } = layoutEcgPage(readEcg(ecg[0]!.bytes));
    const screen = await pictureOnScreen(page);
    const at = (x: number, y: number) =>
      screen.rgb.subarray((y * screen.width + x) * 3, (y * screen.width + x) * 3 + 3);
    // The paper's own corner and width on the screen, found by its colour, give the scale.
    const middle = Math.floor(screen.height / 2);
    const columns = Array.from({ length: screen.width }, (_, x) => x).filter((x) => at(x, middle)[2]! < 250);
    const rows = Array.from({ length: screen.height }, (_, y) => y).filter((y) => at(columns.at(-3)!, y)[2]! < 250);
    const [left, top] = [columns[0]!, rows[0]!];
    const scale = (columns.at(-1)! - left) / grid.widthMm;
    expect((rows.at(-1)! - top) / grid.heightMm).toBeCloseTo(scale, 1);
    // The samples as the file holds them: twelve 16-bit channels by turns, 2.5 µV a step, 500 a second.
    const leads = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
    const file = ecg[0]!.bytes;
    const samples = file.subarray(file.length - 5000 * 12 * 2);
    const millimetres = (lead: string, sample: number) =>
      (samples.readInt16LE((sample * 12 + leads.indexOf(lead)) * 2) * 2.5 * 10) / 1000;
    const dark = (xMm: number, yMm: number) => {
      const [x, y] = [Math.round(left + (xMm - grid.xMm) * scale), Math.round(top + (yMm - grid.yMm) * scale)];
      for (let line = y - 2; line <= y + 2; line += 1)
        for (let column = x - 2; column <= x + 2; column += 1) if (at(column, line)[1]! < 120) return true;
      return false;
    };
    let [looked, found, empty] = [0, 0, 0];
    for (const { lead, startSample, endSample, originXMm, baselineYMm } of traces) {
      for (let sample = startSample + 5; sample < endSample - 5; sample += 7) {
        const x = originXMm + ((sample - startSample) / 500) * 25;
        const y = baselineYMm - millimetres(lead, sample);
        looked += 1;
        if (dark(x, y)) found += 1;
        if (!dark(x, y + 12)) empty += 1;
      }
    }
    expect(looked).toBeGreaterThan(2000);
    expect(found / looked).toBeGreaterThan(0.995);
    // Twelve millimetres lower there is bare paper nearly everywhere.
    expect(empty / looked).toBeGreaterThan(0.95);
  });

  withDcmtk('never shows one patient’s pixels under another’s name', async () => {
    const { page } = sun;
    await page.goto(qiao.base);
    await page.getByTestId('tab-mine').waitFor();
    const ids = await page.evaluate<Record<string, { id: string; study: string }>>(`(async () => {
      const found = {};
      for (const state of ['open,assigned,claimed', 'done']) {
        const { items } = await (await fetch('/api/worklist?state=' + state)).json();
        for (const { id, studyInstanceUid, patient } of items) found[patient.name] = { id, study: studyInstanceUid };
      }
      return found;
    })()`);
    const pair = ['高建平', '郑秀兰'].map((name) => ({ name, ...ids[name]! }));
    const go = (id: string) =>
      page.evaluate(`history.pushState(null, '', '/reads/${id}'); dispatchEvent(new PopStateEvent('popstate'));`);
    // Looks at every frame of the screen: name, image id, and pixels that tell the two pictures apart.
    await page.evaluate(`(() => {
      window.seen = [];
      const look = () => {
        const viewport = document.querySelector('[data-testid=viewport]');
        const name = document.querySelector('[data-testid=patient-name]')?.textContent;
        const canvas = viewport?.querySelector('canvas');
        if (name && viewport?.dataset.renderedImageId && canvas?.width) {
          const { data } = canvas.getContext('2d').getImageData(0, canvas.height >> 1, canvas.width, 1);
          let sum = 0;
          for (let at = 0; at < data.length; at += 4) sum = (sum * 31 + data[at]) % 1000000007;
          window.seen.push({ name, image: viewport.dataset.renderedImageId, sum });
        }
        requestAnimationFrame(look);
      };
      look();
    })()`);
    const settle = async ({ id, study }: { id: string; study: string }) => {
      await go(id);
      await waitForPicture(page, study);
      await page.waitForTimeout(500);
    };
    const sums = new Map<string, number>();
    const settled = async (one: (typeof pair)[number], bytes: Uint8Array) => {
      await settle(one);
      const screen = await pictureOnScreen(page);
      const reference = await pictureByCounterpart(bytes, { center: 40, width: 400 });
      expect(difference(screen, reference).largest).toBeLessThanOrEqual(tolerance.largest);
      const last = await page.evaluate<{ name: string; sum: number }>('window.seen.at(-1)');
      expect(last.name).toBe(one.name);
      sums.set(one.name, last.sum);
    };
    await settled(pair[0]!, ct[3]!.bytes);
    await settled(pair[1]!, otherCt[0]!.bytes);
    for (let turn = 0; turn < 24; turn += 1) {
      await go(pair[turn % 2]!.id);
      await page.waitForTimeout((turn * 37) % 300);
    }
    await settled(pair[0]!, ct[3]!.bytes);
    const seen = await page.evaluate<{ name: string; image: string; sum: number }[]>('window.seen');
    const foreign = seen.filter(
      ({ name, image, sum }) =>
        !image.includes(ids[name]?.study ?? '?') || [...sums].some(([other, its]) => other !== name && its === sum),
    );
    expect(new Set(seen.map(({ name }) => name))).toEqual(new Set(pair.map(({ name }) => name)));
    expect(foreign).toEqual([]);
  });

  it('speaks English throughout at a click', async () => {
    const { page } = sun;
    await page.getByTestId('language').click();
    for (const words of ['Findings', 'Impression', 'The report is signed', 'Read-only', 'Mediastinum'])
      await page.getByText(words, { exact: false }).first().waitFor();
    await page.locator('.patient-back').click();
    for (const words of ['Waiting', 'To review', 'Clinical information'])
      await page.getByText(words, { exact: false }).first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByTestId('language').click();
    await page.getByText('待诊断').first().waitFor();
  });

  it('left nothing in any console', () => {
    expect(desks.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
