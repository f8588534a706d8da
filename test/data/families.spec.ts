import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dicomParser, { type DataSet } from 'dicom-parser';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, sitDown, waitForPicture } from '#test/browser';
import {
  differenceAtTrueSize,
  pictureByCounterpart,
  pictureOnScreen,
  shuttered,
  widened,
  type Difference,
  type Window,
} from '#test/browser-picture';
import { hasCounterpart } from '#test/counterpart';
import { withOwnUids } from '#test/own-uids';
import { DOCUMENTS, PDF, PICTURES, REPORTS, UNDRAWABLE, type PictureFamily } from '#test/picture-families';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess } from '#test/qiao-process';

const data = process.env['QIAO_TEST_DATA'];
if (data === undefined) throw new Error('QIAO_TEST_DATA must name the folder of real files');
const programs = [
  'chromium',
  'dcm2pnm',
  'dcmj2pnm',
  'dcml2pnm',
  'gdcmconv',
  'dsrdump',
  'dcmodify',
  'dcmpsmk',
  'dcmp2pgm',
];
const suite = programs.every(hasCounterpart) ? describe : describe.skip;

const COMPANION = 'seg/highdicom__dx_image.dcm';
const WIDE = 'wide pixels';
const WIDE_FILE = 'us-multiframe/pydicom__examples_rgb_color.dcm';
const TIMES = 3;

interface Sent {
  study: string;
  files: Map<string, Buffer>;
}

/** UID of the SOP instance and what is looked at of it. */
const parsed = (bytes: Buffer): DataSet => dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });

/** The window a frame is to be shown in: its own group's, the shared group's, else the file's; colours and palettes have none. */
function windowOf(dataset: DataSet, frame: number): Window | 'whole-range' | null {
  if ((dataset.uint16('x00280002') ?? 1) > 1 || dataset.string('x00280004') === 'PALETTE COLOR') return null;
  const groups = [
    dataset.elements['x52009230']?.items?.[frame - 1]?.dataSet,
    dataset.elements['x52009229']?.items?.[0]?.dataSet,
  ].map((group) => group?.elements['x00289132']?.items?.[0]?.dataSet);
  for (const place of [...groups, dataset]) {
    const [center, width] = [place?.floatString('x00281050'), place?.floatString('x00281051')];
    if (center !== undefined && width !== undefined) return { center, width };
  }
  return 'whole-range';
}

const AS_STORED = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

