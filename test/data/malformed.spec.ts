import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { multipart } from '#test/multipart';
import { QiaoProcess } from '#test/qiao-process';
import { send } from '#test/raw-http';
import { residentMegabytes } from '#test/resident-memory';
import { TusClient } from '#test/tus-client';

const data = process.env['QIAO_TEST_DATA'];
if (!data) throw new Error('Set QIAO_TEST_DATA to the folder with the real files.');
const folder = join(data, 'dicom/malformed');

/** What becomes of each by STOW and by upload; all others are stored by both. */
const REFUSED: Record<string, readonly [stow: string, upload: string]> = {
  'pydicom-data__bad_sequence.dcm': ['missing-uid', 'quarantined: missing-uid'],
  'pydicom__MR_truncated.dcm': ['truncated', 'quarantined: truncated'],
  'pydicom__UN_sequence.dcm': ['missing-uid', 'quarantined: missing-uid'],
  'pydicom__empty_charset_LEI.dcm': ['missing-uid', 'quarantined: missing-uid'],
  'pydicom__meta_missing_tsyntax.dcm': ['missing-uid', 'quarantined: missing-uid'],
  'pydicom__nested_priv_SQ.dcm': ['missing-uid', 'quarantined: missing-uid'],
  'pydicom__no_meta.dcm': ['not-dicom', 'refused: not-dicom'],
  'pydicom__no_meta_group_length.dcm': ['missing-uid', 'quarantined: missing-uid'],
  'pydicom__priv_SQ.dcm': ['missing-uid', 'quarantined: missing-uid'],
  'pydicom__rtplan_truncated.dcm': ['truncated', 'quarantined: truncated'],
};

/** Every malformed file of the collection through the HTTP doors: stored, or refused with the reason that stands here. */
describe('malformed files', () => {
  let qiao: QiaoProcess;
  let authorization: string;
  const names = readdirSync(folder).toSorted();
  const found: Record<string, string[]> = {};
  const note = (name: string, outcome: string) => (found[name] ??= []).push(outcome);

  beforeAll(async () => {
    qiao = await QiaoProcess.start();
    authorization = `Bearer ${await qiao.token('pacs-zhaozhuang')}`;
  }, 180_000);
  afterAll(() => qiao?.dispose(), 60_000);

  it('are each stored, or refused with the reason we know of, by STOW and by upload', async () => {
    for (const name of names) {
      const answer = await send(qiao.base, '/dicom-web/studies', {
        headers: {
          authorization,
          'content-type': 'multipart/related; type="application/dicom"; boundary=the-boundary',
        },
        body: [multipart([{ body: readFileSync(join(folder, name)) }])],
      });
      const body = JSON.parse(answer.text) as Record<string, { Value: { '00000902': { Value: string[] } }[] }>;
      note(name, body['00081198']?.Value[0]!['00000902'].Value[0]!.split(':')[0] ?? 'stored');
    }
    const tus = new TusClient(qiao.base, `Bearer ${await qiao.token('pacs-lijia')}`);
    const batch = randomUUID();
    for (const name of names) await tus.upload(readFileSync(join(folder, name)), { filename: name, batch });
    const answer = await fetch(`${qiao.base}/api/uploads/batches/${batch}`, {
      headers: { authorization: `Bearer ${await qiao.token('pacs-lijia')}` },
    });
    const { items } = (await answer.json()) as { items: { filename: string; outcome: string; code: string | null }[] };
    for (const { filename, outcome, code } of items) note(filename, code ? `${outcome}: ${code}` : outcome);
    const stored = new Set(['stored', 'duplicate', 'conflict', 're-encoded']);
    expect(names.length).toBeGreaterThan(20);
    expect(
      Object.fromEntries(Object.entries(found).filter(([, ends]) => !ends.every((end) => stored.has(end)))),
    ).toEqual(REFUSED);
    for (const pid of Object.values(await qiao.children())) expect(residentMegabytes(pid)).toBeLessThan(400);
  });
});
