import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { sampleEcg } from '#libs/formats/samples';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { pictureOnScreen, type Picture } from '#test/browser-picture';
import { hasCounterpart } from '#test/counterpart';
import { QiaoProcess } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const shots = process.env['SHOTS'];
const SIZES = {
  desk: { width: 1366, height: 768 },
  wide: { width: 1920, height: 1080 },
  phone: { width: 390, height: 844 },
};
const who = { patientId: 'EV-1', patientName: 'He^XinNing=何^心宁' };
const seed = `ecg-viewer-${process.pid}-${Date.now()}`;
/** The screen is told to have so many pixels a millimetre. */
const PER_MM = 5;

/** The sample with lead II of our own: 1 mV for 100 ms at half past each second, else 0; twelve channels of 2.5 µV steps, 500 a second. */
function withSquareWave(file: Buffer): Buffer {
  const bytes = Buffer.from(file);
  const samples = bytes.subarray(bytes.length - 5000 * 12 * 2);
  for (let i = 0; i < 5000; i += 1) samples.writeInt16LE(i % 500 >= 250 && i % 500 < 300 ? 400 : 0, (i * 12 + 1) * 2);
  return bytes;
}
const present = withSquareWave(sampleEcg({ seed, ...who, studyDate: '20260301', accessionNumber: 'EV1' })[0]!.bytes);
const before = sampleEcg({ seed: `${seed}/before`, ...who, studyDate: '20260105', accessionNumber: 'EV0' })[0]!.bytes;

interface Lead {
  name: string;
  samples: string;
}
interface View {
  recording: { leads: Lead[]; representativeBeats?: Lead[]; measurements: unknown[] };
  computed?: { code: string; value: number; unit: string }[];
  st?: { lead: string; jMicrovolts: number; j60Microvolts: number }[];
  warnings?: { code: string; leads: string[] }[];
}

/** To the pixel; a matcher would write millions of lines. */
const same = (one: Picture, other: Picture): boolean => Buffer.compare(one.rgb, other.rgb) === 0;
const green = ({ width, rgb }: Picture, x: number, y: number): number => rgb[(y * width + x) * 3 + 1]!;
/** Where along a line of pixels the ink is: the middle of each run of dark ones, weighed by how dark. */
function inked(length: number, at: (i: number) => number): number[] {
  const found: number[] = [];
  let [sum, weight] = [0, 0];
  for (let i = 0; i <= length; i += 1) {
    const value = i < length ? at(i) : 255;
    if (value < 150) {
      sum += i * (255 - value);
      weight += 255 - value;
    } else if (weight > 0) {
      found.push(sum / weight);
      [sum, weight] = [0, 0];
    }
  }
  return found;
}
/** Columns of the grid's strong lines, seen in a row of pixels that no fine line runs along. */
function strongLines(picture: Picture, y: number): number[] {
  const isStrong = (x: number): boolean => {
    const at = (y * picture.width + x) * 3;
    return picture.rgb[at] === 0xea && picture.rgb[at + 1] === 0xa9 && picture.rgb[at + 2] === 0xa2;
  };
  return Array.from({ length: picture.width }, (_, x) => x).filter(isStrong);
}

