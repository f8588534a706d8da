import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Browser, Page } from 'playwright-core';
import { sampleCt, sampleDr } from '#libs/formats/samples';
import { launchBrowser, sitDown, waitForPicture, type Desk } from '#test/browser';
import { hasCounterpart } from '#test/counterpart';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';

const suite = hasCounterpart('chromium') ? describe : describe.skip;
const seed = `round-${process.pid}-${Date.now()}`;
const shots = process.env['SHOTS'];

/** Of one person, by the ID card: an emergency of today, and what another member has of before. */
const card = '11010519491231002X';
const ofCard = (accessionNumber: string, name: string, slices: number) =>
  sampleCt({ slices, seed: `${seed}/${accessionNumber}`, patientId: card, patientName: name, accessionNumber });
const prior = ofCard('RDP', 'Ji^Jiu=急^玖', 3).map(({ bytes }) => bytes);
/** In the order in which they come, which is the order of the list. */
const names = ['甲一', '乙二', '丙三', '丁四'];
const chest = (name: string, accessionNumber: string) =>
  sampleDr({
    seed: `${seed}/${accessionNumber}`,
    patientId: accessionNumber,
    patientName: `Xunlun^${accessionNumber}=${name[0]}^${name[1]}`,
    accessionNumber,
  }).map(({ bytes }) => bytes);

