import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildFileMeta, writeDataset, type WritableDataset } from '#libs/formats/dicom';
import { sampleUid } from '#libs/formats/samples';
import { multipart } from '#test/multipart';
import { eventually, QiaoProcess, type Ask } from '#test/qiao-process';
import { openLine, send } from '#test/raw-http';
import { residentMegabytes } from '#test/resident-memory';
import { CT_IMAGE, smallInstance } from '#test/small-instances';
import { TusClient } from '#test/tus-client';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const UNDEFINED = 0xffffffff;
const MIB = 1024 * 1024;
/** What each server process must stay under, whatever comes (megabytes). */
const MEMORY = 400;

/** The beginning of an instance: file meta and what names it; what is hostile comes behind. */
function named(study: string, syntax = EXPLICIT, more: WritableDataset = {}): { meta: Buffer; start: Buffer } {
  const sopInstanceUid = sampleUid(study, 'instance');
  const start = writeDataset(
    {
      '00080016': { vr: 'UI', Value: [CT_IMAGE] },
      '00080018': { vr: 'UI', Value: [sopInstanceUid] },
      '00080060': { vr: 'CS', Value: ['CT'] },
      '00100020': { vr: 'LO', Value: [study] },
      '0020000D': { vr: 'UI', Value: [sampleUid(study, 'study')] },
      '0020000E': { vr: 'UI', Value: [sampleUid(study, 'series')] },
      ...more,
    },
    syntax === DEFLATED ? EXPLICIT : syntax,
  );
  return { meta: buildFileMeta({ sopClassUid: CT_IMAGE, sopInstanceUid, transferSyntaxUid: syntax }), start };
}

function element(tag: [number, number], vr: string, length: number, syntax = EXPLICIT): Buffer {
  const long = syntax === EXPLICIT && ['OB', 'OW', 'SQ', 'UN', 'UT'].includes(vr);
  const bytes = Buffer.alloc(long ? 12 : 8);
  bytes.writeUInt16LE(tag[0], 0);
  bytes.writeUInt16LE(tag[1], 2);
  if (syntax === IMPLICIT) bytes.writeUInt32LE(length, 4);
  else {
    bytes.write(vr, 4, 'latin1');
    if (long) bytes.writeUInt32LE(length, 8);
    else bytes.writeUInt16LE(length, 6);
  }
  return bytes;
}

