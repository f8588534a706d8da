import { chromium, type Browser, type Page } from 'playwright-core';
import type { QiaoProcess } from './qiao-process.js';

/** Chromium as a county's reading room has it, without a GPU and without calls home. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless=new',
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      // WebGL alone is drawn as a graphics card would; text and layout without it take a sixth less of two cores.
      '--disable-gpu-rasterization',
      '--disable-gpu-compositing',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A person at their own screen; `complaints` gathers what the console and the page say goes wrong. */
export interface Desk {
  page: Page;
  complaints: string[];
}

/** Signs in through the page. 882 × 512 CSS pixels of picture fit a window 638 high. */
export async function sitDown(
  browser: Browser,
  qiao: QiaoProcess,
  username: string,
  size = { width: 1366, height: 768 },
): Promise<Desk> {
  const context = await browser.newContext({ viewport: size, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  let signedIn = false;
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // Before anyone has signed in, the answer to "who am I?" is 401; Chromium writes every 401 to the console.
    const asking = message.location().url === `${qiao.base}/api/session` && message.text().includes('401');
    if (!asking || signedIn) complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(qiao.base);
  await page.getByTestId('username').fill(username);
  await page.getByTestId('password').fill(qiao.credentials.users[username]!);
  signedIn = true;
  await page.getByTestId('sign-in').click();
  await page.getByTestId('person').waitFor();
  return { page, complaints };
}

export const waitForPicture = (page: Page, uid = ':'): Promise<void> =>
  page.locator(`[data-testid=viewport][data-rendered-image-id*="${uid}"]`).first().waitFor();