suite('a round of reading, with the keyboard', () => {
  let qiao: QiaoProcess;
  let browser: Browser;
  let sun: Desk;
  let database: pg.Client;
  let priorStudy = '';
  const row = (page: Page, name: string) => page.getByTestId('worklist-row').filter({ hasText: name });
  const shot = async (name: string): Promise<void> => {
    if (shots) await sun.page.screenshot({ path: `${shots}/${name}.png` });
  };
  /** The case on the screen, with its picture. */
  const onScreen = async (name: string): Promise<string> => {
    const { page } = sun;
    await page.getByTestId('patient-name').filter({ hasText: name }).waitFor();
    await waitForPicture(page);
    return new URL(page.url()).pathname;
  };
  const press = async (key: string): Promise<void> => {
    // Where words are typed a bracket is a bracket.
    await sun.page.evaluate('document.activeElement?.blur()');
    await sun.page.keyboard.press(key);
  };
  const says = (field: 'findings' | 'impression') => sun.page.getByTestId(field).inputValue();
  const saved = () => sun.page.locator('[data-testid=save-state][data-save=saved]').waitFor();
  const claim = async (): Promise<void> => {
    await sun.page.keyboard.press('Control+Enter');
    await sun.page.getByTestId('submit').waitFor();
  };
  const submit = async (): Promise<void> => {
    const { keyboard } = sun.page;
    await keyboard.press('Control+Enter');
    await sun.page.locator('[data-testid=signing-password]:focus').waitFor();
    await keyboard.type(qiao.credentials.users['sun']!);
    await keyboard.press('Enter');
  };
  /** Finds it by what is typed, and takes the first. */
  const insert = async (key: 'Alt+t' | 'Alt+p', typed: string, name: string): Promise<void> => {
    const { page } = sun;
    await page.keyboard.press(key);
    await page.getByTestId('text-row').first().waitFor();
    await page.keyboard.type(typed);
    await page.locator('[data-testid=text-row][aria-selected=true]').filter({ hasText: name }).waitFor();
    await page.keyboard.press('Enter');
  };
  const report = async (): Promise<void> => {
    await claim();
    await insert('Alt+t', 'xpwj', '胸片 未见异常');
    await submit();
  };
  const arrives = async (name: string, accession: string, files = chest(name, accession)): Promise<void> => {
    const api = await qiao.logIn('sun');
    await qiao.stow('pacs-zhaozhuang', files);
    await eventually(`the read of ${name}`, async () => {
      const { body } = await api<{ items: { patient: { name: string } }[] }>('GET', '/api/worklist');
      return body.items.some(({ patient }) => patient.name === name);
    });
  };

  const reportedBefore = async (qian: Ask): Promise<void> => {
    const api = await qiao.logIn('sun');
    await qiao.stow('pacs-lijia', prior);
    const { id, studyInstanceUid } = await eventually('the prior', async () => {
      const { body } = await api<{
        items: { id: string; studyInstanceUid: string; organisation: { code: string }; patient: { number: string } }[];
      }>('GET', '/api/worklist');
      return body.items.find(({ organisation, patient }) => organisation.code === 'lijia' && patient.number === card);
    });
    priorStudy = studyInstanceUid;
    const words = { findings: '右肺下叶见磨玻璃结节。', impression: '右肺下叶结节。', version: 0 };
    const password = (user: string) => ({ password: qiao.credentials.users[user] });
    for (const [who, method, act, body] of [
      [api, 'POST', 'claim', {}],
      [api, 'PUT', 'report', words],
      [api, 'POST', 'submit', password('sun')],
      [qian, 'POST', 'review', {}],
      [qian, 'POST', 'sign', password('qian')],
    ] as const)
      expect((await who(method, `/api/reads/${id}/${act}`, body)).status).toBe(200);
  };

  beforeAll(async () => {
    [qiao, browser] = await Promise.all([QiaoProcess.start(), launchBrowser()]);
    database = await productDatabase(qiao.dataDir);
    // The network's own first cases stay out of the round, and so does what was reported before.
    const qian = await qiao.logIn('qian');
    await reportedBefore(qian);
    const first = await eventually('the first cases', async () => {
      const { body } = await qian<{ items: { id: string }[] }>('GET', '/api/worklist?state=open,assigned');
      return body.items.length >= 2 && body.items;
    });
    for (const { id } of first) await qian('POST', `/api/reads/${id}/claim`, {});
    for (const [at, name] of names.entries()) await arrives(name, `RD${at}`);
    sun = await sitDown(browser, qiao, 'sun');
    for (const name of names) await row(sun.page, name).waitFor();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  it('walks through the list by two keys, and says where it ends', async () => {
    const { page } = sun;
    const inList = await page.getByTestId('worklist-row').locator('.case-patient b').allTextContents();
    expect(inList).toEqual(names);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const first = await onScreen('甲一');
    await press('[');
    await page.getByText('已是列表第一例').waitFor();
    await press(']');
    const second = await onScreen('乙二');
    await press(']');
    const third = await onScreen('丙三');
    await press(']');
    const fourth = await onScreen('丁四');
    await press(']');
    await page.getByText('已是列表最后一例').waitFor();
    expect(new Set([first, second, third, fourth]).size).toBe(4);
    await press('[');
    expect(await onScreen('丙三')).toBe(third);
    await page.goBack();
    expect(await onScreen('丁四')).toBe(fourth);
    await press('?');
    await page.getByTestId('key-list').getByText('上一例 / 下一例', { exact: true }).waitFor();
    await shot('round-keys');
    await press('?');
    await page.getByTestId('key-list').waitFor({ state: 'hidden' });
  });

  it('has the next picture before the case is opened, and says only then that it was seen', async () => {
    const { page } = sun;
    await page.goto(qiao.base);
    // What the server itself answered, whatever the cache made of it.
    const line = await page.context().newCDPSession(page);
    const paths = new Map<string, string>();
    const statuses: { requestId: string; status: number }[] = [];
    line.on('Network.requestWillBeSent', ({ requestId, request }) => {
      paths.set(requestId, new URL(request.url).pathname);
    });
    line.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => {
      statuses.push({ requestId, status: statusCode });
    });
    await line.send('Network.enable');
    await line.send('Network.clearBrowserCache');
    await row(page, '甲一').click();
    await onScreen('甲一');
    const next = (await page.evaluate<{ order: string[] }>(
      `JSON.parse(Object.entries(sessionStorage).find(([key]) => key.startsWith('qiao.round.'))[1])`,
    ))!.order[1]!;
    const images = `/api/reads/${next}/images`;
    // The browser tells of an answer before or behind its request.
    const answered = () =>
      statuses
        .map(({ requestId, status }) => ({ path: paths.get(requestId) ?? '', status }))
        .filter(({ path }) => path.startsWith(images));
    const asked = (rest: string) => [...paths.values()].filter((path) => path === `${images}${rest}`).length;
    await eventually('what is fetched ahead', async () => answered().length === 3);
    expect(answered()).toEqual(
      ['', '/first/preview', '/first/pixels'].map((rest) => ({ path: `${images}${rest}`, status: 200 })),
    );
    const audited = async () =>
      (
        await database.query<{ action: string }>(
          `SELECT action FROM audit_record WHERE subject_id = $1 AND action ~ '^(view|prefetch)-' ORDER BY id`,
          [next],
        )
      ).rows.map(({ action }) => action);
    const before = await audited();
    expect(before.slice(-3)).toEqual(['prefetch-images', 'prefetch-preview', 'prefetch-first-image']);
    await press(']');
    await onScreen('乙二');
    // On a quick line the viewer may be there before what was asked for is answered, and the answer is given up.
    await eventually('what is asked again', async () => asked('') === 2 && asked('/first/preview') === 2);
    await eventually('and in the audit as seen', async () => {
      const seen = new Set((await audited()).slice(before.length));
      return seen.has('view-images') && seen.has('view-preview');
    });
    // Nothing came over the line a second time.
    const again = answered().slice(3);
    expect(again.filter(({ status }) => status !== 304)).toEqual([]);
  });

  it('opens the next case when one is submitted, and leads back to it', async () => {
    const { page } = sun;
    await page.goto(qiao.base);
    await row(page, '甲一').click();
    const first = await onScreen('甲一');
    await report();
    const second = await onScreen('乙二');
    expect(second).not.toBe(first);
    const told = page.getByTestId('finished');
    expect(await told.textContent()).toContain('甲一');
    expect(await page.getByTestId('findings').inputValue()).toBe('');
    await shot('round-next');
    await page.getByTestId('finished-back').click();
    expect(await onScreen('甲一')).toBe(first);
    expect(await says('findings')).toContain('未见实变');
    expect(await told.count()).toBe(0);
    await page.goBack();
    expect(await onScreen('乙二')).toBe(second);
    // What was submitted has left the list of those that wait, and is still the one before.
    await press('[');
    expect(await onScreen('甲一')).toBe(first);
    await press(']');
    await onScreen('乙二');
  });

  it('writes from templates and phrases, blank by blank, and takes them back', async () => {
    const { page } = sun;
    const { keyboard } = page;
    await claim();
    await keyboard.press('F2');
    await keyboard.type('原有的话。');
    await keyboard.press('Alt+t');
    await page.getByTestId('text-row').first().waitFor();
    await shot('round-templates');
    await keyboard.type('qix');
    await page.locator('[data-testid=text-row][aria-selected=true]').filter({ hasText: '气胸' }).waitFor();
    await keyboard.press('Enter');
    // Words are there: they are kept, unless it is said otherwise.
    await page.locator('[data-testid=text-append]:focus').waitFor();
    await shot('round-template-asks');
    await keyboard.press('Enter');
    await page.getByTestId('inserted').waitFor();
    const choices = page.getByTestId('blank-choices');
    await choices.getByText('右侧').waitFor();
    expect(await says('findings')).toMatch(/^原有的话。\n\[左侧\|右侧\]胸腔外带/);
    await keyboard.press('Control+z');
    await page.getByTestId('inserted').waitFor({ state: 'hidden' });
    expect([await says('findings'), await says('impression')]).toEqual(['原有的话。', '']);
    await insert('Alt+t', '气胸', '气胸');
    await page.locator('[data-testid=text-append]:focus').waitFor();
    await keyboard.press('r');
    await keyboard.press('2');
    await keyboard.type('40');
    await shot('round-blanks');
    // Not before every blank is filled.
    await keyboard.press('Control+Enter');
    await page.getByTestId('act-problem').filter({ hasText: '检查所见 [居中|向健侧移位]' }).waitFor();
    await shot('round-blanks-open');
    for (const key of ['1', '2', '1', '2']) await keyboard.press(key);
    expect(await says('findings')).toBe(
      '右侧胸腔外带见无肺纹理透亮区，肺组织向肺门压缩，约40%。纵隔居中。所见肋骨见骨折。左侧肋膈角变钝。',
    );
    for (const key of ['2', '4', '0']) await keyboard.press(key);
    expect(await says('impression')).toBe('右侧气胸，肺压缩约40%。');
    await keyboard.press('End');
    await insert('Alt+p', 'qjhlc', '请结合临床');
    expect(await says('impression')).toBe('右侧气胸，肺压缩约40%。请结合临床。');
    await saved();
    await keyboard.type('左侧胸腔积液');
    const contradictions = page.getByTestId('contradictions');
    await contradictions.filter({ hasText: '诊断意见写“左侧胸腔”，检查所见是“右侧胸腔”' }).waitFor();
    await keyboard.press('Control+Enter');
    await page.getByRole('button', { name: '回去修改' }).waitFor();
    await shot('round-contradicts');
    await page.getByRole('button', { name: '回去修改' }).click();
    await page.locator('.ant-modal-confirm').waitFor({ state: 'hidden' });
    await page.getByTestId('impression').fill('右侧气胸，肺压缩约40%。请结合临床。');
    await contradictions.waitFor({ state: 'detached' });
    await saved();
  });

  it('writes in a window of its own, which gives the report back when it is closed', async () => {
    const { page } = sun;
    const [outside] = await Promise.all([page.context().waitForEvent('page'), page.keyboard.press('Alt+o')]);
    await page.getByTestId('report-away').waitFor();
    // One editor, and the person's name above both halves.
    expect(await page.getByTestId('findings').count()).toBe(0);
    for (const one of [page, outside]) expect(await one.getByTestId('patient-name').textContent()).toBe('乙二');
    expect(await outside.getByTestId('patient-name').isVisible()).toBe(true);
    expect(await outside.title()).toContain('乙二');
    for (const key of ['F2', 'F2', 'Control+End']) await outside.keyboard.press(key);
    await outside.keyboard.type('另窗所写。');
    await outside.keyboard.press('Alt+p');
    await outside.getByTestId('text-row').first().waitFor();
    await outside.keyboard.press('Escape');
    await outside.locator('[data-save=saved]').waitFor();
    if (shots) await outside.screenshot({ path: `${shots}/round-outside.png` });
    await shot('round-away');
    await outside.close();
    await page.getByTestId('report-away').waitFor({ state: 'detached' });
    expect(await says('impression')).toBe('右侧气胸，肺压缩约40%。请结合临床。另窗所写。');
  });

  it('keeps a report as an own template, which is renamed and removed', async () => {
    const { page } = sun;
    const { keyboard } = page;
    const mine = page.getByTestId('text-row').filter({ hasText: '我的' });
    await keyboard.press('Alt+t');
    await page.getByTestId('text-row').first().waitFor();
    await keyboard.press('Control+s');
    await keyboard.type('右侧气胸');
    await keyboard.press('Enter');
    await mine.filter({ hasText: '右侧气胸' }).waitFor();
    await keyboard.type('yc');
    await keyboard.press('F2');
    await keyboard.type('右侧气胸伴骨折');
    await keyboard.press('Enter');
    await mine.filter({ hasText: '伴骨折' }).waitFor();
    await shot('round-own-template');
    await keyboard.press('Shift+Delete');
    await page.getByTestId('text-remove').waitFor();
    await keyboard.press('Shift+Tab');
    await keyboard.press('Enter');
    await mine.waitFor({ state: 'detached' });
    await keyboard.press('Escape');
    await page.getByTestId('text-menu').waitFor({ state: 'detached' });
    expect(await says('impression')).toContain('请结合临床');
  });

  it('goes to an emergency first that came meanwhile', async () => {
    const his = await qiao.client('his-zhaozhuang');
    const { status } = await his('POST', '/api/requests', {
      patient: { number: card, name: '急九' },
      item: 'CT-CHEST',
      accessionNumber: 'RD9',
      clinicalInformation: '胸痛2小时',
      priority: 'emergency',
    });
    expect(status).toBe(201);
    const emergency = ofCard('RD9', 'Ji^Jiu=急^九', 4);
    await arrives(
      '急九',
      'RD9',
      emergency.map(({ bytes }) => bytes),
    );
    await submit();
    await onScreen('急九');
    expect(await sun.page.getByTestId('finished').textContent()).toContain('乙二');
  });

  it('takes a person from the sign-in through a case to the next one by keys alone', async () => {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => before.complaints.push(String(error)));
    const before = sun;
    sun = { page, complaints: before.complaints };
    const { keyboard } = page;
    await page.goto(qiao.base);
    await page.locator('[data-testid=username]:focus').waitFor();
    await keyboard.type('sun');
    await keyboard.press('Tab');
    await keyboard.type(qiao.credentials.users['sun']!);
    await keyboard.press('Enter');
    await row(page, '急九').waitFor();
    // The emergency is the first of the list.
    await keyboard.press('j');
    await keyboard.press('Enter');
    const opened = await onScreen('急九');
    const api = await qiao.logIn('sun');
    const read = opened.split('/').at(-1)!;
    await claim();
    await keyboard.press('1');
    await page.getByTestId('window').filter({ hasText: '窗宽 1500 窗位 -600' }).waitFor();
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await page.getByTestId('frame-indicator').filter({ hasText: '2/4' }).waitFor();
    // The window by hand, and let go.
    for (const key of ['w', 'Enter', 'ArrowRight', 'Shift+ArrowUp', 'Enter']) await keyboard.press(key);
    await page.getByTestId('window').filter({ hasText: '窗宽 1520 窗位 -599' }).waitFor();
    await keyboard.press('l');
    await keyboard.press('Enter');
    const hand = page.getByTestId('keyed-hand');
    await hand.filter({ hasText: '第 1 点，共 2 点' }).waitFor();
    for (const key of ['ArrowLeft', 'ArrowUp', 'Enter']) await keyboard.press(key);
    for (let pixel = 0; pixel < 20; pixel += 1) await keyboard.press('Shift+ArrowRight');
    for (let pixel = 0; pixel < 5; pixel += 1) await keyboard.press('Shift+ArrowDown');
    await hand.filter({ hasText: '第 2 点' }).waitFor();
    await shot('round-keyed-cross');
    await keyboard.press('Enter');
    await hand.waitFor({ state: 'detached' });
    const { marks } = await eventually('the mark', async () => {
      const { body } = await api<{
        marks: { kind: string; points: [number, number][]; values: { value: number }[] }[];
      }>('GET', `/api/reads/${read}/marks`);
      return body.marks.length === 1 && body;
    });
    const [[from, to], spacing] = [marks[0]!.points as [[number, number], [number, number]], 0.7];
    expect([marks[0]!.kind, to[0] - from[0], to[1] - from[1]]).toEqual([
      'length',
      expect.closeTo(20),
      expect.closeTo(5),
    ]);
    expect(marks[0]!.values[0]!.value).toBeCloseTo(Math.hypot(20, 5) * spacing, 3);
    await keyboard.press('k');
    await page.getByText('关键图 1').waitFor();
    await insert('Alt+t', 'xbctwj', '胸部CT 未见异常');
    await keyboard.press('Escape');
    await keyboard.press('n');
    expect(await says('findings')).toMatch(/胸廓对称[^]*\n长 \d+\.\d mm（序列 \d+ 图 2）/);
    // What the other member has of before, beside it and in the report.
    await page.getByTestId('prior').filter({ hasText: '李家镇卫生院' }).waitFor();
    await keyboard.press('Alt+h');
    await page.getByTestId('prior-report').filter({ hasText: '右肺下叶见磨玻璃结节' }).waitFor();
    await shot('round-prior-report');
    await keyboard.press('Enter');
    const banner = page.getByTestId('prior-banner');
    await banner.filter({ hasText: '既往' }).filter({ hasText: '李家镇卫生院' }).waitFor();
    const cells = page.locator('.picture-stage');
    await cells.nth(1).locator('[data-rendered-image-id*=":"]').waitFor();
    const drawn = await cells
      .locator('[data-testid=viewport]')
      .evaluateAll((all) =>
        all.map((one) => (one as unknown as { dataset: Record<string, string> }).dataset['renderedImageId']),
      );
    expect(drawn[1]).toContain(`/studies/${priorStudy}/`);
    expect(drawn[0]).not.toContain(priorStudy);
    expect(await cells.nth(1).locator('.corner-tl, .corner-tr').allTextContents()).toEqual([
      expect.stringContaining('急玖'),
      expect.stringContaining('李家镇卫生院'),
    ]);
    expect(await cells.nth(0).locator('.corner-tr').textContent()).toContain('赵庄镇卫生院');
    // On a prior nothing is marked as if it were of now.
    for (const key of ['`', 'k', 'l', 'Enter']) await keyboard.press(key);
    await shot('round-prior-beside');
    expect([await banner.count(), await hand.count(), await page.getByText('关键图 2').count()]).toEqual([1, 0, 0]);
    await keyboard.press('Alt+h');
    await banner.waitFor({ state: 'detached' });
    expect(await cells.count()).toBe(1);
    await keyboard.press('Alt+h');
    await page.getByTestId('prior-report').filter({ hasText: '右肺下叶结节' }).waitFor();
    await keyboard.press('c');
    await page.getByTestId('blank-choices').getByText('较前好转').waitFor();
    await keyboard.press('1');
    expect(await says('findings')).toMatch(
      /与 2026-01-05 李家镇卫生院 胸部CT平扫 比较（前次：右肺下叶结节），未见明显变化。$/,
    );
    await keyboard.press('F2');
    await keyboard.press('Control+End');
    await insert('Alt+p', 'jyfc', '建议复查');
    await keyboard.type('3个月');
    expect(await says('impression')).toBe('胸部CT平扫未见明显异常。建议3个月后复查。');
    await shot('round-keyed-day');
    await submit();
    await onScreen('丙三');
    const { body } = await api<{ reading: { state: string }; draft: { keyImages: unknown[]; templates: unknown[] } }>(
      'GET',
      `/api/reads/${read}`,
    );
    expect(body.reading.state).toBe('submitted');
    expect([body.draft.keyImages.length, body.draft.templates.length]).toEqual([1, 1]);
  });

  it('goes on from a case that is returned, and shows the list where none is left', async () => {
    const { page } = sun;
    const { keyboard } = page;
    await claim();
    await keyboard.press('Alt+r');
    await page.getByRole('dialog').locator('input:focus').waitFor();
    await keyboard.press('ArrowDown');
    await page.getByRole('option').first().waitFor({ state: 'attached' });
    await keyboard.press('Enter');
    await keyboard.press('Control+Enter');
    await onScreen('丁四');
    await report();
    await page.getByTestId('tab-waiting').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    const told = await page.getByTestId('finished').textContent();
    expect(told).toContain('丁四');
    expect(told).toContain('没有下一例');
    await page.getByText('没有待诊断的病例').waitFor();
    await shot('round-end');
    await page.getByTestId('finished').getByRole('button').click();
    expect(await page.getByTestId('finished').count()).toBe(0);
  });

  it('left nothing in the console', () => expect(sun.complaints).toEqual([]));
});