function item(length: number): Buffer {
  const bytes = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function nested(depth: number, syntax: string, defined: boolean): Buffer {
  const size = element([0x0040, 0x0275], 'SQ', 0, syntax).length + 8;
  return Buffer.concat(
    Array.from({ length: depth }, (_, level) => {
      const inside = (depth - level - 1) * size;
      return Buffer.concat([
        element([0x0040, 0x0275], 'SQ', defined ? inside + 8 : UNDEFINED, syntax),
        item(defined ? inside : UNDEFINED),
      ]);
    }),
  );
}

const file = (study: string, syntax: string, ...behind: Buffer[]): Buffer => {
  const { meta, start } = named(study, syntax);
  return Buffer.concat([meta, start, ...behind]);
};

describe('hostile input', () => {
  let qiao: QiaoProcess;
  let pacs: Ask;
  let his: Ask;
  let authorization: string;
  let tus: TusClient;
  let pids: Record<string, number>;
  const peak: Record<string, number> = {};
  /** how long an ordinary request waited, at most, while the others attacked (ms), and what was answered */
  let slowest = 0;
  let beats = 0;
  const unanswered: unknown[] = [];
  const over = new AbortController();
  let watching: Promise<unknown>;

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1', QIAO_HTTP_IDLE_SECONDS: '3' });
    [pacs, his] = await Promise.all([qiao.client('pacs-zhaozhuang'), qiao.client('his-zhaozhuang')]);
    authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
    tus = new TusClient(qiao.base, authorization);
    pids = await qiao.children();
    watching = Promise.all([watchMemory(), heartbeat()]);
  }, 180_000);
  afterAll(async () => {
    over.abort();
    await watching;
    await qiao?.dispose();
  }, 60_000);

  async function watchMemory(): Promise<void> {
    if (!existsSync('/proc/self/status')) return;
    for (; !over.signal.aborted; await sleep(50))
      for (const [name, pid] of Object.entries(pids)) peak[name] = Math.max(peak[name] ?? 0, residentMegabytes(pid));
  }

  /** An ordinary sender, all the while. */
  async function heartbeat(): Promise<void> {
    for (let number = 1; !over.signal.aborted; number += 1) {
      const started = Date.now();
      const { bytes } = smallInstance({ study: 'hostile-heartbeat', number, rows: 16 });
      const answer = await post(multipart([{ body: bytes }])).catch((error: unknown) => ({ status: String(error) }));
      beats += 1;
      if (answer.status !== 200) unanswered.push(answer.status);
      slowest = Math.max(slowest, Date.now() - started);
      await sleep(100);
    }
  }

  const RELATED = 'multipart/related; type="application/dicom"; boundary=the-boundary';
  const post = (body: Buffer | AsyncIterable<Buffer>, headers: Record<string, string> = {}) =>
    send(qiao.base, '/dicom-web/studies', {
      headers: { authorization, 'content-type': RELATED, ...headers },
      body: Buffer.isBuffer(body) ? [body] : body,
    });
  /** The code of the refusal of each part, or 'stored'. */
  const stow = async (...files: Buffer[]): Promise<string[]> => {
    const outcomes: string[] = [];
    for (const one of files) {
      const answer = await post(multipart([{ body: one }]));
      const body = JSON.parse(answer.text) as Record<string, { Value: { '00000902': { Value: string[] } }[] }>;
      const failed = body['00081198']?.Value[0];
      outcomes.push(failed ? failed['00000902'].Value[0]!.split(':')[0]! : 'stored');
    }
    return outcomes;
  };
  const upload = async (...files: Buffer[]): Promise<string[]> => {
    const batch = randomUUID();
    for (const [index, one] of files.entries()) await tus.upload(one, { filename: `${index}`.padStart(3, '0'), batch });
    const { body } = await pacs<{ items: { outcome: string; code: string | null }[] }>(
      'GET',
      `/api/uploads/batches/${batch}`,
    );
    return body.items.map(({ outcome, code }) => `${outcome}${code ? `: ${code}` : ''}`);
  };

  it('sequences nested 10,000 deep are refused by STOW and kept apart by upload', async () => {
    const files = [
      file('h-nest-1', EXPLICIT, nested(10_000, EXPLICIT, false)),
      file('h-nest-2', EXPLICIT, nested(10_000, EXPLICIT, true)),
      file('h-nest-3', IMPLICIT, nested(10_000, IMPLICIT, false)),
      file('h-nest-4', IMPLICIT, nested(10_000, IMPLICIT, true)),
    ];
    expect(await stow(...files)).toEqual(files.map(() => 'too-deep'));
    expect(await upload(...files)).toEqual(files.map(() => 'quarantined: too-deep'));
  });

  it('lengths of 4 GB are not believed', async () => {
    const files = ['OB', 'UT', 'UN'].map((vr) =>
      file(`h-4gb-${vr}`, EXPLICIT, element([0x0042, 0x0011], vr, UNDEFINED - 1), Buffer.alloc(1000)),
    );
    files.push(file('h-4gb-pixels', EXPLICIT, element([0x7fe0, 0x0010], 'OW', UNDEFINED - 1), Buffer.alloc(1000)));
    expect(await stow(...files)).toEqual(files.map(() => 'truncated'));
    expect(await upload(...files)).toEqual(files.map(() => 'quarantined: truncated'));
  });

  it('a small file cut at any byte is refused with its reason, or was whole', async () => {
    const { bytes } = smallInstance({ study: 'h-cut', rows: 4 });
    const parts = Array.from({ length: bytes.length }, (_, length) => ({ body: bytes.subarray(0, length) }));
    const answer = await post(multipart(parts));
    const body = JSON.parse(answer.text) as Record<
      string,
      { Value: { '00000902': { Value: string[] } }[] } | undefined
    >;
    const reasons = new Set(body['00081198']!.Value.map((one) => one['00000902'].Value[0]!.split(':')[0]));
    expect([...reasons].toSorted()).toEqual(['missing-uid', 'not-dicom', 'truncated']);
    // Cut exactly between two elements behind the UIDs it is whole as far as anyone can tell.
    expect(body['00081199']?.Value.length ?? 0).toBeLessThan(20);
  });

  it('deflate bombs end early', async () => {
    const { meta, start } = named('h-deflate', DEFLATED);
    const zeros = Buffer.alloc(300 * MIB);
    const inHeader = deflateRawSync(Buffer.concat([start, element([0x0070, 0x0001], 'UT', 300 * MIB), zeros]));
    expect(inHeader.length).toBeLessThan(MIB);
    expect(await stow(Buffer.concat([meta, inHeader]))).toEqual(['too-large']);
    expect(await upload(Buffer.concat([meta, inHeader]))).toEqual(['quarantined: too-large']);
    const pixels = named('h-deflate-2', DEFLATED, {
      '00280008': { vr: 'IS', Value: ['600'] },
      '00280010': { vr: 'US', Value: [512] },
      '00280011': { vr: 'US', Value: [512] },
      '00280100': { vr: 'US', Value: [16] },
    });
    const inPixels = deflateRawSync(
      Buffer.concat([pixels.start, element([0x7fe0, 0x0010], 'OW', zeros.length), zeros]),
    );
    expect(await stow(Buffer.concat([pixels.meta, inPixels]))).toEqual(['stored']);
    const path = `/dicom-web/studies/${sampleUid('h-deflate-2', 'study')}/series/${sampleUid('h-deflate-2', 'series')}/instances/${sampleUid('h-deflate-2', 'instance')}`;
    await eventually('the instance', async () => (await pacs('GET', path)).status === 200);
    // Whether it is given or refused is the frames' business; the server lives.
    expect((await pacs('GET', `${path}/frames/1`)).status).toBeLessThan(600);
  });

  it('a gzip bomb as a body is cut off', async () => {
    const answer = await post(gzipSync(multipart([{ body: Buffer.alloc(400 * MIB) }])), { 'content-encoding': 'gzip' });
    expect([400, 413]).toContain(answer.status);
  });

  it('wrong group lengths are ignored', async () => {
    const lie = Buffer.concat([element([0x0021, 0x0000], 'UL', 4), Buffer.from([0xff, 0xff, 0xff, 0xff])]);
    expect(await stow(file('h-group', EXPLICIT, lie))).toEqual(['stored']);
  });

  it('pixel counts that lie give no frame that is not there', async () => {
    const lies: [number, number, number, string][] = [
      [65_535, 65_535, 64, '2147483647'],
      [16, 16, 16, '999999999'],
      [16, 16, 16, '-1'],
      [0, 0, 0, '0'],
    ];
    for (const [index, [rows, columns, bits, frames]] of lies.entries()) {
      const study = `h-lie-${index}`;
      const { meta, start } = named(study, EXPLICIT, {
        '00280008': { vr: 'IS', Value: [frames] },
        '00280010': { vr: 'US', Value: [rows] },
        '00280011': { vr: 'US', Value: [columns] },
        '00280100': { vr: 'US', Value: [bits] },
        '7FE00010': { vr: 'OW', bytes: Buffer.alloc(512, 1) },
      });
      expect(await stow(Buffer.concat([meta, start]))).toEqual(['stored']);
      const path = `/dicom-web/studies/${sampleUid(study, 'study')}/series/${sampleUid(study, 'series')}/instances/${sampleUid(study, 'instance')}`;
      await eventually('the instance', async () => (await pacs('GET', path)).status === 200);
      for (const frame of ['frames/2147483647', 'frames/900000000', 'frames/2', 'rendered', 'thumbnail']) {
        const { status } = await pacs('GET', `${path}/${frame}`);
        expect(
          [400, 404, 406, 409, 413, 415, 500, 503].includes(status) || frame === 'rendered' || frame === 'thumbnail',
        ).toBe(true);
        expect(status).not.toBe(502);
      }
      expect((await pacs('GET', `${path}/metadata`)).status).toBe(200);
    }
  });

  it('endless values, NULs and broken text are filed like any other', async () => {
    const long = 'X'.repeat(60_000);
    const { meta, start } = named('h-long', EXPLICIT, {
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080050': { vr: 'SH', Value: [long] },
      '00081030': { vr: 'LO', Value: [`broken \ud800 \0 ${long}`] },
      '00100010': { vr: 'PN', Value: [`${'X'.repeat(30_000)}=${'王'.repeat(10_000)}`] },
      '00100020': { vr: 'LO', Value: [long] },
      '00180015': { vr: 'CS', Value: [long] },
      '0020000D': { vr: 'UI', Value: [sampleUid('h-long', 'study')] },
    });
    const odd = smallInstance({ study: 'h-odd', patientId: 'H\0\u0001\u202eODD', patientName: '\0\0^=\\\\' });
    expect(await stow(Buffer.concat([meta, start]), odd.bytes)).toEqual(['stored', 'stored']);
    for (const study of [sampleUid('h-long', 'study'), odd.studyInstanceUid])
      await eventually('the examination', async () => {
        const { status, body } = await pacs<unknown[]>('GET', `/dicom-web/studies?StudyInstanceUID=${study}`);
        return status === 200 && body.length === 1;
      });
  });

  it('a header made to fill memory is refused, a large file with little header is not', async () => {
    const many = Buffer.alloc(8 * 700_000, element([0x0071, 0x1010], 'SH', 0));
    expect(await stow(file('h-many', EXPLICIT, many))).toEqual(['too-large']);
    // Text in pieces just short of what is only referred to.
    const text = Buffer.concat([element([0x0071, 0x1010], 'LO', 65_000), Buffer.alloc(65_000, 'a\\')]);
    expect(await stow(file('h-text', EXPLICIT, Buffer.alloc(text.length * 1000, text)))).toEqual(['too-large']);
    const streamed = async (study: string, head: Buffer, size: number) => {
      const { meta, start } = named(study);
      const bytes = (async function* () {
        yield Buffer.concat([Buffer.from('--the-boundary\r\n\r\n'), meta, start, head]);
        const zeros = Buffer.alloc(MIB);
        for (let at = 0; at < size; at += MIB) yield zeros;
        yield Buffer.from('\r\n--the-boundary--\r\n');
      })();
      return (await post(bytes)).status;
    };
    expect(await streamed('h-document', element([0x0042, 0x0011], 'OB', 500 * MIB), 500 * MIB)).toBe(200);
    const waveform = Buffer.concat([
      element([0x5400, 0x0100], 'SQ', 500 * MIB + 20),
      item(500 * MIB + 12),
      element([0x5400, 0x1010], 'OW', 500 * MIB),
    ]);
    expect(await streamed('h-waveform', waveform, 500 * MIB)).toBe(200);
  });

  it('JSON that is too deep, too large or not JSON is refused in words', async () => {
    const json = (body: string) =>
      send(qiao.base, '/api/uploads/batches', {
        headers: { authorization, 'content-type': 'application/json' },
        body: [Buffer.from(body)],
      });
    const bodies = [
      '['.repeat(900_000),
      `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`,
      '{',
      '"\\ud800"',
      '{"__proto__":{}}',
    ];
    for (const body of bodies) {
      const answer = await json(body);
      expect([answer.status, answer.headers['content-type']]).toEqual([400, expect.stringContaining('problem+json')]);
    }
    expect((await json(`"${'x'.repeat(2 * MIB)}"`)).status).toBe(413);
  });

  it('a million headers are too many, and slow senders are let go', async () => {
    const flood = await openLine(qiao.httpPort);
    flood.socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n');
    flood.socket.write(Buffer.alloc(6 * 1_000_000, 'a: b\r\n'));
    await flood.closed;
    // The answer may be lost behind the flood; that the line was cut is what counts.
    expect(flood.heard()).toMatch(/^(HTTP\/1.1 (431|400)|$)/);
    const lines = await Promise.all(Array.from({ length: 40 }, () => openLine(qiao.httpPort)));
    for (const line of lines)
      line.socket.write(
        `POST /dicom-web/studies HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: ${RELATED}\r\ncontent-length: 100000\r\n\r\n--the`,
      );
    await Promise.all(lines.map((line) => line.closed));
    for (const line of lines) expect(line.heard()).toContain('408');
  });

  it('killed no server, filled no memory and kept nobody waiting', async () => {
    expect(await qiao.children()).toEqual(pids);
    expect(unanswered).toEqual([]);
    expect(beats).toBeGreaterThan(20);
    process.stdout.write(
      `hostile input: peak MB ${JSON.stringify(Object.fromEntries(Object.entries(peak).map(([name, mb]) => [name, Math.round(mb)])))}, slowest of ${beats} ordinary requests ${slowest} ms\n`,
    );
    for (const [name, megabytes] of Object.entries(peak)) expect([name, megabytes < MEMORY]).toEqual([name, true]);
    expect(slowest).toBeLessThan(30_000);
    expect((await his('GET', '/api/exams?limit=200')).status).toBe(200);
  });
});
