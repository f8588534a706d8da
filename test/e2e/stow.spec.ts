import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { multipart, type WrittenPart } from '#test/multipart';
import { eventually, QiaoProcess } from '#test/qiao-process';
import { openLine, send, type RawAnswer } from '#test/raw-http';
import { digestOfFile, smallInstance, type SmallInstance } from '#test/small-instances';

type Item = Record<string, { Value?: unknown[] }>;
interface Response {
  stored: Item[];
  failed: Item[];
  retrieveUrl: string | undefined;
}

const RELATED = 'multipart/related; type="application/dicom"; boundary=the-boundary';
const JSON_RELATED = 'multipart/related; type="application/dicom+json"; boundary=the-boundary';

describe('STOW-RS', () => {
  let qiao: QiaoProcess;
  let authorization: string;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_HTTP_IDLE_SECONDS: '2' });
    authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  const post = (
    body: Buffer | Buffer[],
    headers: Record<string, string> = {},
    path = '/dicom-web/studies',
    agent?: Agent,
  ): Promise<RawAnswer> =>
    send(qiao.base, path, {
      headers: { authorization, 'content-type': RELATED, ...headers },
      body: Array.isArray(body) ? body : [body],
      ...(agent ? { agent } : {}),
    });
  const read = ({ text }: RawAnswer): Response => {
    const body = JSON.parse(text) as Record<string, { Value: unknown[] }>;
    return {
      stored: (body['00081199']?.Value ?? []) as Item[],
      failed: (body['00081198']?.Value ?? []) as Item[],
      retrieveUrl: body['00081190']?.Value[0] as string | undefined,
    };
  };
  const served = async (one: SmallInstance): Promise<Buffer> => {
    const path = `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}`;
    return eventually('the instance', async () => {
      const answer = await fetch(`${qiao.base}${path}`, { headers: { authorization, accept: 'application/dicom' } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return answer.status === 200 && bytes;
    });
  };
  const spooled = (): string[] => readdirSync(join(qiao.dataDir, 'spool/gateway'));

  describe('takes', () => {
    it.each([
      ['quoted', 'multipart/related; type="application/dicom"; boundary="the-boundary"'],
      ['bare', 'multipart/related; boundary=the-boundary; type=application/dicom'],
      ['no type at all', 'multipart/related; boundary=the-boundary'],
      ['capitals', 'Multipart/Related; Type="Application/DICOM"; Boundary=the-boundary'],
    ])('multipart/related with its type %s', async (how, type) => {
      const one = smallInstance({ study: `stow-type-${how}` });
      const answer = await post(multipart([{ body: one.bytes }]), { 'content-type': type });
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/dicom+json; charset=utf-8']);
      const { stored, failed, retrieveUrl } = read(answer);
      expect(failed).toEqual([]);
      expect(retrieveUrl).toBe(`${qiao.base}/dicom-web/studies/${one.studyInstanceUid}`);
      expect(stored).toEqual([
        {
          '00081150': { vr: 'UI', Value: [one.sopClassUid] },
          '00081155': { vr: 'UI', Value: [one.sopInstanceUid] },
          '00081190': {
            vr: 'UR',
            Value: [`${retrieveUrl}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}`],
          },
        },
      ]);
      const link = stored[0]!['00081190']!.Value![0] as string;
      await eventually('the link', async () => (await fetch(link, { headers: { authorization } })).status === 200);
    });

    it('parts without a type, in chunks of any size, behind a preamble', async () => {
      const [one, other] = [1, 2].map((number) => smallInstance({ study: 'stow-chunks', number }));
      const body = Buffer.concat([
        Buffer.from('a preamble\r\n'),
        multipart([
          { headers: {}, body: one!.bytes },
          { headers: { 'content-type': 'application/octet-stream' }, body: other!.bytes },
        ]),
        Buffer.from('an epilogue'),
      ]);
      const chunks = [];
      for (let at = 0; at < body.length; at += 37) chunks.push(body.subarray(at, at + 37));
      expect(read(await post(chunks)).stored).toHaveLength(2);
      expect(digestOfFile(await served(other!))).toBe(digestOfFile(other!.bytes));
    });

    it('one instance alone as application/dicom', async () => {
      const one = smallInstance({ study: 'stow-single' });
      const type = { 'content-type': 'application/dicom' };
      const answer = await post(one.bytes, type, `/dicom-web/studies/${one.studyInstanceUid}`);
      expect([answer.status, read(answer).stored.length]).toEqual([200, 1]);
      expect((await post(one.bytes, type, '/dicom-web/studies/1.2.3')).status).toBe(409);
      expect((await post(Buffer.from('%PDF-1.7'), type)).status).toBe(409);
    });

    it('the same instance twice in one request, as one', async () => {
      const one = smallInstance({ study: 'stow-twice' });
      const answer = await post(multipart([{ body: one.bytes }, { body: one.bytes }]));
      expect(answer.status).toBe(200);
      expect(read(answer).stored.map((item) => item['00081196'])).toEqual([undefined, undefined]);
    });

    it('a body compressed with gzip, and no bomb', async () => {
      const one = smallInstance({ study: 'stow-gzip' });
      const gzip = { 'content-encoding': 'gzip' };
      expect((await post(gzipSync(multipart([{ body: one.bytes }])), gzip)).status).toBe(200);
      expect(digestOfFile(await served(one))).toBe(digestOfFile(one.bytes));
      expect((await post(multipart([{ body: one.bytes }]), gzip)).status).toBe(400);
      const other = await post(multipart([{ body: one.bytes }]), { 'content-encoding': 'br' });
      expect([other.status, other.headers['accept-encoding']]).toEqual([415, 'gzip, identity']);
    });

    it('a body that waits for 100 Continue', async () => {
      const one = smallInstance({ study: 'stow-continue' });
      expect((await post(multipart([{ body: one.bytes }]), { expect: '100-continue' })).status).toBe(200);
    });

    it('ten thousand parts, each with its outcome', async () => {
      const one = smallInstance({ study: 'stow-many' });
      const parts: WrittenPart[] = Array.from({ length: 10_000 }, (_, index) => ({
        body: index === 5000 ? one.bytes : `part ${index}`,
      }));
      const answer = await post(multipart(parts));
      expect(answer.status).toBe(202);
      expect([read(answer).stored.length, read(answer).failed.length]).toEqual([1, 9999]);
    });
  });

  describe('metadata and bulk data', () => {
    const element = (vr: string, ...Value: unknown[]) => ({ vr, Value });
    const describe16 = (study: string, uri: string, more: Record<string, unknown> = {}) => {
      const one = smallInstance({ study });
      const json = {
        '00080016': element('UI', one.sopClassUid),
        '00080018': element('UI', one.sopInstanceUid),
        '00080060': element('CS', 'CT'),
        '00081140': element('SQ', { '00081155': element('UI', '2.25.7') }),
        '00100010': element('PN', { Alphabetic: 'Wang^XiaoMing', Ideographic: '王^小明' }),
        '00100020': element('LO', study),
        '0020000D': element('UI', one.studyInstanceUid),
        '0020000E': element('UI', one.seriesInstanceUid),
        '00280002': element('US', 1),
        '00280004': element('CS', 'MONOCHROME2'),
        '00280010': element('US', 16),
        '00280011': element('US', 16),
        '00280030': element('DS', 0.5, 0.5),
        '00280100': element('US', 16),
        '00280101': element('US', 16),
        '00280102': element('US', 15),
        '00280103': element('US', 0),
        '00291010': { vr: 'OB', InlineBinary: Buffer.from('abc').toString('base64') },
        '7FE00010': { vr: 'OW', BulkDataURI: uri },
        ...more,
      };
      return { one, json };
    };
    const metadata = (...instances: unknown[]): WrittenPart => ({
      headers: { 'Content-Type': 'application/dicom+json' },
      body: JSON.stringify(instances),
    });
    const bulk = (location: string, body: Buffer, type = 'application/octet-stream'): WrittenPart => ({
      headers: { 'Content-Type': type, 'Content-Location': location },
      body,
    });
    const frame = async (one: SmallInstance, number: number): Promise<Buffer> => {
      const path = `/dicom-web/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}/instances/${one.sopInstanceUid}/frames/${number}`;
      return eventually('the frame', async () => {
        const answer = await fetch(`${qiao.base}${path}`, { headers: { authorization, accept: '*/*' } });
        const bytes = Buffer.from(await answer.arrayBuffer());
        return answer.status === 200 && bytes;
      });
    };

    it('become an instance with its own words and pixels, bulk parts in any order', async () => {
      const [left, right] = [1, 2].map((level) => Buffer.alloc(512, level));
      const a = describe16('stow-json-a', 'bulk/a');
      const b = describe16('stow-json-b', `${qiao.base}/dicom-web/bulk/b`);
      const answer = await post(
        multipart([metadata(a.json, b.json), bulk('/dicom-web/bulk/b', right!), bulk('bulk/a', left!)]),
        { 'content-type': JSON_RELATED },
      );
      expect([answer.status, read(answer).failed]).toEqual([200, []]);
      expect((await frame(a.one, 1)).includes(left!)).toBe(true);
      expect((await frame(b.one, 1)).includes(right!)).toBe(true);
      const path = `/dicom-web/studies/${a.one.studyInstanceUid}/metadata`;
      const [kept] = (await (await fetch(`${qiao.base}${path}`, { headers: { authorization } })).json()) as Item[];
      expect(kept).toMatchObject({
        '00100010': { Value: [{ Alphabetic: 'Wang^XiaoMing', Ideographic: '王^小明' }] },
        '00280030': { Value: [0.5, 0.5] },
        '00081140': { Value: [{ '00081155': { Value: ['2.25.7'] } }] },
        '00291010': { InlineBinary: Buffer.from('abc\0').toString('base64') },
      });
    });

    it('keep compressed frames as they came, one fragment each, in the syntax of their type', async () => {
      const frames = [1, 2, 3].map((level) => Buffer.alloc(99 + level, level));
      const { one, json } = describe16('stow-json-jls', 'pixels', { '00280008': element('IS', 3) });
      const parts = frames.map((bytes, index) => bulk(`pixels/frames/${index + 1}`, bytes, 'image/jls'));
      const answer = await post(multipart([metadata(json), parts[2]!, parts[0]!, parts[1]!]), {
        'content-type': JSON_RELATED,
      });
      expect([answer.status, read(answer).failed]).toEqual([200, []]);
      const file = await served(one);
      expect(file.includes(Buffer.from('1.2.840.10008.1.2.4.80'))).toBe(true);
      const places = frames.map((bytes) => file.indexOf(bytes));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places[0]).toBeGreaterThan(0);
    });

    it('name the instance whose bulk data are missing, and keep the other', async () => {
      const good = describe16('stow-json-good', 'good');
      const bad = describe16('stow-json-bad', 'nowhere');
      const answer = await post(
        multipart([metadata(bad.json, good.json, 'no instance'), bulk('good', Buffer.alloc(512))]),
        {
          'content-type': JSON_RELATED,
        },
      );
      expect(answer.status).toBe(202);
      const { stored, failed } = read(answer);
      expect(stored.map((item) => item['00081155']!.Value)).toEqual([[good.one.sopInstanceUid]]);
      expect(failed.map((item) => String(item['00000902']!.Value![0]).split(':')[0])).toEqual([
        'missing-bulk-data',
        expect.any(String),
      ]);
    });

    it.each([
      ['no JSON', 'not json'],
      ['no array', '{}'],
      ['an empty array', '[]'],
      ['a bomb of brackets', '['.repeat(1_000_000)],
    ])('are refused as a whole when they are %s', async (_what, body) => {
      const answer = await post(multipart([{ headers: { 'Content-Type': 'application/dicom+json' }, body }]), {
        'content-type': JSON_RELATED,
      });
      expect(answer.status).toBe(400);
    });

    it('are refused one by one when they are nested without end', async () => {
      const depth = 5000;
      const body = `[${'{"00081140":{"vr":"SQ","Value":['.repeat(depth)}${']}}'.repeat(depth)}]`;
      const answer = await post(multipart([{ headers: { 'Content-Type': 'application/dicom+json' }, body }]), {
        'content-type': JSON_RELATED,
      });
      expect([answer.status, read(answer).failed.length]).toEqual([409, 1]);
    });
  });

  describe('refuses in the words of the standard', () => {
    const one = smallInstance({ study: 'stow-refused' });
    const body = multipart([{ body: one.bytes }]);

    it.each([
      ['multipart/related; type="application/dicom+xml"; boundary=the-boundary', 415],
      ['application/dicom+xml', 415],
      ['multipart/form-data; boundary=the-boundary', 415],
      ['multipart/related; type="application/dicom"', 415],
      ['text/plain', 415],
    ])('the type %s', async (type, status) => {
      const answer = await post(body, { 'content-type': type });
      expect([answer.status, JSON.parse(answer.text).detail]).toEqual([
        status,
        expect.stringContaining('Send multipart'),
      ]);
    });

    it('an answer in another form than JSON', async () => {
      expect((await post(body, { accept: 'application/dicom+xml' })).status).toBe(406);
      expect((await post(body, { accept: 'application/dicom+xml, application/json;q=0' })).status).toBe(406);
      expect((await post(body, { accept: 'application/dicom+xml;q=0.9, */*;q=0.1' })).status).toBe(200);
    });

    it('a body without parts, or that ends early, or of another type', async () => {
      expect((await post([])).status).toBe(400);
      expect((await post(Buffer.from('no multipart'))).status).toBe(400);
      expect((await post(multipart([]))).status).toBe(400);
      const odd = await post(multipart([{ headers: { 'Content-Type': 'image/jpeg' }, body: 'x' }]));
      expect([odd.status, read(odd).failed[0]!['00081197']!.Value]).toEqual([409, [0xc000]]);
    });

    it('keeps what was whole when the body breaks off, and says that something is missing', async () => {
      const [whole, cut] = [1, 2].map((number) => smallInstance({ study: 'stow-broken', number }));
      const bytes = multipart([{ body: whole!.bytes }, { body: cut!.bytes }]);
      const answer = await post(bytes.subarray(0, bytes.length - 100));
      expect(answer.status).toBe(202);
      expect([read(answer).stored.length, read(answer).failed.length]).toEqual([1, 1]);
    });

    it('another study than the address says, and a directory', async () => {
      const dicomdir = smallInstance({ study: 'stow-dir', sopClassUid: '1.2.840.10008.1.3.10' });
      const answer = await post(
        multipart([{ body: one.bytes }, { body: dicomdir.bytes }]),
        {},
        `/dicom-web/studies/1.2.3`,
      );
      expect(answer.status).toBe(409);
      expect(read(answer).failed.map((item) => item['00081197']!.Value)).toEqual([[0xa900], [0x0122]]);
    });
  });

  describe('keeps its connections in step', () => {
    it('after an answer that came before the end of the body', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const one = smallInstance({ study: 'stow-keep-alive', rows: 512 });
      const body = multipart([{ body: one.bytes }]);
      const early = await post(body, { 'content-type': 'text/plain' }, '/dicom-web/studies', agent);
      expect(early.status).toBe(415);
      const unknown = await post(body, { authorization: 'Bearer nonsense' }, '/dicom-web/studies', agent);
      expect(unknown.status).toBe(401);
      const next = await post(body, {}, '/dicom-web/studies', agent);
      expect([next.status, read(next).stored.length]).toEqual([200, 1]);
      agent.destroy();
    });

    it('and ends one whose body stops arriving, with 408, leaving nothing and answering others', async () => {
      const line = await openLine(qiao.httpPort);
      const one = smallInstance({ study: 'stow-slow', rows: 1024 });
      line.socket.write(
        `POST /dicom-web/studies HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: ${RELATED}\r\ncontent-length: 3000000\r\n\r\n`,
      );
      line.socket.write(multipart([{ body: one.bytes }]).subarray(0, 1_500_000));
      const drops = setInterval(() => line.socket.write('x'), 200);
      await eventually('the part under way', async () => spooled().length > 0);
      const other = smallInstance({ study: 'stow-beside' });
      expect((await post(multipart([{ body: other.bytes }]))).status).toBe(200);
      await line.closed;
      clearInterval(drops);
      expect(line.heard()).toContain('408');
      await eventually('an empty spool', async () => spooled().length === 0);
    });

    it('a sender that goes away in the middle of a part leaves nothing', async () => {
      const line = await openLine(qiao.httpPort);
      const one = smallInstance({ study: 'stow-gone', rows: 1024 });
      line.socket.write(
        `POST /dicom-web/studies HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: ${RELATED}\r\ncontent-length: 3000000\r\n\r\n`,
      );
      line.socket.write(multipart([{ body: one.bytes }]).subarray(0, 1_500_000));
      await eventually('the part under way', async () => spooled().length > 0);
      line.socket.destroy();
      await eventually('an empty spool', async () => spooled().length === 0);
      await sleep(200);
      const answer = await fetch(`${qiao.base}/dicom-web/studies?StudyInstanceUID=${one.studyInstanceUid}`, {
        headers: { authorization },
      });
      expect(answer.status === 204 || ((await answer.json()) as unknown[]).length === 0).toBe(true);
    });
  });
});
