import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decode } from 'jpeg-js';
import { hasCounterpart } from '#test/counterpart';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { boundaryOf, parseParts } from '#test/received-parts';
import { pictureByCounterpart } from '#test/browser-picture';
import { ENCAPSULATED_PDF, smallInstance, type SmallInstance } from '#test/small-instances';

const run = promisify(execFile);

/** PNG of 8 bits with the filters that the product writes, read apart from its own writer. */
function readPng(bytes: Buffer): { width: number; height: number; channels: number; data: Buffer } {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const channels = bytes[25] === 2 ? 3 : 1;
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const rows = inflateSync(Buffer.concat(parts));
  const line = width * channels;
  const data = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (line + 1)];
    for (let x = 0; x < line; x += 1) {
      const left = filter === 1 && x >= channels ? data[y * line + x - channels]! : 0;
      data[y * line + x] = rows[y * (line + 1) + 1 + x]! + left;
    }
  }
  return { width, height, channels, data };
}

/** Pictures (PS3.18 10.4.1.1.3, 10.4.1.1.4). */
describe('rendered', () => {
  let qiao: QiaoProcess;
  let authorization: string;
  const folder = mkdtempSync(join(tmpdir(), 'qiao-rendered-'));
  const rows = 256;
  const slope = Buffer.alloc(rows * rows * 2);
  for (let y = 0; y < rows; y += 1)
    for (let x = 0; x < rows; x += 1) slope.writeUInt16LE(1024 + x * 2 + y, 2 * (y * rows + x));
  const ct = smallInstance({
    study: 'rendered',
    patientName: 'Wang^Xiaoming=王^小明',
    rows,
    pixels: slope,
    more: {
      '00281050': { vr: 'DS', Value: ['200'] },
      '00281051': { vr: 'DS', Value: ['400'] },
      '00281052': { vr: 'DS', Value: ['-1024'] },
      '00281053': { vr: 'DS', Value: ['1'] },
    },
  });
  const entries = (from: (index: number) => number) =>
    Buffer.from(Uint16Array.from({ length: 256 }, (_, index) => from(index) * 257).buffer);
  const palette = smallInstance({
    study: 'rendered',
    number: 2,
    rows: 16,
    pixels: Buffer.from(Array.from({ length: 512 }, (_, at) => at & 255)),
    more: {
      '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
      '00280004': { vr: 'CS', Value: ['PALETTE COLOR'] },
      '00280008': { vr: 'IS', Value: ['2'] },
      '00280100': { vr: 'US', Value: [8] },
      '00280101': { vr: 'US', Value: [8] },
      '00280102': { vr: 'US', Value: [7] },
      ...Object.fromEntries(['1', '2', '3'].map((colour) => [`0028110${colour}`, { vr: 'US', Value: [256, 0, 16] }])),
      '00281201': { vr: 'OW', bytes: entries((index) => index) },
      '00281202': { vr: 'OW', bytes: entries((index) => 255 - index) },
      '00281203': { vr: 'OW', bytes: entries(() => 7) },
    },
  });
  const document = Buffer.from(`%PDF-1.4\n${'x'.repeat(2000)}\n%%EOF\n`);
  const pdf = smallInstance({
    study: 'rendered',
    sopClassUid: ENCAPSULATED_PDF,
    more: { '00420011': { vr: 'OB', bytes: document }, '00420012': { vr: 'LO', Value: ['application/pdf'] } },
  });

  const page = smallInstance({
    study: 'rendered page',
    sopClassUid: ENCAPSULATED_PDF,
    more: {
      '00420011': { vr: 'OB', bytes: Buffer.from(`<script>document.title = 'ours'</script>${' '.repeat(2000)}`) },
      '00420012': { vr: 'LO', Value: ['text/html'] },
    },
  });

  const path = (one: SmallInstance, more: string) =>
    `${qiao.base}/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}${more}`;
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url, { headers: { authorization, ...headers } });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  };
  const png = async (one: SmallInstance, more: string) => {
    const got = await get(path(one, more), { accept: 'image/png' });
    expect(got.status).toBe(200);
    return { ...readPng(got.body), headers: got.headers };
  };

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
    expect((await qiao.stow('pacs-zhaozhuang', [ct.bytes, palette.bytes, pdf.bytes, page.bytes])).status).toBe(200);
    for (const one of [ct, palette, pdf, page])
      await eventually('the instance', async () => (await get(path(one, '/metadata'))).status === 200);
  });
  afterAll(async () => {
    await qiao?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is drawn as DCMTK draws it, in the file’s own window and in another', async () => {
    if (!hasCounterpart('dcm2pnm')) return;
    for (const [query, window] of [
      ['', { center: 200, width: 400 }],
      ['?window=300,100,linear', { center: 300, width: 100 }],
    ] as const) {
      const ours = await png(ct, `/rendered${query}`);
      const theirs = await pictureByCounterpart(ct.bytes, window);
      let worst = 0;
      for (let at = 0; at < rows * rows; at += 1)
        worst = Math.max(worst, Math.abs(ours.data[at]! - theirs.rgb[3 * at]!));
      expect(worst).toBeLessThanOrEqual(1);
    }
    writeFileSync(join(folder, 'p.dcm'), palette.bytes);
    await run('dcm2pnm', ['+op', join(folder, 'p.dcm'), join(folder, 'p.ppm')]);
    const colour = await png(palette, '/rendered');
    expect([colour.channels, ...colour.data.subarray(30, 33)]).toEqual([3, 10, 245, 7]);
  });

  it('follows linear, linear-exact and sigmoid', async () => {
    const at = async (name: string) => (await png(ct, `/rendered?window=200,400,${name}`)).data[100 * rows + 100]!;
    // Stored 1324, in modality units 300.
    expect(await at('linear')).toBe(Math.round(((300 - 199.5) / 399 + 0.5) * 255));
    expect(await at('linear-exact')).toBe(Math.round(((300 - 200) / 400 + 0.5) * 255));
    expect(await at('sigmoid')).toBe(Math.round(255 / (1 + Math.exp(-1))));
  });

  it('cuts, flips and scales to the viewport', async () => {
    const whole = await png(ct, '/rendered');
    const part = await png(ct, '/rendered?viewport=64,32,128,64,64,32');
    expect([part.width, part.height]).toEqual([64, 32]);
    expect(part.data[0]).toBe(whole.data[64 * rows + 128]);
    const flipped = await png(ct, '/rendered?viewport=64,32,128,64,-64,32');
    expect(flipped.data[0]).toBe(whole.data[64 * rows + 191]);
    const half = await png(ct, '/rendered?viewport=128,500');
    expect([half.width, half.height]).toEqual([128, 128]);
    const double = await png(ct, '/rendered?viewport=512,512');
    expect([double.width, double.height]).toEqual([512, 512]);
  });

  it('writes patient and technique into the picture, in Chinese too', async () => {
    const bare = await png(ct, '/rendered');
    const noted = await png(ct, '/rendered?annotation=patient,technique');
    const changed = (fromX: number, toX: number) => {
      let count = 0;
      for (let y = 0; y < 64; y += 1)
        for (let x = fromX; x < toX; x += 1) if (bare.data[y * rows + x] !== noted.data[y * rows + x]) count += 1;
      return count;
    };
    expect(changed(0, 100)).toBeGreaterThan(100);
    expect(changed(156, 256)).toBeGreaterThan(100);
    expect(noted.data.subarray(200 * rows)).toEqual(bare.data.subarray(200 * rows));
    const small = await png(ct, '/rendered?annotation=patient,phase&viewport=64,64');
    expect(small.headers.get('warning')).toMatch(/phase.*too small/);
  });

  it('comes as JPEG of the quality asked for, with an entity tag', async () => {
    const fine = await get(path(ct, '/rendered?quality=95'));
    const coarse = await get(path(ct, '/rendered?quality=5'), { accept: 'image/jpeg' });
    expect(fine.headers.get('content-type')).toBe('image/jpeg');
    expect(coarse.body.length).toBeLessThan(fine.body.length);
    const { width, data } = decode(fine.body);
    const lossless = await png(ct, '/rendered');
    expect(width).toBe(rows);
    expect(Math.abs(data[4 * (100 * rows + 100)]! - lossless.data[100 * rows + 100]!)).toBeLessThan(6);
    const etag = fine.headers.get('etag')!;
    expect((await get(path(ct, '/rendered?quality=95'), { 'if-none-match': etag })).status).toBe(304);
    expect((await get(path(ct, '/rendered?accept=image/png'))).headers.get('content-type')).toBe('image/png');
  });

  it('of several frames, of a series and of a study', async () => {
    const frames = await get(path(palette, '/frames/1,2/rendered'), { accept: 'multipart/related; type="image/png"' });
    const parts = parseParts(frames.body, boundaryOf(frames.headers.get('content-type')!));
    expect(parts.map((part) => part.headers.get('content-type'))).toEqual(['image/png', 'image/png']);
    const study = `${qiao.base}/dicom-web/studies/${ct.studyInstanceUid}`;
    const all = await get(`${study}/rendered`, { accept: 'multipart/related; type="image/jpeg"' });
    expect(parseParts(all.body, boundaryOf(all.headers.get('content-type')!))).toHaveLength(3);
    for (const one of [`${study}/rendered`, `${study}/series/${ct.seriesInstanceUid}/rendered`])
      expect(decode((await get(one)).body).width).toBeGreaterThan(0);
    for (const target of [
      `${study}/thumbnail`,
      `${study}/series/${ct.seriesInstanceUid}/thumbnail`,
      path(ct, '/thumbnail'),
      path(ct, '/frames/1/thumbnail'),
    ]) {
      const { width, height } = decode((await get(`${target}?viewport=60,40`)).body);
      expect([Math.max(width, height) <= 60, height]).toEqual([true, 40]);
    }
  });

  it.each(['/rendered', '/bulkdata/00420011'])('has what another wrote saved, and never run: %s', async (address) => {
    const got = await get(path(page, address), { accept: '*/*' });
    expect([got.status, got.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(got.headers.get('content-disposition')).toBe('attachment');
    expect(got.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    expect(got.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('gives an encapsulated document as it is, and refuses in words what it cannot do', async () => {
    const got = await get(path(pdf, '/rendered'), { accept: 'application/pdf' });
    expect([got.headers.get('content-type'), got.body.equals(document)]).toEqual(['application/pdf', true]);
    expect(got.headers.get('content-disposition')).toBeNull();
    expect((await get(path(pdf, '/rendered'), { accept: 'image/png' })).status).toBe(406);
    expect((await get(path(pdf, '/thumbnail'))).status).toBe(406);
    expect((await get(path(ct, '/rendered'), { accept: 'image/gif' })).status).toBe(406);
    for (const query of [
      'window=1',
      'window=1,0,linear',
      'window=a,2,linear',
      'viewport=0,5',
      'viewport=9,9,250,0,50,50',
      'quality=0',
      'quality=x',
    ]) {
      const refused = await get(path(ct, `/rendered?${query}`));
      expect([query, refused.status]).toEqual([query, 400]);
    }
    expect((await get(path(ct, '/frames/2/rendered'))).status).toBe(404);
  });
});
