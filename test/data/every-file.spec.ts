import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { associateRequest, contextResults, data, DimseClient, pdv, storeCommand } from '#test/dimse-client';
import { productDatabase } from '#test/product-database';
import { QiaoProcess } from '#test/qiao-process';
import { behindGroup2, foreignFile, type ForeignFile } from '#test/received-file';

const root = process.env['QIAO_TEST_DATA'];
if (!root) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');
const folder = join(root, 'dicom');

const filesUnder = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)],
  );
/** Lists of sources, texts beside the images, and worklist entries in text form are no DICOM files. */
const files = filesUnder(folder)
  .filter((path) => !/README|\.tsv$|\.dump$/.test(path))
  .sort();

type Way = 'dimse' | 'stow';

/** What is refused, and in which words by each way in; nothing else may be. */
const REFUSED: readonly { stow: string; dimse: string; files: readonly string[] }[] = [
  {
    stow: 'missing-uid: SOPInstanceUID is missing or is no UID.',
    dimse: 'c000 missing-uid: SOPInstanceUID is missing or is no UID.',
    files: [
      'charset/pydicom__chrSQEncoding.dcm',
      'charset/pydicom__chrSQEncoding1.dcm',
      'malformed/pydicom-data__bad_sequence.dcm',
      'malformed/pydicom__UN_sequence.dcm',
      'malformed/pydicom__no_meta_group_length.dcm',
      'malformed/pydicom__priv_SQ.dcm',
    ],
  },
  {
    stow: 'dicomdir: A DICOMDIR is an index, not an examination.',
    dimse: 'presentation context refused',
    files: [
      'dicomdir/dicomdirtests/DICOMDIR',
      'dicomdir/dicomdirtests/DICOMDIR-bigEnd',
      'dicomdir/dicomdirtests/DICOMDIR-empty.dcm',
      'dicomdir/dicomdirtests/DICOMDIR-implicit',
      'dicomdir/dicomdirtests/DICOMDIR-nopatient',
      'dicomdir/dicomdirtests/DICOMDIR-reordered',
      'dicomdir/dicomdirtests/TINY_ALPHA/DICOMDIR',
    ],
  },
  {
    stow: 'truncated: The data set ends inside an element.',
    dimse: 'presentation context refused',
    files: ['dicomdir/dicomdirtests/DICOMDIR-nooffset'],
  },
  {
    stow: 'truncated: The data set ends inside an element.',
    dimse: 'c000 truncated: The data set ends inside an element.',
    files: ['malformed/pydicom__MR_truncated.dcm', 'malformed/pydicom__rtplan_truncated.dcm'],
  },
  {
    stow: 'missing-uid: SOP Class or Instance UID is missing.',
    dimse: 'presentation context refused',
    files: [
      'malformed/pydicom__empty_charset_LEI.dcm',
      'malformed/pydicom__meta_missing_tsyntax.dcm',
      'malformed/pydicom__nested_priv_SQ.dcm',
    ],
  },
  {
    stow: 'not-dicom: The file is not DICOM.',
    dimse: 'no sender can tell what it is',
    files: ['malformed/pydicom__no_meta.dcm'],
  },
  {
    stow: 'missing-uid: StudyInstanceUID is missing or is no UID.',
    dimse: 'c000 missing-uid: StudyInstanceUID is missing or is no UID.',
    files: [
      'transfer-syntax/pydicom-data__HTJ2KLossless_08_RGB.dcm',
      'transfer-syntax/pydicom-data__JLSL_08_07_0_1F.dcm',
      'transfer-syntax/pydicom-data__JLSL_16_15_1_1F.dcm',
      'transfer-syntax/pydicom__JPEGLSNearLossless_08.dcm',
      'transfer-syntax/pydicom__JPEGLSNearLossless_16.dcm',
      'transfer-syntax/pydicom__SC_rgb_jls_lossy_line.dcm',
      'transfer-syntax/pydicom__SC_rgb_jls_lossy_sample.dcm',
    ],
  },
  {
    stow: 'missing-uid: SOP Class or Instance UID is missing.',
    dimse: '117 SOP instance UID is missing or not a UID',
    files: ['transfer-syntax/pydicom-data__JLSL_RGB_ILV0.dcm', 'transfer-syntax/pydicom-data__JLSN_RGB_ILV0.dcm'],
  },
];
const refusals = (way: Way) => Object.fromEntries(REFUSED.flatMap((row) => row.files.map((file) => [file, row[way]])));

/**
 * Every file is sent both ways, into an organisation in which its SOP Instance UID is new; what the door keeps must be the file's own
 * data set, byte for byte.
 */