suite('each family of DICOM files in the viewer', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const sent = new Map<string, Sent>();
  let reads = new Map<string, string>();
  let missing: string[] = [];
  let asStored = true;

  /** Every file goes in first, each a study of its own, so that all settle together. */
  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    browser = await launchBrowser();
    let number = 10_000;
    const send = async (name: string, files: readonly Buffer[]) => {
      const answer = await qiao.stow('pacs-zhaozhuang', files);
      if (answer.status !== 200) throw new Error(`${name} was refused: ${JSON.stringify(answer.body)}`);
      const study = parsed(files[0]!).string('x0020000d')!;
      sent.set(name, { study, files: new Map(files.map((bytes) => [parsed(bytes).string('x00080018')!, bytes])) });
    };
    const one = (file: string) => withOwnUids(readFileSync(join(data, 'dicom', file)), (number += 1));
    for (const { family, file, changed } of PICTURES) {
      const path = join(data, 'dicom', file);
      const names = file.startsWith('series-') ? readdirSync(path) : [];
      const whole = names.length > 0 ? names.map((name) => readFileSync(join(path, name))) : [one(file)];
      await send(family, changed ? whole.map(changed.by) : whole);
    }
    await send(WIDE, [withAspectRatio(one(WIDE_FILE), `1\\${TIMES}`)]);
    for (const { family, file, damage } of UNDRAWABLE)
      await send(family, [damage ? withoutStart(one(file)) : one(file)]);
    // Documents alone open no read: each comes with a picture.
    for (const file of [...DOCUMENTS.map((row) => row.file), ...REPORTS, PDF]) {
      const bytes = one(file);
      await send(file, [bytes, await besides(one(COMPANION), parsed(bytes))]);
    }
    ({ page, complaints } = await sitDown(browser, qiao, 'sun'));
    // What the browser decodes is as it came, until a test says otherwise.
    await page.route('**/frames/*', (route) => {
      const headers = route.request().headers();
      const prefers = headers['accept']?.includes('image/jphc') === true;
      return route.continue(asStored && prefers ? { headers: { ...headers, accept: AS_STORED } } : {});
    });
    reads = await eventually(
      'a read of every study',
      async () => {
        const found = new Map<string, string>(
          await page.evaluate<[string, string][]>(`(async () => {
          const found = [];
          for (let next = ''; next !== null; ) {
            const answer = await (await fetch('/api/worklist?limit=100' + (next && '&cursor=' + next))).json();
            found.push(...answer.items.map((row) => [row.studyInstanceUid, row.id]));
            next = answer.next;
          }
          return found;
        })()`),
        );
        missing = [...sent].filter(([, { study }]) => !found.has(study)).map(([name]) => name);
        return missing.length === 0 && found;
      },
      150,
    ).catch((error: unknown) => {
      throw new Error(`no read of ${missing.join(', ')}`, { cause: error });
    });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await qiao?.dispose();
  }, 60_000);

  /** Within the application, as from case to case. */
  const open = (name: string) =>
    page.evaluate(`(() => {
      history.pushState(null, '', '/reads/${reads.get(sent.get(name)!.study)}');
      dispatchEvent(new PopStateEvent('popstate'));
    })()`);
  const openDocument = async (name: string) => {
    await open(name);
    await page
      .getByTestId('series')
      .filter({ has: page.locator('.strip-paper') })
      .click();
  };

  /** What is on the screen, in words for the failure too. */
  async function compare(bytes: Buffer, frame: number, { tool, largest, changed }: PictureFamily): Promise<void> {
    const dataset = parsed(bytes);
    const most = largest?.[0] ?? 2;
    const { drawn = windowOf(dataset, frame), open: seen = () => true } = changed ?? {};
    const reference = shuttered(await pictureByCounterpart(bytes, drawn, tool, frame), seen);
    let compared: Difference | null = null;
    // The picture settles within a few frames of the screen; a wrong one stays wrong.
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await page.waitForTimeout(150);
      compared = differenceAtTrueSize(await pictureOnScreen(page), reference);
      if (compared.largest <= most) break;
    }
    const fits = compared!.largest <= most && compared!.mean < (largest ? 2 : 1);
    expect(fits ? 'fits' : { frame, ...compared }).toBe('fits');
    expect(compared!.contrast).toBeGreaterThan(20);
  }

  /** A window of the browser in which pixels of the image fall on pixels of the screen, at one to one. */
  async function atTrueSize(bytes: Buffer): Promise<void> {
    const dataset = parsed(bytes);
    const { width, height } = await page.evaluate<{ width: number; height: number }>(
      `(({ width, height }) => ({ width, height }))(document.querySelector('[data-testid=viewport] canvas'))`,
    );
    const view = page.viewportSize()!;
    await page.setViewportSize({
      width: view.width + ((dataset.uint16('x00280011')! - width) & 1),
      height: view.height + ((dataset.uint16('x00280010')! - height) & 1),
    });
    await page.waitForFunction(
      `(() => {
        const { width, height } = document.querySelector('[data-testid=viewport] canvas');
        return (width - ${dataset.uint16('x00280011')!}) % 2 === 0 && (height - ${dataset.uint16('x00280010')!}) % 2 === 0;
      })()`,
    );
    await page.keyboard.press('u');
  }

  it.each(PICTURES.map((row) => [row.family, row] as const))('draws %s as its counterpart does', async (_, row) => {
    const { study, files } = sent.get(row.family)!;
    await open(row.family);
    await waitForPicture(page, study);
    const onScreen = async () => {
      const id = await page.getByTestId('viewport').getAttribute('data-rendered-image-id');
      const [, uid, frame] = /\/instances\/([^/]+)\/frames\/(\d+)/.exec(id ?? '')!;
      return { uid: uid!, frame: Number(frame) };
    };
    const { uid, frame } = await onScreen();
    await atTrueSize(files.get(uid)!);
    await compare(files.get(uid)!, frame, row);
    const count = Number((await page.getByTestId('frame-indicator').textContent())!.split('/')[1]);
    if (count === 1) return;
    const series = parsed(files.get(uid)!).string('x0020000e');
    const numbered = [...files]
      .map(([own, bytes]) => ({ own, dataset: parsed(bytes) }))
      .filter(({ dataset }) => dataset.string('x0020000e') === series)
      .map(({ own, dataset }) => ({ own, number: dataset.intString('x00200013') ?? 0 }))
      .sort((a, b) => a.number - b.number);
    for (const [key, wanted] of [
      ['Home', { uid: numbered[0]!.own, frame: 1 }],
      ['End', { uid: numbered.at(-1)!.own, frame: numbered.length > 1 ? 1 : count }],
    ] as const) {
      await page.keyboard.press(key);
      await eventually(`image ${wanted.uid}/${wanted.frame}`, async () => {
        const now = await onScreen();
        return now.uid === wanted.uid && now.frame === wanted.frame;
      });
      await compare(files.get(wanted.uid)!, wanted.frame, row);
    }
  });

  it('draws the same of what was compressed without loss since it came', async () => {
    const database = await productDatabase(qiao.dataDir);
    const dense = await eventually(
      'all that is compressed',
      async () => {
        const { rows } = await database.query<{ uid: string; key: string | null; made: boolean }>(
          `SELECT x.sop_instance_uid AS uid, c.object_key AS key, c.made_at IS NOT NULL AS made FROM compressed_frames c
           JOIN ingest_instance x ON x.id = c.instance_id`,
        );
        return rows.every(({ made }) => made) && new Set(rows.flatMap(({ uid, key }) => (key ? [uid] : [])));
      },
      240,
    );
    await database.end();
    const given: string[] = [];
    page.on('response', async (response) => {
      if (response.url().includes('/frames/')) given.push(response.headers()['content-type'] ?? '');
    });
    asStored = false;
    let compressed = 0;
    for (const row of PICTURES) {
      const { study, files } = sent.get(row.family)!;
      if (![...files.keys()].every((uid) => dense.has(uid))) continue;
      given.length = 0;
      await open(row.family);
      await waitForPicture(page, study);
      const id = await page.getByTestId('viewport').getAttribute('data-rendered-image-id');
      const [, uid, frame] = /\/instances\/([^/]+)\/frames\/(\d+)/.exec(id ?? '')!;
      await atTrueSize(files.get(uid!)!);
      await compare(files.get(uid!)!, Number(frame), row);
      if (given.some((type) => type.includes('image/jphc'))) compressed += 1;
    }
    asStored = true;
    expect(compressed).toBeGreaterThan(8);
  }, 480_000);

  it(`draws pixels that are ${TIMES} times as wide as they are high as wide as they are`, async () => {
    const [bytes] = [...sent.get(WIDE)!.files.values()];
    await page.setViewportSize({ width: 1366, height: 768 });
    await open(WIDE);
    await waitForPicture(page, sent.get(WIDE)!.study);
    await atTrueSize(bytes!);
    await page.waitForTimeout(400);
    const reference = widened(await pictureByCounterpart(bytes!, null), TIMES);
    const compared = differenceAtTrueSize(await pictureOnScreen(page), reference, TIMES);
    expect(compared.largest).toBeLessThanOrEqual(2);
    expect(compared.contrast).toBeGreaterThan(100);
  });

  // What the first picture cannot pack is answered 409, and Chromium writes that to the console; the viewer draws it.
  it('left nothing in the console', () =>
    expect(complaints.filter((one) => !/409 .*\/images\/first\//.test(one))).toEqual([]));

  it.each(UNDRAWABLE.map((row) => [row.family, row] as const))(
    'says why it cannot draw: %s',
    async (_, { family, zh, en }) => {
      for (const [language, words] of [
        ['zh', zh],
        ['en', en],
      ] as const) {
        await page.evaluate(`localStorage.setItem('qiao.language', '${language}')`);
        await page.goto(`${qiao.base}/reads/${reads.get(sent.get(family)!.study)}`);
        await page.getByTestId('frame-failure').filter({ hasText: words }).waitFor();
      }
      await page.evaluate(`localStorage.setItem('qiao.language', 'zh')`);
      await page.reload();
    },
  );

  it.each(DOCUMENTS.map((row) => [row.family, row] as const))('says what it is: %s', async (_, { file, kind, zh }) => {
    await openDocument(file);
    const cell = page.getByTestId('documents').getByTestId(kind);
    for (const words of zh) await cell.filter({ hasText: words }).waitFor();
  });

  it.each(REPORTS)('shows every value of the structured report %s that dsrdump shows', async (file) => {
    const { stdout } = await promisify(execFile)('dsrdump', ['+Pl', join(data, 'dicom', file)]);
    const values = [...stdout.matchAll(/<[^<]*(?:TEXT|PNAME|UIDREF|NUM):\([^=]*\)="([^"]*)"/g)].map(
      (match) => match[1]!,
    );
    expect(values.length).toBeGreaterThan(2);
    await openDocument(file);
    const cell = page.getByTestId('documents').getByTestId('report');
    await cell.waitFor();
    const shown = squeezed((await cell.textContent())!);
    expect(values.filter((value) => !shown.includes(squeezed(plain(value))))).toEqual([]);
  });

  it('shows an encapsulated PDF in its cell, byte for byte what the file holds', async () => {
    await openDocument(PDF);
    const cell = page.getByTestId('documents').getByTestId('pdf');
    const address = await cell.locator('object').getAttribute('data');
    expect(await cell.getByRole('link', { name: '在新标签页打开' }).getAttribute('href')).toBe(address);
    const answer = await page.request.get(`${qiao.base}${address}`);
    expect(answer.headers()['content-type']).toBe('application/pdf');
    const [bytes] = sent.get(PDF)!.files.values();
    const element = dicomParser.parseDicom(bytes!).elements['x00420011']!;
    const held = bytes!.subarray(element.dataOffset, element.dataOffset + element.length);
    expect(Buffer.compare(await answer.body(), held)).toBe(0);
  });
});

