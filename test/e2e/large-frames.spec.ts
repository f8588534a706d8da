import { createHash, randomBytes } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createDeflateRaw } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN, writeDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { growthDuring, residentMegabytes } from '#test/resident-memory';

const DEFLATED = '1.2.840.10008.1.2.1.99';
const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
/** 12,288 × 12,288 pixels of 16 bits: one frame of 302 MB. */
const SIDE = 12_288;
const ROWS = randomBytes(SIDE * 2 * 4);
const REPEATED = SIDE / 4;
const FRAME_BYTES = ROWS.length * REPEATED;
const MOST_MEGABYTES = 400;

describe('a frame larger than what a server may hold', () => {
  let qiao: QiaoProcess;
  let gateway: number;
  let authorization: string;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_DEMO: 'on' });
    gateway = (await qiao.children())['gateway']!;
    authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
  }, 180_000);

  afterAll(() => qiao?.dispose());

  const path = (name: string) =>
    `/dicom-web/studies/${sampleUid(name, 'study')}/series/${sampleUid(name, 'series')}/instances/${sampleUid(name, 'instance')}`;

  const ask = (at: string, accept: string, body?: Readable): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const asked = request(`${qiao.base}${at}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          authorization,
          accept,
          ...(body ? { 'content-type': 'multipart/related; type="application/dicom"; boundary=large' } : {}),
        },
      });
      asked.once('response', resolve).once('error', reject);
      if (body) body.pipe(asked);
      else asked.end();
    });

  async function store(name: string, transferSyntaxUid: string): Promise<void> {
    const one = (vr: string, value: string | number) => ({ vr, Value: [value] });
    const head = writeDataset({
      '00080016': one('UI', CT_IMAGE),
      '00080018': one('UI', sampleUid(name, 'instance')),
      '00080020': one('DA', '20260105'),
      '00080060': one('CS', 'CT'),
      '00100010': one('PN', 'Wang^Da'),
      '00100020': one('LO', 'LARGE'),
      '0020000D': one('UI', sampleUid(name, 'study')),
      '0020000E': one('UI', sampleUid(name, 'series')),
      '00280002': one('US', 1),
      '00280004': one('CS', 'MONOCHROME2'),
      '00280010': one('US', SIDE),
      '00280011': one('US', SIDE),
      '00280100': one('US', 16),
      '00280101': one('US', 16),
      '00280102': one('US', 15),
      '00280103': one('US', 0),
    });
    const pixels = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
    pixels.writeUInt32LE(FRAME_BYTES, 8);
    const meta = buildFileMeta({
      sopClassUid: CT_IMAGE,
      sopInstanceUid: sampleUid(name, 'instance'),
      transferSyntaxUid,
    });
    function* dataSet(): Generator<Buffer> {
      yield head;
      yield pixels;
      for (let row = 0; row < REPEATED; row += 1) yield ROWS;
    }
    async function* body(): AsyncGenerator<Buffer> {
      yield Buffer.from('--large\r\nContent-Type: application/dicom\r\n\r\n');
      yield meta;
      const plain = Readable.from(dataSet(), { objectMode: false });
      yield* (
        transferSyntaxUid === DEFLATED ? plain.pipe(createDeflateRaw({ level: 1 })) : plain
      ) as AsyncIterable<Buffer>;
      yield Buffer.from('\r\n--large--\r\n');
    }
    const answer = await ask(
      '/dicom-web/studies',
      'application/dicom+json',
      Readable.from(body(), { objectMode: false }),
    );
    answer.resume();
    expect(answer.statusCode).toBe(200);
    await eventually('the instance to be filed', async () => {
      const metadata = await ask(`${path(name)}/metadata`, 'application/dicom+json');
      metadata.resume();
      return metadata.statusCode === 200;
    });
  }

  const expected = (() => {
    const hash = createHash('sha256');
    for (let row = 0; row < REPEATED; row += 1) hash.update(ROWS);
    return hash.digest('hex');
  })();

  /** Digest and length of the one part of a multipart answer, or of a body without parts. */
  async function frameOf(answer: IncomingMessage): Promise<{ digest: string; length: number }> {
    const hash = createHash('sha256');
    const boundary = /boundary="([^"]+)"/.exec(answer.headers['content-type'] ?? '')?.[1];
    const end = boundary === undefined ? 0 : `\r\n--${boundary}--\r\n`.length;
    let head: Buffer | undefined = boundary === undefined ? Buffer.alloc(0) : undefined;
    let began: Buffer = Buffer.alloc(0);
    let kept: Buffer = Buffer.alloc(0);
    let length = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      let bytes = chunk;
      if (head === undefined) {
        began = Buffer.concat([began, chunk]);
        const at = began.indexOf('\r\n\r\n', 4);
        if (at < 0) continue;
        head = began.subarray(0, at + 4);
        bytes = began.subarray(at + 4);
      }
      const all = kept.length > 0 ? Buffer.concat([kept, bytes]) : bytes;
      const sure = Math.max(0, all.length - end);
      hash.update(all.subarray(0, sure));
      length += sure;
      kept = all.subarray(sure);
    }
    return { digest: hash.digest('hex'), length };
  }

  it.each([
    ['native', EXPLICIT_VR_LITTLE_ENDIAN],
    ['deflated', DEFLATED],
  ])(
    'is stored and given back whole, %s, within the memory of a server',
    async (name, syntax) => {
      const before = residentMegabytes(gateway);
      const grown = await growthDuring(gateway, async () => {
        await store(name, syntax);
        for (const accept of ['multipart/related; type="application/octet-stream"', 'application/octet-stream']) {
          const answer = await ask(`${path(name)}/frames/1`, accept);
          expect(answer.statusCode).toBe(200);
          expect(await frameOf(answer)).toEqual({ digest: expected, length: FRAME_BYTES });
        }
      });
      expect(before + grown).toBeLessThan(MOST_MEGABYTES);
    },
    120_000,
  );

  it.each([
    ['rendered', 'image/jpeg', '/rendered'],
    ['compressed', 'multipart/related; type="image/jls"', '/frames/1'],
  ])(
    'is not %s, and the answer says why',
    async (_, accept, at) => {
      const before = residentMegabytes(gateway);
      const grown = await growthDuring(gateway, async () => {
        for (const name of ['native', 'deflated']) {
          const answer = await ask(`${path(name)}${at}`, accept);
          const parts: Buffer[] = [];
          for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
          expect(answer.statusCode).toBe(406);
          expect(JSON.parse(Buffer.concat(parts).toString())).toMatchObject({ code: 'frame-too-large' });
        }
      });
      expect(before + grown).toBeLessThan(MOST_MEGABYTES);
    },
    120_000,
  );
});