suite('the ECG viewer', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let desk: Desk;
  let page: Page;
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
    await page.waitForTimeout(80);
  };
  const text = (id: string) => page.getByTestId(id).textContent();
  /** No wider than its window, at any size; with SHOTS every view is kept as a picture. */
  const look = async (name: string): Promise<void> => {
    if (!shots && name !== 'ecg-computed') return;
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(250);
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `${name}-${size}.png`) });
      }
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
    }
    await page.setViewportSize(SIZES.wide);
    await page.waitForTimeout(250);
  };

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    await qiao.stow('pacs-zhaozhuang', [before]);
    desk = await sitDown(browser, qiao, 'zhou', SIZES.wide);
    page = desk.page;
    const rows = page.getByTestId('worklist-row').filter({ hasText: '何心宁' });
    await rows.waitFor();
    const earlier = await rows.first().elementHandle();
    await qiao.stow('pacs-zhaozhuang', [present]);
    await page.waitForFunction(`document.querySelectorAll('[data-testid=worklist-row]').length >= 2`);
    await earlier?.dispose();
    await page.evaluate(`localStorage.setItem('qiao.ecg.device-pixels-per-mm', '${PER_MM}')`);
    for (const at of [0, 1]) {
      await page.getByTestId('worklist-row').filter({ hasText: '何心宁' }).nth(at).click();
      await waitForPicture(page, 'ecg:');
      // Of the one that is read: either names the other's day as an earlier or a later examination.
      if ((await page.locator('.patient-line').textContent())!.includes('2026-03-01')) return;
      await page.goto(qiao.base);
      await rows.first().waitFor();
    }
    throw new Error('the present ECG is not on the list');
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  it('is true to scale: 25 mm are a second within 0.5 %, 10 mm a millivolt within 1 %', async () => {
    await press('u');
    const shown = await page.evaluate<{ css: number; pixels: number }>(
      `(() => { const one = document.querySelector('.ecg-paper canvas'); return { css: one.getBoundingClientRect().width, pixels: one.width }; })()`,
    );
    expect(Math.abs(shown.css - shown.pixels)).toBeLessThan(0.6);
    const picture = await pictureOnScreen(page);
    // From the box's corner: 4 mm to the grid; half a millimetre below its edge runs no line.
    const lines = strongLines(picture, Math.round(4.5 * PER_MM) + 1);
    expect(lines).toHaveLength(55);
    const fiveMm = (lines.at(-1)! - lines[0]!) / 54;
    expect(Math.abs(fiveMm / (5 * PER_MM) - 1)).toBeLessThan(0.005);
    // The strip of lead II: its baseline 125 mm below the grid's edge; 5 mm above that are the pulse's and the waves' flanks.
    const baseline = Math.round((4 + 125) * PER_MM);
    const flanks = inked(picture.width, (x) => green(picture, x, baseline - 5 * PER_MM - 2));
    expect(flanks).toHaveLength(2 + 20);
    expect(Math.abs((flanks[1]! - flanks[0]!) / PER_MM - 5)).toBeLessThan(0.3);
    const rises = flanks.slice(2).filter((_, at) => at % 2 === 0);
    const second = (rises.at(-1)! - rises[0]!) / 9;
    console.log(`25 mm of grid: ${(fiveMm * 5).toFixed(3)} px; one second: ${second.toFixed(3)} px`);
    expect(Math.abs(second / (fiveMm * 5) - 1)).toBeLessThan(0.005);
    const column = Math.round((flanks[2]! + flanks[3]!) / 2);
    const [top, foot] = [column, column + 25].map(
      (x) => inked(60, (i) => green(picture, x, baseline - 55 + i)).at(0)! + baseline - 55,
    );
    console.log(`10 mm of grid: ${(fiveMm * 2).toFixed(3)} px; one millivolt: ${(foot! - top!).toFixed(3)} px`);
    expect(Math.abs((foot! - top!) / (fiveMm * 2) - 1)).toBeLessThan(0.01);
    await press('f');
  });

  it('has every layout, speed, gain and order by a key, and remembers them', async () => {
    const rows = async (): Promise<number> => {
      const picture = await pictureOnScreen(page);
      const scale = picture.width / 278;
      // Through the pulses' plateaus: 15 - 5 - 2.5 mm into the grid.
      return inked(picture.height, (y) => green(picture, Math.round((4 + 7.5) * scale), y)).filter(
        (y) => y < picture.height - 10 * scale,
      ).length;
    };
    expect(await rows()).toBe(4);
    for (const [layout, count] of [
      ['3×4+3', 6],
      ['6×2', 6],
      ['12×1', 12],
    ] as const) {
      await press('l');
      expect(await text('ecg-tools')).toContain(layout);
      expect(await rows()).toBe(count);
      await look(`ecg-${layout.replace('×', 'x')}`);
    }
    const usual = await pictureOnScreen(page);
    await press('c');
    expect(same(await pictureOnScreen(page), usual)).toBe(false);
    await look('ecg-cabrera');
    await press('c');
    expect(same(await pictureOnScreen(page), usual)).toBe(true);
    await press('l', 's', 'g');
    expect(await text('frame-indicator')).toBe('50 mm/s · 20 mm/mV');
    expect(await text('ecg-position')).toBe('0–5 秒 / 共 10 秒');
    await press('End');
    expect(await text('ecg-position')).toBe('5–10 秒 / 共 10 秒');
    await look('ecg-50-20');
    await page.reload();
    await waitForPicture(page, 'ecg:');
    expect(await text('frame-indicator')).toBe('50 mm/s · 20 mm/mV');
    await press('s', 'g');
    expect(await text('frame-indicator')).toBe('12.5 mm/s · 5 mm/mV');
    await press('s', 'g');
    expect(await text('frame-indicator')).toBe('25 mm/s · 10 mm/mV');
  });

  it('filters, says so on the page, and is raw again to the pixel', async () => {
    expect(await text('ecg-filters')).toBe('未滤波（原始信号）');
    const raw = await pictureOnScreen(page);
    await press('h', 'h', 'h', 'p', 'p', 'p', 'n');
    expect(await text('ecg-filters')).toBe('显示滤波（零相位）：高通 0.5 Hz · 低通 40 Hz · 陷波 50 Hz');
    const filtered = await pictureOnScreen(page);
    expect(same(filtered, raw)).toBe(false);
    await look('ecg-filtered');
    await press('r');
    expect(await text('ecg-filters')).toBe('未滤波（原始信号）');
    expect(same(await pictureOnScreen(page), raw)).toBe(true);
    await press('r');
    expect(same(await pictureOnScreen(page), filtered)).toBe(true);
    await press('h', 'p', 'n');
    expect(same(await pictureOnScreen(page), raw)).toBe(true);
  });

  it('measures by keys, and marches', async () => {
    await press('k', ...Array.from({ length: 50 }, () => 'Shift+ArrowRight'));
    await press(...Array.from({ length: 20 }, () => 'Shift+ArrowUp'), 'k');
    const caliper = page.getByTestId('caliper');
    expect(await caliper.getAttribute('data-ms')).toBe('1000');
    expect(await caliper.getAttribute('data-mv')).toBe('1.00');
    await page.keyboard.down('m');
    expect(await page.locator('.caliper-step').count()).toBeGreaterThan(8);
    await press('z');
    await look('ecg-caliper');
    await page.keyboard.up('m');
    expect(await page.locator('.caliper-step').count()).toBe(0);
    await press('z', 'Escape');
    expect(await caliper.getAttribute('data-ms')).toBeNull();
  });

  it('shows the earlier ECG beneath, and overlaid and moved', async () => {
    const alone = await pictureOnScreen(page);
    await press('e');
    await page.getByTestId('earlier-ecg').waitFor();
    expect(await text('earlier-ecg')).toContain('2026-01-05');
    // Both are seen whole on the usual screen.
    await page.setViewportSize(SIZES.desk);
    await page.waitForTimeout(250);
    const [seen, all] = await page.evaluate<[number, number]>(
      `(() => { const one = document.querySelector('.ecg-frame'); return [one.clientHeight, one.scrollHeight]; })()`,
    );
    expect(all).toBeLessThanOrEqual(seen);
    await page.setViewportSize(SIZES.wide);
    await page.waitForTimeout(250);
    await look('ecg-earlier');
    await press('e', 'o');
    await page.getByTestId('ecg-said').filter({ hasText: '2026-01-05' }).waitFor();
    const overlaid = await pictureOnScreen(page);
    expect(await text('ecg-said')).toMatch(/按 R 峰对齐（[+-]?\d+ ms）$/);
    expect(same(overlaid, alone)).toBe(false);
    await press('.');
    expect(same(await pictureOnScreen(page), overlaid)).toBe(false);
    expect(await text('ecg-said')).toContain('手动 +20 ms');
    await look('ecg-overlaid');
    await press(',', 'o');
    expect(same(await pictureOnScreen(page), alone)).toBe(true);
  });

  it('lists its keys, and is calibrated by a card', async () => {
    await press('?');
    expect(await text('key-list')).toContain('代表性心搏');
    await look('ecg-keys');
    await press('?');
    await page.getByTestId('key-list').waitFor({ state: 'detached' });
    await press('y');
    const card = page.getByTestId('ruler-card');
    await card.waitFor();
    const width = async (): Promise<number> => (await card.boundingBox())!.width;
    expect(await width()).toBeCloseTo(85.6 * PER_MM, 0);
    await look('ecg-ruler');
    await press('ArrowRight', 'ArrowRight');
    expect(await width()).toBeCloseTo(85.6 * PER_MM + 4, 0);
    await press('Enter');
    await card.waitFor({ state: 'detached' });
    const kept = await page.evaluate<string>(`localStorage.getItem('qiao.ecg.device-pixels-per-mm')`);
    expect(Number(kept)).toBeCloseTo(PER_MM + 4 / 85.6, 3);
  });

  it('turns the pages of a longer recording, shows beats, and puts computed beside the device’s', async () => {
    await page.route('**/api/reads/*/ecg', async (route) => {
      const view = (await (await route.fetch()).json()) as View;
      const beats = view.recording.leads.map((lead) => {
        const bytes = Buffer.from(lead.samples, 'base64');
        return { ...lead, samples: bytes.subarray(400, 400 + 1200).toString('base64') };
      });
      for (const lead of view.recording.leads) {
        const bytes = Buffer.from(lead.samples, 'base64');
        lead.samples = Buffer.concat([bytes, bytes, bytes]).toString('base64');
      }
      view.recording.representativeBeats = beats;
      view.recording.measurements = [
        { code: 'HR', value: 72, unit: '/min' },
        { code: 'QT', value: 400, unit: 'ms' },
      ];
      view.st = [
        { lead: 'V2', jMicrovolts: 120, j60Microvolts: 236 },
        { lead: 'V5', jMicrovolts: 10, j60Microvolts: -20 },
      ];
      view.warnings = [
        { code: 'arms-reversed', leads: ['I', 'aVL', 'aVR'] },
        { code: 'lead-off', leads: ['V3', 'V4'] },
      ];
      view.computed = [
        { code: 'HR', value: 73, unit: '/min' },
        { code: 'QT', value: 440, unit: 'ms' },
      ];
      await route.fulfill({ json: view });
    });
    await page.reload();
    await waitForPicture(page, 'ecg:');
    expect(await text('ecg-position')).toBe('0–10 秒 / 共 30 秒');
    expect(await text('ecg-warnings')).toBe('⚠ 疑似左右手电极接反；导联可能脱落：V3、V4计算得出，请核对');
    expect(await text('ecg-st')).toBe('ST（J／J+60 ms）：V2 +0.12/+0.24 mV；其余不足 0.1 mV');
    const first = await pictureOnScreen(page);
    await press('ArrowRight');
    expect(await text('ecg-position')).toBe('10–20 秒 / 共 30 秒');
    await press('End');
    expect(await text('ecg-position')).toBe('20–30 秒 / 共 30 秒');
    await press('Home');
    expect(same(await pictureOnScreen(page), first)).toBe(true);
    // The earlier one, of ten seconds, stays on its only page; the present one turns.
    await press('e');
    await page.getByTestId('earlier-ecg').waitFor();
    await press('ArrowRight');
    expect(await text('ecg-position')).toBe('10–20 秒 / 共 30 秒');
    expect(await text('earlier-ecg')).toContain('0–10 秒 / 共 10 秒');
    await press('e', 'Home');
    expect(await page.locator('.measured-apart').allTextContents()).toEqual([expect.stringContaining('QT')]);
    await look('ecg-computed');
    await press('b');
    expect(same(await pictureOnScreen(page), first)).toBe(false);
    await look('ecg-beats');
    const byDevice = await pictureOnScreen(page);
    await press('b');
    await look('ecg-beats-overlaid');
    expect(same(await pictureOnScreen(page), byDevice)).toBe(false);
    await press('b');
    expect(same(await pictureOnScreen(page), first)).toBe(true);
    // Where no beats are known there is nothing to lay over each other.
    await press('End', 'b', 'b');
    expect(same(await pictureOnScreen(page), first)).toBe(false);
    const button = page.locator('.ecg-tools button').filter({ hasText: '代表搏' });
    expect(await button.getAttribute('aria-pressed')).toBe('false');
    await press('Home');
  });

  it('puts measurements into the findings when the doctor has confirmed them, and only then', async () => {
    const findings = (): Promise<string> => page.locator('#findings').inputValue();
    const confirming = page.getByTestId('confirm-measured');
    await press('i');
    expect(await text('ecg-said')).toContain('先领取');
    expect(await confirming.count()).toBe(0);
    expect(await page.getByTestId('confirm-measurements').count()).toBe(0);
    await page.keyboard.press('Control+Enter');
    await page.locator('#findings:not([readonly])').waitFor();
    await press('Escape', 'i');
    await confirming.waitFor();
    await page.waitForFunction(`document.activeElement.matches('[data-code=HR] input')`);
    // The device's where both agree; where they differ nothing is chosen for the doctor.
    expect(await text('confirm-line')).toBe('心率 72 次/分');
    await look('ecg-confirm');
    await press('Escape');
    await confirming.waitFor({ state: 'hidden' });
    expect(await findings()).toBe('');
    await press('i');
    await page.waitForFunction(`document.activeElement.matches('[data-code=HR] input')`);
    await press('ArrowDown', 'ArrowRight');
    expect(await text('confirm-line')).toBe('心率 72 次/分，QT 440 ms');
    await press('ArrowLeft');
    expect(await text('confirm-line')).toBe('心率 72 次/分，QT 400 ms');
    await press('4', 'x');
    await press('Enter');
    expect(await findings()).toBe('');
    await press('4', '1', '0', 'Enter');
    await confirming.waitFor({ state: 'hidden' });
    expect(await findings()).toBe('心率 72 次/分，QT 410 ms');
    // Confirmed anew, the line takes the place of the one before, and leaves what else the doctor wrote.
    await page.locator('#findings').press('End');
    await page.keyboard.type('，律齐');
    await press('Escape');
    await press('i');
    await page.waitForFunction(`document.activeElement.matches('[data-code=HR] input')`);
    await press('ArrowRight', 'Enter');
    await confirming.waitFor({ state: 'hidden' });
    expect(await findings()).toBe('心率 73 次/分，律齐');
    expect(await text('ecg-said')).toContain('已写入检查所见');
    await look('ecg-confirmed');
  });

  it('says how long a frame takes', async () => {
    const times = await page.evaluate<{ drawn: number; seen: number }[]>(`(async () => {
      const canvas = document.querySelector('.ecg-paper canvas');
      const out = [];
      for (let i = 0; i < 24; i += 1) {
        const begun = performance.now();
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'c' }));
        await new Promise((resolve) => setTimeout(resolve, 0));
        canvas.getContext('2d').getImageData(0, 0, 1, 1);
        out.push({ drawn: Number(canvas.dataset.frameMs), seen: performance.now() - begun });
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      return out;
    })()`);
    const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
    const [drawn, seen] = [median(times.map((one) => one.drawn)), median(times.map((one) => one.seen))];
    console.log(
      `a frame, median of ${times.length}: drawn in ${drawn.toFixed(1)} ms; from key to pixels ${seen.toFixed(1)} ms`,
    );
    // Guards against hanging alone: the limit of 16 ms is no matter for a shared machine.
    expect(drawn).toBeLessThan(1000);
  });

  it('nothing went wrong on the console', () => {
    expect(desk.complaints).toEqual([]);
  });
});
