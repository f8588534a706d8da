import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { smallInstance, type SmallInstance } from '#test/small-instances';
import { writeZip } from '#test/zip-writer';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const COUNT = 24;

const study = (name: string, patientName: string): SmallInstance[] =>
  Array.from({ length: COUNT }, (_, index) =>
    smallInstance({ study: name, number: index + 1, patientId: name, patientName }),
  );

/** What of the browser's private folder is used inside the page. */
interface Folder {
  getDirectoryHandle: (name: string, how: { create: true }) => Promise<Folder>;
  getFileHandle: (
    name: string,
    how: { create: true },
  ) => Promise<{
    createWritable: () => Promise<{ write: (bytes: Uint8Array) => Promise<void>; close: () => Promise<void> }>;
  }>;
}

suite('uploads of a township, over reloads and dead lines', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let desk: Desk;
  let page: Page;
  let zhao: Ask;
  let folder: string;
  /** how many files were sent to the server since the count was last taken */
  let created = 0;
  const wang = study('tu-reload', 'Wang^Jianguo=王^建国');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qiao-township-'));
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    zhao = await qiao.logIn('zhao');
    desk = await sitDown(browser, qiao, 'zhao');
    ({ page } = desk);
    page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
    // A slow line, so that there is a middle.
    await page.route('**/api/uploads', async (route) => {
      if (route.request().method() === 'POST') created += 1;
      await new Promise((slow) => setTimeout(slow, 300));
      await route.continue().catch(() => undefined);
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const onDisk = async (name: string, files: Record<string, Uint8Array | string>): Promise<string> => {
    const top = join(folder, name);
    await mkdir(join(top, 'IM'), { recursive: true });
    for (const [path, content] of Object.entries(files)) await writeFile(join(top, path), content);
    return top;
  };
  const named = (instances: readonly SmallInstance[]): Record<string, Uint8Array> =>
    Object.fromEntries(instances.map(({ bytes }, index) => [`IM/${index + 1}.dcm`, bytes]));
  const card = () => page.getByTestId('batch').first();
  const phase = () => card().getAttribute('data-phase');
  const figures = async (): Promise<number> =>
    Number(/(\d+)\/\d+/.exec((await card().locator('.batch-figures').textContent()) ?? '')?.[1] ?? 0);
  const begun = (patient: string, least: number) =>
    eventually(`${least} files of ${patient}`, async () => {
      const title = await card()
        .locator('.batch-title')
        .textContent({ timeout: 1000 })
        .catch(() => null);
      return title === `${patient} 胸部CT平扫` && (await figures()) >= least;
    });
  const finished = () => eventually('the end of the upload', async () => (await phase()) === 'finished');
  const picture = async (name: string): Promise<void> => {
    const to = process.env['QIAO_PICTURES'];
    if (to) await page.screenshot({ path: join(to, `${name}.png`) });
  };

  it('shows after a reload how far it was, and goes on when the same folder is given again', async () => {
    const source = await onDisk('CD-wang', {
      ...named(wang),
      'viewer.exe': 'MZ program',
      'README.TXT': 'Nothing to see here.',
    });
    await page.getByTestId('folder-input').setInputFiles(source);
    await begun('王建国', 5);
    await picture('township-sending');
    await page.reload();
    const waiting = page.getByTestId('interrupted');
    await waiting.waitFor();
    const words = (await waiting.textContent())!;
    const [, done, of] = /已送 (\d+)\/(\d+) 个/.exec(words)!;
    expect(Number(of)).toBe(COUNT + 1);
    expect(Number(done)).toBeGreaterThanOrEqual(5);
    expect(words).toContain('王建国 胸部CT平扫');
    expect(words).toContain('已传的不会丢');
    await picture('township-interrupted');

    created = 0;
    await page.getByTestId('folder-input').setInputFiles(source);
    await finished();
    expect(await page.getByTestId('interrupted').count()).toBe(0);
    // Nothing that had its end was sent again; a file that was under way when the page went may be.
    expect(created).toBeLessThanOrEqual(COUNT + 1 - Number(done));
    expect(created).toBeGreaterThan(0);
    expect(await card().getByTestId('upload-trouble').allTextContents()).toEqual([
      expect.stringContaining('README.TXT已跳过：不是影像或心电图文件。'),
    ]);
    expect(await card().textContent()).toContain('没有上传 1 个程序或图片');
    await picture('township-finished');
    await eventually('all of it is filed', async () => {
      const { body } = await zhao<{ items: { patient: { number: string }; instances: number }[] }>('GET', '/api/exams');
      return body.items.find(({ patient }) => patient.number === 'tu-reload')?.instances === COUNT;
    });
  });

  it('goes on by itself where the browser keeps the way to the folder', async () => {
    const li = study('tu-handles', 'Li^Na=李^娜');
    // The browser's own private folder stands for one on the disk: its handles are of the same kind.
    await page.evaluate(
      async (files) => {
        const { navigator } = globalThis as unknown as {
          navigator: { storage: { getDirectory: () => Promise<Folder> } };
        };
        const root = await navigator.storage.getDirectory();
        const top = await root.getDirectoryHandle('CD-li', { create: true });
        for (const [index, content] of files.entries()) {
          const file = await top.getFileHandle(`${index}.dcm`, { create: true });
          const writable = await file.createWritable();
          await writable.write(Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)));
          await writable.close();
        }
        Object.assign(globalThis, { showDirectoryPicker: async () => top });
      },
      li.map(({ bytes }) => bytes.toString('base64')),
    );
    await page.getByTestId('choose-folder').click();
    await begun('李娜', 5);
    await page.reload();
    await eventually('going on by itself', async () => (await page.getByTestId('batch').count()) === 1);
    await finished();
    expect(await card().locator('.batch-title').textContent()).toBe('李娜 胸部CT平扫');
    expect(await figures()).toBe(COUNT);
    expect(await page.getByTestId('interrupted').count()).toBe(0);
  });

  it('says when the line is down, loses nothing, and goes on when it is back; pauses when asked', async () => {
    const source = await onDisk('CD-zhou', named(study('tu-line', 'Zhou^Min=周^敏')));
    await page.getByTestId('folder-input').setInputFiles(source);
    await begun('周敏', 4);
    await page.getByTestId('pause').click();
    const paused = await figures();
    await page.waitForTimeout(1000);
    expect(await phase()).toBe('paused');
    expect((await figures()) - paused).toBeLessThanOrEqual(1);
    await page.getByTestId('resume').first().click();
    await page.context().setOffline(true);
    await page.getByRole('alert').filter({ hasText: '网络断了。已经传上去的不会丢' }).waitFor();
    await picture('township-line-down');
    await page.context().setOffline(false);
    await finished();
    expect(await figures()).toBe(COUNT);
    desk.complaints.length = 0;
  });

  it('names each file of an archive that was not taken, in words', async () => {
    const [one, two] = study('tu-zip', 'Wu^Gang=吴^刚');
    const zip = join(folder, '片子.zip');
    await writeFile(
      zip,
      writeZip([
        { name: '吴刚/1', content: one!.bytes },
        { name: '吴刚/2', content: two!.bytes.subarray(0, 2000) },
        { name: '吴刚/3', content: two!.bytes, flags: 0x0801 },
      ]),
    );
    await page.getByTestId('file-input').setInputFiles(zip);
    await eventually('the card', async () => (await card().locator('.batch-title').textContent()) === '片子.zip');
    await finished();
    expect(await card().getByTestId('upload-trouble').allTextContents()).toEqual([
      '◆ 片子.zip/吴刚/2已收，暂存待核对：文件不完整，后面缺了一段。',
      '✕ 片子.zip/吴刚/3未收：压缩包里的文件加了密码，请去掉密码再传。',
    ]);
    await picture('township-archive');
  });

  it('can be given up, on any desk of the organisation', async () => {
    const source = await onDisk('CD-qian', named(study('tu-give-up', 'Qian^Jin=钱^进')));
    await page.getByTestId('folder-input').setInputFiles(source);
    await begun('钱进', 3);
    await page.reload();
    const waiting = page.getByTestId('interrupted');
    await waiting.waitFor();
    await waiting.getByRole('button', { name: '不传了' }).click();
    await eventually('nothing to wait for', async () => (await waiting.count()) === 0);
    const { body } = await zhao<{ items: unknown[] }>('GET', '/api/uploads/batches');
    expect(body.items).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });
});
