import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import jpeg from 'jpeg-js';
import type pg from 'pg';
import { ExpectInstances } from '#libs/catalogue';
import { sampleUid } from '#libs/formats/samples';
import { ObjectStore } from '#libs/ports';
import { readPacked } from '#test/packed-picture';
import { productDatabase } from '#test/product-database';
import { productParts, type ProductParts } from '#test/product-parts';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { BASIC_TEXT_SR, smallInstance, type SmallInstance } from '#test/small-instances';

interface Manifest {
  patient: { number: string; name: string };
  examState: string;
  instances: number;
  missing: number;
  series: {
    seriesInstanceUid: string;
    pictures: boolean;
    images: number;
    complete: boolean;
    sopInstanceUids: { prefix: string; rest: string };
    shared: Record<string, { Value: unknown[] }>;
    each: Record<string, unknown>;
    first: { image: number; frame: number } | null;
  }[];
}

describe('the first picture of a read', () => {
  let qiao: QiaoProcess;
  let sun: Ask;
  let cookie = '';
  let parts: ProductParts;
  let database: pg.Client;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    [sun, parts, database] = await Promise.all([
      qiao.logIn('sun'),
      productParts(qiao.dataDir),
      productDatabase(qiao.dataDir),
    ]);
    const answer = await fetch(`${qiao.base}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'sun', password: qiao.credentials.users['sun'] }),
    });
    cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await parts?.close();
    await qiao?.dispose();
  }, 60_000);

  /** A square of one grey: level `number` of 16 in a window from 0 to 160. */
  const slice = (study: string, number: number, more: Partial<Parameters<typeof smallInstance>[0]> = {}) => {
    const rows = more.rows ?? 64;
    const pixels = Buffer.alloc(rows * rows * 2);
    for (let at = 0; at < pixels.length; at += 2) pixels.writeUInt16LE(number * 10, at);
    const window = {
      '00281050': { vr: 'DS', Value: ['80.5'] },
      '00281051': { vr: 'DS', Value: ['161'] },
      '00200032': { vr: 'DS', Value: ['-166.5', '-171.699', String(number * 0.7 - 200)] },
    };
    return smallInstance({
      study,
      patientId: study,
      patientName: `${study}^=${study}`,
      number,
      pixels,
      ...more,
      more: { ...window, ...more.more },
    });
  };
  const send = async (...instances: SmallInstance[]) =>
    expect(
      (
        await qiao.stow(
          'pacs-zhaozhuang',
          instances.map(({ bytes }) => bytes),
        )
      ).status,
    ).toBe(200);
  const readOf = (study: string) =>
    eventually(`the read of ${study}`, async () => {
      const { body } = await sun<{ items: { id: string; studyInstanceUid: string; examState: string }[] }>(
        'GET',
        '/api/worklist?limit=200',
      );
      return body.items.find(
        (one) => one.studyInstanceUid === sampleUid(study, 'study') && one.examState === 'settled',
      );
    });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${qiao.base}${path}`, { headers: { cookie, ...headers } });
  const manifestOf = async (id: string): Promise<Manifest> => {
    const { status, body } = await sun<Manifest>('GET', `/api/reads/${id}/images`);
    expect(status).toBe(200);
    return body;
  };
  const uids = (series: Manifest['series'][number]) =>
    series.sopInstanceUids.rest.split(' ').map((rest) => series.sopInstanceUids.prefix + rest);
  const previewOf = async (id: string, series = 'first') => {
    const answer = await get(`/api/reads/${id}/images/${series}/preview`);
    expect(answer.status).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { answer, bytes, picture: jpeg.decode(bytes, { useTArray: true }) };
  };
  const prepared = async (study: string): Promise<{ manifest: string | null; preview: string | null }> => {
    const { rows } = await database.query(
      `SELECT m.object_key AS manifest, p.object_key AS preview FROM exam e LEFT JOIN study_manifest m ON m.exam_id = e.id
         LEFT JOIN series s ON s.exam_id = e.id AND s.modality = 'CT' LEFT JOIN series_preview p ON p.series_id = s.id
       WHERE e.study_instance_uid = $1`,
      [sampleUid(study, 'study')],
    );
    return rows[0] as never;
  };

  it('is prepared when the examination settles: manifest in reading order, and the preview of the middle slice', async () => {
    const slices = [4, 2, 5, 1, 3].map((number) => slice('first-settled', number));
    const document = smallInstance({ study: 'first-settled', patientId: 'first-settled', sopClassUid: BASIC_TEXT_SR });
    await send(...slices, document);
    const { id } = await readOf('first-settled');
    await eventually('both to be prepared', async () => {
      const { manifest, preview } = await prepared('first-settled');
      return manifest && preview;
    });
    const manifest = await manifestOf(id);
    expect(manifest).toMatchObject({ patient: { number: 'first-settled', name: 'first-settled' }, instances: 5 });
    const [pictures, papers] = manifest.series;
    const inOrder = [1, 2, 3, 4, 5].map((number) => slice('first-settled', number).sopInstanceUid);
    expect(uids(pictures!)).toEqual(inOrder);
    expect(pictures).toMatchObject({ pictures: true, images: 5, complete: true, first: { image: 2, frame: 1 } });
    expect(pictures!.shared['00280010']!.Value).toEqual([64]);
    expect(pictures!.each['00200013']).toEqual({ vr: 'IS', from: 1, step: 1 });
    expect(papers).toMatchObject({ pictures: false, images: 0, first: null });

    const { answer, bytes, picture } = await previewOf(id);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(answer.headers.get('x-shown-frame')).toBe(`${inOrder[2]}/1`);
    expect(answer.headers.get('content-location')).toContain(pictures!.seriesInstanceUid);
    expect(bytes.length).toBeLessThanOrEqual(32_768);
    expect([picture.width, picture.height]).toEqual([64, 64]);
    // The third of sixteen levels, drawn at the window that the image names.
    expect(Math.abs(picture.data[4 * 2000]! - (30 / 160) * 255)).toBeLessThan(3);
  });

  it('is asked about each time, and not sent again while nothing changed', async () => {
    const { id } = await readOf('first-settled');
    for (const path of ['images', 'images/first/preview']) {
      const before = await get(`/api/reads/${id}/${path}`);
      expect(before.headers.get('cache-control')).toBe('private, no-cache');
      const etag = before.headers.get('etag')!;
      const again = await get(`/api/reads/${id}/${path}`, { 'if-none-match': etag });
      expect([path, again.status, (await again.arrayBuffer()).byteLength]).toEqual([path, 304, 0]);
    }
    const { rows } = await database.query<{ action: string; n: number }>(
      `SELECT action, count(*)::int AS n FROM audit_record WHERE subject_id = $1 AND outcome = 'done' AND actor_id IS NOT NULL
         AND action IN ('view-images', 'view-preview') GROUP BY action ORDER BY action`,
      [id],
    );
    expect(rows).toEqual([
      { action: 'view-images', n: 3 },
      { action: 'view-preview', n: 3 },
    ]);
  });

  it('a late slice is there at once, and the preview follows it, before and after the examination settles again', async () => {
    const study = 'first-settled';
    const { id } = await readOf(study);
    const before = await prepared(study);
    await parts.get(ExpectInstances).expect({
      organisation: 'zhaozhuang',
      studyInstanceUid: sampleUid(study, 'study'),
      source: 'manifest',
      key: 'late',
      count: 8,
    });
    await send(slice(study, 6), slice(study, 7));
    const reopened = await eventually('the late slices', async () => {
      const manifest = await manifestOf(id);
      return manifest.instances === 7 ? manifest : undefined;
    });
    expect(reopened).toMatchObject({ examState: 'reopened', missing: 1 });
    expect(uids(reopened.series[0]!)).toHaveLength(7);
    expect(await prepared(study)).toEqual({ manifest: null, preview: null });
    const { answer } = await previewOf(id);
    expect(answer.headers.get('x-shown-frame')).toBe(`${slice(study, 4).sopInstanceUid}/1`);

    await send(slice(study, 8));
    await readOf(study);
    const after = await eventually('both to be prepared anew', async () => {
      const now = await prepared(study);
      return now.manifest && now.preview ? now : undefined;
    });
    expect(after.manifest).not.toBe(before.manifest);
    expect(uids((await manifestOf(id)).series[0]!)).toHaveLength(8);
    const { answer: settled } = await previewOf(id);
    expect(settled.headers.get('x-shown-frame')).toBe(`${slice(study, 5).sopInstanceUid}/1`);
  });

  it('is made again where its objects are gone, and what a document adds is in it although nothing reopens', async () => {
    const study = 'first-settled';
    const { id } = await readOf(study);
    await send(
      smallInstance({ study, patientId: study, sopClassUid: BASIC_TEXT_SR, number: 2 }),
      smallInstance({ study, patientId: study, sopClassUid: BASIC_TEXT_SR, number: 3 }),
    );
    await eventually('the documents', async () => uids((await manifestOf(id)).series[1]!).length === 3);
    const store = parts.get(ObjectStore);
    const kept = await eventually('the manifest to be kept', async () => (await prepared(study)).manifest);
    await store.remove(kept);
    expect(uids((await manifestOf(id)).series[0]!)).toHaveLength(8);
    expect(await store.stat(kept)).not.toBeNull();
    const first = await previewOf(id);
    await database.query('DELETE FROM series_preview');
    expect((await previewOf(id)).answer.headers.get('etag')).toBe(first.answer.headers.get('etag'));
    expect(await store.stat((await prepared(study)).preview!)).not.toBeNull();
  });

  it('keeps 400 slices under 10 kB on the wire', async () => {
    const study = 'first-large';
    const all = Array.from({ length: 400 }, (_, index) => slice(study, index + 1, { rows: 8 }));
    for (let from = 0; from < all.length; from += 100) await send(...all.slice(from, from + 100));
    const { id } = await readOf(study);
    const answer = await get(`/api/reads/${id}/images`, { 'accept-encoding': 'gzip' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const manifest = (await answer.json()) as Manifest;
    expect(uids(manifest.series[0]!)).toEqual(all.map((one) => one.sopInstanceUid));
    expect(Number(answer.headers.get('content-length'))).toBeLessThanOrEqual(10_000);
    const { rows } = await database.query<{ key: string }>(
      'SELECT m.object_key AS key FROM study_manifest m JOIN exam e ON e.id = m.exam_id WHERE e.study_instance_uid = $1',
      [sampleUid(study, 'study')],
    );
    expect(rows).toHaveLength(1);
  });

  it('keeps the noisiest image under 32 kB, and tells why there is none', async () => {
    await send(slice('first-noise', 1, { rows: 600, pixels: randomBytes(600 * 600 * 2) }));
    const { id } = await readOf('first-noise');
    const { bytes, picture } = await previewOf(id);
    expect(bytes.length).toBeLessThanOrEqual(32_768);
    expect(Math.max(picture.width, picture.height)).toBeLessThanOrEqual(512);
    const elsewhere = await sun('GET', `/api/reads/${id}/images/1.2.3/preview`);
    expect([elsewhere.status, elsewhere.body['code']]).toEqual([404, 'no-picture']);

    await send(slice('first-short', 1, { more: { '00280010': { vr: 'US', Value: [9000] } } }));
    const short = await readOf('first-short');
    expect((await manifestOf(short.id)).series[0]).toMatchObject({ images: 1 });
    const broken = await sun('GET', `/api/reads/${short.id}/images/first/preview`);
    expect(broken.status).toBeGreaterThanOrEqual(404);
    expect(broken.status).toBeLessThan(500);
  });

  describe('with every stored bit', () => {
    const pixelsOf = async (id: string, series = 'first') => {
      const answer = await get(`/api/reads/${id}/images/${series}/pixels`);
      return { answer, packed: Buffer.from(await answer.arrayBuffer()) };
    };
    const words = (values: number[], signed = false): Buffer => {
      const bytes = Buffer.alloc(values.length * 2);
      for (const [at, value] of values.entries()) {
        if (signed) bytes.writeInt16LE(value, at * 2);
        else bytes.writeUInt16LE(value, at * 2);
      }
      return bytes;
    };
    /** Smooth, noisy, and leaping from one end of the range to the other. */
    const values = (rows: number, least: number, greatest: number): number[] =>
      Array.from({ length: rows * rows }, (_, at) => {
        const [x, y] = [at % rows, Math.floor(at / rows)];
        if (y % 16 === 3) return x % 2 ? least : greatest;
        if (y > rows / 2) return least + ((at * 7919) % (greatest - least));
        return least + Math.floor(((x + y) / (2 * rows)) * (greatest - least));
      });

    it.each([
      { name: 'first-bits-unsigned', signed: false, least: 0, greatest: 65_535 },
      { name: 'first-bits-signed', signed: true, least: -32_768, greatest: 32_767 },
      { name: 'first-bits-hounsfield', signed: true, least: -1024, greatest: 3071 },
      { name: 'first-bits-narrow', signed: false, least: 1000, greatest: 1200 },
    ])('$name: the same values, and its greys', async ({ name, signed, least, greatest }) => {
      const stored = values(64, least, greatest);
      await send(
        slice(name, 1, {
          pixels: words(stored, signed),
          more: {
            '00280103': { vr: 'US', Value: [signed ? 1 : 0] },
            '00281050': { vr: 'DS', Value: ['100'] },
            '00281051': { vr: 'DS', Value: ['400'] },
          },
        }),
      );
      const { id } = await readOf(name);
      const { answer, packed } = await pixelsOf(id);
      expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'gzip']);
      const { head, shades, values: read } = readPacked(packed);
      expect(read).toEqual(stored);
      const sopInstanceUid = slice(name, 1).sopInstanceUid;
      expect(head).toMatchObject({ sopInstanceUid, frame: 1, rows: 64, columns: 64, least: Math.min(...stored) });
      expect(head).toMatchObject({ window: { center: 100, width: 400 }, pixelAspect: 1 });
      // PS3.3 C.11.2.1.2.1 with c = 100, w = 400.
      const grey = (value: number) => Math.round(Math.min(1, Math.max(0, (value - 99.5) / 399 + 0.5)) * 255);
      expect(shades).toEqual(
        Array.from({ length: Math.max(...stored) - head.least + 1 }, (_, at) => grey(head.least + at)),
      );
      const again = await get(`/api/reads/${id}/images/first/pixels`, {
        'if-none-match': answer.headers.get('etag')!,
      });
      expect(again.status).toBe(304);
    });

    it('says why where there is none', async () => {
      const { id } = await readOf('first-short');
      const broken = await sun('GET', `/api/reads/${id}/images/first/pixels`);
      expect(broken.status).toBeGreaterThanOrEqual(404);
      expect(broken.status).toBeLessThan(500);
      const large = { '00280010': { vr: 'US', Value: [9000] }, '00280011': { vr: 'US', Value: [9000] } };
      await send(slice('first-too-large', 1, { more: large }));
      const tooLarge = await sun('GET', `/api/reads/${(await readOf('first-too-large')).id}/images/first/pixels`);
      expect([tooLarge.status, tooLarge.body['code']]).toEqual([409, 'picture-too-large']);
      const known = await readOf('first-settled');
      const elsewhere = await sun('GET', `/api/reads/${known.id}/images/1.2.3/pixels`);
      expect([elsewhere.status, elsewhere.body['code']]).toEqual([404, 'no-picture']);
    });
  });

  it('is not there for another organisation, nor without a session', async () => {
    const { id } = await readOf('first-settled');
    const li = await qiao.logIn('li');
    const images = `/api/reads/${id}/images`;
    for (const path of [images, `${images}/first/preview`, `${images}/first/pixels`]) {
      const answer = await li('GET', path);
      expect([path, answer.status, answer.body['code']]).toEqual([path, 404, 'read-not-found']);
      expect((await fetch(`${qiao.base}${path}`)).status).toBe(401);
    }
    const stored = await prepared('first-settled');
    const object = await parts.get(ObjectStore).getRange(stored.manifest!, 0, 100_000);
    // Who it is about stands in the rows alone.
    expect(gunzipSync(object).toString()).not.toContain('"patient"');
  });
});