describe('every DICOM file of the collection', () => {
  let qiao: QiaoProcess;
  let database: pg.Client;
  const tokens = new Map<string, string>();
  const sendable = new Map<string, ForeignFile | null>();
  /** which of the files with this UID it is: 0, 1, … */
  const copy = new Map<string, number>();

  beforeAll(async () => {
    qiao = await QiaoProcess.start({ QIAO_SETTLE_SECONDS: '1' });
    database = await productDatabase(qiao.dataDir);
    const seen = new Map<string, number>();
    for (const path of files) {
      const file = foreignFile(path);
      sendable.set(path, file);
      const uid = file?.sopInstanceUid || path;
      copy.set(path, seen.get(uid) ?? 0);
      seen.set(uid, (seen.get(uid) ?? 0) + 1);
    }
    const most = Math.max(...seen.values());
    for (let number = 0; number < most; number += 1) {
      for (const way of ['dimse', 'stow'] as const) await organisation(way, number);
    }
  }, 180_000);
  afterAll(async () => {
    await database?.end();
    await qiao?.dispose();
  }, 60_000);

  async function organisation(way: Way, number: number): Promise<void> {
    const code = `${way}-${number}`;
    await database.query(`INSERT INTO organisation (code, name, kind) VALUES ($1, $1, 'township')`, [code]);
    await database.query('INSERT INTO application_entity (ae_title, organisation) VALUES (upper($1), $1)', [code]);
    await database.query(
      `INSERT INTO api_client (client_id, organisation, duties, secret_hash) VALUES ($1, $1, '{pacs}', '-')`,
      [code],
    );
    const token = `token-of-${code}`;
    tokens.set(code, token);
    await database.query(
      `INSERT INTO access_token (token_hash, client_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')`,
      [createHash('sha256').update(token).digest('hex'), code],
    );
  }

  /** Undefined: taken. Otherwise the reason given. */
  async function stow(path: string, bytes: Buffer): Promise<string | undefined> {
    const boundary = 'every-file';
    const answer = await fetch(`${qiao.base}/dicom-web/studies`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.get(`stow-${copy.get(path)}`)}`,
        'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      },
      body: Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
        bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
    });
    const body = (await answer.json()) as Record<string, { Value: Record<string, { Value: unknown[] }>[] }>;
    if (answer.status === 200) return undefined;
    return String(body['00081198']?.Value[0]?.['00000902']?.Value[0] ?? answer.status);
  }

  async function store(path: string, file: ForeignFile): Promise<string | undefined> {
    const client = await DimseClient.connect(qiao.dimsePort);
    const calling = `DIMSE-${copy.get(path)}`;
    await client.send(associateRequest({ calling, contexts: [[1, file.sopClassUid, [file.transferSyntaxUid]]] }));
    const accepted = await client.next();
    expect(accepted?.type).toBe(0x02);
    if (contextResults(accepted!.body).get(1) !== 0) {
      await client.release();
      return 'presentation context refused';
    }
    await client.send(data(pdv(1, 'command', true, storeCommand(1, file.sopInstanceUid, file.sopClassUid))));
    for (let at = 0; at < file.dataset.length; at += 16_000) {
      const end = Math.min(file.dataset.length, at + 16_000);
      await client.send(data(pdv(1, 'data', end === file.dataset.length, file.dataset.subarray(at, end))));
    }
    const answer = await client.response().catch((error: Error) => error.message);
    if (typeof answer === 'string') return answer;
    await client.release();
    if (answer.status === 0) return undefined;
    return `${answer.status.toString(16)} ${answer.elements.get(0x0902)?.toString('latin1').trim() ?? ''}`;
  }

  /** Undefined: object and digest are the file's. */
  async function differs(path: string, file: ForeignFile, way: Way): Promise<string | undefined> {
    const { rows } = await database.query<{ study: string; series: string; digest: string }>(
      `SELECT study_instance_uid AS study, series_instance_uid AS series, digest FROM ingest_instance
       WHERE organisation = $1 AND sop_instance_uid = $2`,
      [`${way}-${copy.get(path)}`, file.sopInstanceUid],
    );
    if (rows.length !== 1) return `${rows.length} rows`;
    const { study, series, digest } = rows[0]!;
    const expected = createHash('sha256').update(`${file.transferSyntaxUid}\n`).update(file.dataset).digest('hex');
    if (digest !== expected) return 'another digest';
    const object = join(qiao.dataDir, 'objects/instances', digest.slice(0, 2), digest);
    if (!behindGroup2(readFileSync(object))?.equals(file.dataset)) return `other bytes in ${study}/${series}`;
    return undefined;
  }

  it('holds more than 780 of them', () => expect(files.length).toBeGreaterThan(780));

  it('is taken by STOW byte for byte, or refused for the listed reason', async () => {
    const found: Record<string, string> = {};
    for (const path of files) {
      const file = sendable.get(path);
      const reason = (await stow(path, readFileSync(path))) ?? (await differs(path, file!, 'stow'));
      if (reason !== undefined) found[relative(folder, path)] = reason;
    }
    expect(found).toEqual(refusals('stow'));
  }, 600_000);

  it('is taken by C-STORE byte for byte, or refused for the listed reason', async () => {
    const found: Record<string, string> = {};
    for (const path of files) {
      const file = sendable.get(path);
      const reason = file
        ? ((await store(path, file)) ?? (await differs(path, file, 'dimse')))
        : 'no sender can tell what it is';
      if (reason !== undefined) found[relative(folder, path)] = reason;
    }
    expect(found).toEqual(refusals('dimse'));
  }, 600_000);
});