/** Numbers as JSON has them. */
const plain = (value: string): string => (/^-?\d+\.\d+$/.test(value) ? String(Number(value)) : value);
const squeezed = (text: string): string => text.replaceAll(/[\s^]+/g, '').replaceAll(/\\(n|r)/g, '');

/** A picture as another of the document's study and patient. */
async function besides(picture: Buffer, document: DataSet): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'qiao-besides-'));
  const file = join(folder, 'picture.dcm');
  const same = ['x0020000d', 'x00100020', 'x00100010'].flatMap((tag) => {
    const value = document.string(tag);
    return value ? ['-m', `(${tag.slice(1, 5)},${tag.slice(5)})=${value}`] : [];
  });
  try {
    await writeFile(file, picture);
    await promisify(execFile)('dcmodify', ['-nb', '-q', ...same, file]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The start marker of its JPEG overwritten, as by a bad disk. */
function withoutStart(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from([0xff, 0xd8, 0xff]), parsed(bytes).elements['x00280100']!.dataOffset);
  const out = Buffer.from(bytes);
  out.fill(0, at, at + 64);
  return out;
}

/** PixelAspectRatio put in before BitsAllocated; explicit little endian. */
function withAspectRatio(bytes: Buffer, ratio: string): Buffer {
  const at = parsed(bytes).elements['x00280100']!.dataOffset - 8;
  const value = Buffer.from(ratio.length % 2 ? `${ratio} ` : ratio);
  const head = Buffer.from([0x28, 0, 0x34, 0, 0x49, 0x53, value.length, 0]);
  return Buffer.concat([bytes.subarray(0, at), head, value, bytes.subarray(at)]);
}
