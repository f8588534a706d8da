import { rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { boundaryOf, parseParts } from '#test/received-parts';
import { buildFileMeta, Part10Splitter, readAttributes, type DicomJson } from '#libs/formats/dicom';
import { productDatabase } from '#test/product-database';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { digestOfFile, smallInstance, type SmallInstance } from '#test/small-instances';
import { StoredFiles } from '#test/stored-file';

const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG = '1.2.840.10008.1.2.2';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const HTJ2K = '1.2.840.10008.1.2.4.201';
const HTJ2K_RPCL = '1.2.840.10008.1.2.4.202';

interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** WADO-RS as a client meets it (PS3.18 10.4). */
describe('retrieval', () => {
  let qiao: QiaoProcess;
  let files: StoredFiles;
  let database: pg.Client;
  let authorization: string;

  const rows = 32;
  const ramp = (frames: number, from = 0) => {
    const bytes = Buffer.alloc(rows * rows * 2 * frames);
    for (let i = 0; i < bytes.length / 2; i += 1) bytes.writeUInt16LE((i * 7 + from) % 4096, 2 * i);
    return bytes;
  };
  const lut = Buffer.alloc(4096, 7);
  const many = { '00280008': { vr: 'IS', Value: ['3'] } };
  const plain = smallInstance({
    study: 'wado',
    number: 1,
    rows,
    pixels: ramp(1),
    more: { '00281201': { vr: 'OW', bytes: lut } },
  });
  const framed = smallInstance({ study: 'wado', number: 2, rows, pixels: ramp(3), more: many });
  const compressed = smallInstance({ study: 'wado', number: 3, rows, pixels: ramp(3, 5), more: many });
  const big = smallInstance({ study: 'wado', number: 4, rows, pixels: ramp(1, 9) });
  const stored = new Map<SmallInstance, Buffer>();
  /** Says RLE and holds none. */
  const damaged = smallInstance({ study: 'wado-damaged', rows });
  const noRle = { vr: 'OB', fragments: [Buffer.alloc(100, 9)] };
  const damagedBytes = Buffer.concat([
    buildFileMeta({ ...damaged, transferSyntaxUid: RLE }),
    smallInstance({ study: 'wado-damaged', rows, more: { '7FE00010': noRle } }).dataset,
  ]);

  const path = (one: SmallInstance, more = '') =>
    `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}${more}`;
  const series = `/dicom-web/studies/${plain.studyInstanceUid}/series/${plain.seriesInstanceUid}`;

  /** As on the wire: nothing inflated, nothing added. */
  const get = (target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> =>
    new Promise((resolve, reject) => {
      const url = new URL(target, qiao.base);
      const request = httpRequest(url, { method, headers: { authorization, ...headers } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
        answer.on('error', reject);
      });
      request.on('error', reject);
      request.end();
    });
  const partsOf = ({ headers, body }: Got) => parseParts(body, boundaryOf(String(headers['content-type'])));
  const syntaxOf = (file: Buffer) => {
    const splitter = new Part10Splitter();
    splitter.push(file);
    splitter.end();
    return splitter.meta!.transferSyntaxUid;
  };
  const pixelsOf = (file: Buffer) => {
    const splitter = new Part10Splitter();
    const dataset = Buffer.concat([splitter.push(file), splitter.end()]);
    const { pixelData } = readAttributes(dataset, splitter.meta!.transferSyntaxUid);
    return dataset.subarray(pixelData!.offset, pixelData!.offset + pixelData!.length!);
  };
  const metadata = async (target: string, headers: Record<string, string> = {}) => {
    const got = await get(target, { accept: 'application/dicom+json', 'accept-encoding': 'gzip', ...headers });
    expect(got.status).toBe(200);
    return JSON.parse(gunzipSync(got.body).toString('utf8')) as DicomJson[];
  };

  beforeAll(async () => {
    [qiao, files] = await Promise.all([QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' }), StoredFiles.open()]);
    database = await productDatabase(qiao.dataDir);
    authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
    stored.set(plain, plain.bytes);
    stored.set(framed, framed.bytes);
    stored.set(compressed, await files.converted(await files.put(compressed.bytes), RLE));
    stored.set(big, await files.converted(await files.put(big.bytes), BIG));
    expect((await qiao.stow('pacs-zhaozhuang', [...stored.values(), damagedBytes])).status).toBe(200);
    await eventually('the damaged one', async () => (await get(path(damaged, '/metadata'))).status === 200);
    await eventually('the series', async () => {
      const { status, body } = await get(`${series}/metadata`, { accept: 'application/dicom+json' });
      return status === 200 && (JSON.parse(body.toString()) as unknown[]).length === 4;
    });
  });
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
    files?.dispose();
  });

  describe('instances', () => {
    it('come as stored for who takes anything, in Explicit VR Little Endian for who names no syntax', async () => {
      for (const [one, bytes] of stored) {
        const any = await get(path(one), { accept: 'application/dicom; transfer-syntax=*' });
        expect(any.headers['content-length']).toBe(String(any.body.length));
        expect(digestOfFile(any.body)).toBe(digestOfFile(bytes));
        const [part] = partsOf(await get(path(one)));
        expect(digestOfFile(part!.body)).toBe(digestOfFile(bytes));
        const named = await get(path(one), { accept: 'application/dicom' });
        expect(syntaxOf(named.body)).toBe(EXPLICIT);
        expect(pixelsOf(named.body)).toEqual(pixelsOf(one.bytes));
      }
    });

    it('come in the syntax that is asked for, the best of several', async () => {
      const accept = [
        `multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.100`,
        `multipart/related; type="application/dicom"; transfer-syntax=${HTJ2K}; q=0.7`,
        `multipart/related; type="application/dicom"; transfer-syntax=${JPEG_LS}; q=0.9`,
      ].join(', ');
      const parts = partsOf(await get(series, { accept }));
      expect(parts.map((part) => syntaxOf(part.body))).toEqual([JPEG_LS, JPEG_LS, JPEG_LS, JPEG_LS]);
      expect(parts[0]!.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${JPEG_LS}`);
      const back = await files.converted(await files.put(parts[2]!.body), EXPLICIT);
      expect(pixelsOf(back)).toEqual(pixelsOf(compressed.bytes));
    });

    it('with damaged pixels come as stored, unless a syntax is named', async () => {
      const named = await get(path(damaged), { accept: `application/dicom; transfer-syntax=${EXPLICIT}` });
      expect([named.status, JSON.parse(named.body.toString())]).toEqual([
        406,
        expect.objectContaining({ code: 'pixels-unreadable' }),
      ]);
      const got = await get(path(damaged), { accept: 'application/dicom' });
      expect(got.headers['content-type']).toBe(`application/dicom; transfer-syntax=${RLE}`);
      expect(digestOfFile(got.body)).toBe(digestOfFile(damagedBytes));
    });

    it('are refused in words where nothing fits', async () => {
      for (const accept of [
        'image/png',
        'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.100',
        'application/dicom+xml',
      ]) {
        const got = await get(path(plain), { accept });
        expect(got.status).toBe(406);
        expect(JSON.parse(got.body.toString())).toMatchObject({ code: 'not-acceptable' });
        expect(got.headers['warning']).toContain('299');
      }
      expect((await get(series, { accept: 'application/dicom' })).status).toBe(406);
    });

    it('take ranges, conditions and HEAD', async () => {
      const accept = 'application/dicom; transfer-syntax=*';
      const whole = await get(path(plain), { accept });
      expect(whole.headers['cache-control']).toBe('private, max-age=86400, immutable');
      const etag = String(whole.headers['etag']);
      const some = await get(path(plain), { accept, range: 'bytes=100-299' });
      expect([some.status, some.headers['content-range']]).toEqual([206, `bytes 100-299/${whole.body.length}`]);
      expect(some.body).toEqual(whole.body.subarray(100, 300));
      expect((await get(path(plain), { accept, range: 'bytes=-7' })).body).toEqual(whole.body.subarray(-7));
      expect((await get(path(plain), { accept, range: `bytes=${whole.body.length}-` })).status).toBe(416);
      expect((await get(path(plain), { accept, range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
      expect((await get(path(plain), { accept, 'if-none-match': etag })).status).toBe(304);
      const head = await get(path(plain), { accept }, 'HEAD');
      expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
        200,
        String(whole.body.length),
        0,
      ]);
      const converted = await get(path(compressed), { accept: 'application/dicom' });
      const span = await get(path(compressed), { accept: 'application/dicom', range: 'bytes=200-900' });
      expect(span.body).toEqual(converted.body.subarray(200, 901));
    });

    it('are not there for another organisation, and the try is on record', async () => {
      const other = { authorization: `Bearer ${await qiao.token('pacs-lijia')}` };
      for (const target of [
        path(plain),
        path(plain, '/frames/1'),
        path(plain, '/bulkdata/00281201'),
        `${series}/metadata`,
      ])
        expect((await get(target, other)).status).toBe(404);
      const { rows: tries } = await database.query(
        `SELECT count(*)::int AS n FROM audit_record WHERE actor_id = 'pacs-lijia' AND action = 'retrieve' AND outcome = 'refused'`,
      );
      expect(tries[0].n).toBe(4);
    });
  });

  describe('frames', () => {
    const frameOf = (one: SmallInstance, number: number) =>
      pixelsOf(one.bytes).subarray((number - 1) * rows * rows * 2, number * rows * rows * 2);

    it('come uncompressed as octets, several or one, whatever is stored', async () => {
      for (const one of [framed, compressed]) {
        const got = await get(path(one, '/frames/3,1'), {
          accept: 'multipart/related; type="application/octet-stream"',
        });
        const parts = partsOf(got);
        expect(parts.map((part) => part.body)).toEqual([frameOf(one, 3), frameOf(one, 1)]);
        expect(parts[0]!.headers.get('content-type')).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`);
        const single = await get(path(one, '/frames/2'), { accept: 'application/octet-stream' });
        expect(single.body).toEqual(frameOf(one, 2));
      }
      const swapped = await get(path(big, '/frames/1'), { accept: 'application/octet-stream' });
      expect(swapped.body).toEqual(frameOf(big, 1));
    });

    it('come as stored with any transfer syntax, and compressed as a media type says', async () => {
      const any = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
      const [part] = partsOf(await get(path(compressed, '/frames/2'), { accept: any }));
      expect(part!.headers.get('content-type')).toBe(`image/dicom-rle; transfer-syntax=${RLE}`);
      const [native] = partsOf(await get(path(framed, '/frames/2'), { accept: any }));
      expect(native!.body).toEqual(frameOf(framed, 2));
      for (const [type, uid] of [
        ['image/jls', JPEG_LS],
        ['image/jphc', HTJ2K],
        ['image/dicom-rle', RLE],
      ] as const) {
        const got = await get(path(framed, '/frames/2'), { accept: `${type}; transfer-syntax=${uid}` });
        expect(got.headers['content-type']).toBe(`${type}; transfer-syntax=${uid}`);
        const instance = await files.put(framed.bytes);
        const decoded = await files.frames.uncompressed(got.body, { ...instance, transferSyntaxUid: uid });
        expect(Buffer.from(decoded)).toEqual(frameOf(framed, 2));
      }
    });

    it('are given compressed without loss where that saves bytes and has been made, and as stored where not', async () => {
      const smooth = Buffer.alloc(rows * rows * 2 * 3);
      for (let i = 0; i < smooth.length / 2; i += 1)
        smooth.writeUInt16LE(((i % rows) + Math.floor(i / rows)) * 3, 2 * i);
      const one = smallInstance({ study: 'wado-dense', number: 1, rows, pixels: smooth, more: many });
      const noise = smallInstance({ study: 'wado-dense', number: 2, rows });
      await qiao.stow('pacs-zhaozhuang', [one.bytes, noise.bytes]);
      const accept =
        'multipart/related; type="image/jphc", multipart/related; type="application/octet-stream"; transfer-syntax=*; q=0.9';
      const both = () => get(path(one, '/frames/3,1'), { accept });
      const typeOf = (got: Got) => (got.status === 200 ? partsOf(got)[0]!.headers.get('content-type') : null);
      const dense = `image/jphc; transfer-syntax=${HTJ2K_RPCL}`;
      // The least of all priorities: on a busy machine it takes its time.
      await eventually('the smaller frames', async () => typeOf(await both()) === dense, 180);
      const decoded = async (got: Got) => {
        const instance = { ...(await files.put(one.bytes)), transferSyntaxUid: HTJ2K_RPCL };
        const frames = partsOf(got).map(async ({ body }) =>
          Buffer.from(await files.frames.uncompressed(body, instance)),
        );
        return Promise.all(frames);
      };
      const given = await both();
      expect(await decoded(given)).toEqual([frameOf(one, 3), frameOf(one, 1)]);
      expect(given.body.length).toBeLessThan(rows * rows * 2);
      // What nobody compressed is what was received.
      const keys = async () =>
        (
          await database.query<{ uid: string; key: string | null }>(
            `SELECT x.sop_instance_uid AS uid, c.object_key AS key FROM compressed_frames c
             JOIN ingest_instance x ON x.id = c.instance_id WHERE c.made_at IS NOT NULL AND x.sop_instance_uid = ANY($1)`,
            [[one.sopInstanceUid, noise.sopInstanceUid]],
          )
        ).rows;
      await eventually('both', async () => (await keys()).length === 2, 180);
      expect((await keys()).find(({ uid }) => uid === noise.sopInstanceUid)!.key).toBeNull();
      const [part] = partsOf(await get(path(noise, '/frames/1'), { accept }));
      expect(part!.body).toEqual(frameOf(noise, 1));
      // A derived object that has gone is no loss: its frames are made when they are asked for.
      await rm(join(qiao.dataDir, 'objects', (await keys()).find(({ key }) => key !== null)!.key!));
      const again = await both();
      expect(typeOf(again)).toBe(dense);
      expect(await decoded(again)).toEqual(await decoded(given));
    });

    it('that are not there, or asked for as what they cannot be, are refused', async () => {
      expect((await get(path(framed, '/frames/4'))).status).toBe(404);
      expect((await get(path(framed, '/frames/0'))).status).toBe(400);
      expect((await get(path(framed, '/frames/1,x'))).status).toBe(400);
      expect((await get(path(framed, '/frames/1'), { accept: 'video/mp4' })).status).toBe(406);
      expect((await get(path(framed, '/frames/1,2'), { accept: 'application/octet-stream' })).status).toBe(406);
    });
  });

  describe('metadata and bulk data', () => {
    it('point to their bulk data under the address of the caller', async () => {
      const one = (
        await metadata(`${series}/metadata`, { 'x-forwarded-host': 'pacs.example:8443', 'x-forwarded-proto': 'https' })
      )[0]!;
      const link = `https://pacs.example:8443${path(plain)}/bulkdata`;
      expect(one['00281201']).toEqual({ vr: 'OW', BulkDataURI: `${link}/00281201` });
      expect(one['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: `${link}/7FE00010` });
      expect(Object.keys(one)).toEqual(Object.keys(one).sort());
      const own = (await metadata(path(plain, '/metadata')))[0]!;
      const value = await get(String(own['00281201']!.BulkDataURI), { accept: 'application/octet-stream' });
      expect(value.body).toEqual(lut);
      const range = await get(String(own['00281201']!.BulkDataURI), { range: 'bytes=4090-' });
      expect([range.status, range.body.length]).toEqual([206, 6]);
      expect((await get(String(own['7FE00010']!.BulkDataURI))).body).toEqual(pixelsOf(plain.bytes));
      expect((await get(path(plain, '/bulkdata/00281202'))).status).toBe(404);
      const parts = partsOf(
        await get(path(compressed, '/bulkdata/7FE00010'), {
          accept: 'multipart/related; type="application/octet-stream"',
        }),
      );
      expect(Buffer.concat(parts.map((part) => part.body))).toEqual(pixelsOf(compressed.bytes));
    });

    it('of a settled series are one prepared object, made anew when a late image reopens it', async () => {
      const prepared = async () => {
        const { rows: found } = await database.query(
          `SELECT m.object_key FROM series_metadata m JOIN series s ON s.id = m.series_id WHERE s.series_instance_uid = $1 AND m.base = $2`,
          [plain.seriesInstanceUid, `${qiao.base}/dicom-web`],
        );
        return (found as { object_key: string }[])[0]?.object_key;
      };
      const first = await eventually('the prepared object', prepared);
      const before = await get(`${series}/metadata`, { 'accept-encoding': 'gzip' });
      const etag = String(before.headers['etag']);
      expect((await get(`${series}/metadata`, { 'accept-encoding': 'gzip', 'if-none-match': etag })).status).toBe(304);
      const inflated = await get(`${series}/metadata`);
      expect(JSON.parse(inflated.body.toString())).toEqual(JSON.parse(gunzipSync(before.body).toString()));
      await qiao.stow('pacs-zhaozhuang', [smallInstance({ study: 'wado', number: 9, rows }).bytes]);
      await eventually('the late image', async () => (await metadata(`${series}/metadata`)).length === 5);
      const second = await eventually('the new object', async () => {
        const key = await prepared();
        return key !== first && key;
      });
      expect(second).toContain('series-metadata/');
      expect(await metadata(`${series}/metadata`)).toHaveLength(5);
    });

    it('are refused as anything but JSON', async () => {
      expect(
        (await get(`${series}/metadata`, { accept: 'multipart/related; type="application/dicom+xml"' })).status,
      ).toBe(406);
    });
  });

  it('has every answer on record: a row before the first, and a count of the others', async () => {
    const count = async () =>
      (
        await database.query(
          `SELECT count(*)::int AS n FROM audit_record WHERE action = 'retrieve' AND detail->>'purpose' = 'frames' AND actor_id = 'pacs-zhaozhuang'`,
        )
      ).rows[0].n as number;
    const before = await count();
    for (let turn = 0; turn < 20; turn += 1) await get(path(framed, '/frames/1'));
    expect((await count()) - before).toBeLessThanOrEqual(1);
    await qiao.stop();
    await qiao.up();
    await database.end();
    database = await productDatabase(qiao.dataDir);
    const { rows: further } = await database.query(
      `SELECT detail FROM audit_record WHERE action = 'retrieve' AND detail->>'purpose' = 'frames' AND (detail->>'further')::int >= 19`,
    );
    expect(further.length).toBeGreaterThan(0);
  });
});
