import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FsObjectStore } from '#libs/adapters/store-fs';
import { IngestModule, IngestRepository, type StoredInstance } from '#libs/ingest';
import { newId } from '#libs/kernel';
import { Ground, header } from '#test/catalogued';
import { scratchDatabase, type ScratchDatabase } from '#test/scratch-database';

const DIGEST = 'a'.repeat(64);

function instance(sopInstanceUid: string, organisation = 'zhaozhuang', sizeBytes = 1_000): StoredInstance {
  return {
    id: newId(),
    organisation,
    sopInstanceUid,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    studyInstanceUid: '2.25.1',
    seriesInstanceUid: '2.25.2',
    digest: DIGEST,
    standing: 'first',
    format: 'dicom',
    objectKey: `instances/aa/${DIGEST}`,
    sizeBytes,
    datasetOffset: 0,
    pixelData: null,
    attributes: header({ SOPInstanceUID: sopInstanceUid, StudyInstanceUID: '2.25.1' }),
    source: { transport: 'dimse', sender: 'TEST' },
  };
}

/** An object that is still being written. */
function underWay() {
  let done!: () => void;
  let failed!: (error: Error) => void;
  const object = new Promise<void>((resolve, reject) => ([done, failed] = [resolve, reject]));
  return { object, done, failed };
}

describe('the row of an instance and its object', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qiao-rows-'));
  let scratch: ScratchDatabase;
  let repository: IngestRepository;

  beforeAll(async () => {
    scratch = await scratchDatabase(['zhaozhuang']);
    const objects = await FsObjectStore.open({ root: join(folder, 'objects') });
    const module = await Test.createTestingModule({
      imports: [Ground.of(scratch.database, objects, folder), IngestModule],
    })
      .useMocker(() => ({}))
      .compile();
    repository = module.get(IngestRepository, { strict: false });
  }, 120_000);
  afterAll(async () => {
    await scratch.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => scratch.database.rows('TRUNCATE ingest_instance, outbox_event CASCADE'));

  const seen = async (): Promise<number[]> => {
    const [rows] = await scratch.database.rows<{ instances: number; events: number }>(
      `SELECT (SELECT count(*)::int FROM ingest_instance) AS instances, (SELECT count(*)::int FROM outbox_event) AS events`,
    );
    return [rows!.instances, rows!.events];
  };
  /** Long enough for every statement that could be on its way. */
  const aWhile = () => scratch.database.rows('SELECT pg_sleep(0.3)');

  it('is seen by nobody before the object is safe', async () => {
    const { object, done } = underWay();
    const added = repository.add(instance('2.25.3'), object);
    await aWhile();
    expect(await seen()).toEqual([0, 0]);
    done();
    expect((await added).outcome).toBe('stored');
    expect(await seen()).toEqual([1, 1]);
  });

  it('holds no transaction open while a large object is written', async () => {
    const { object, done } = underWay();
    const added = repository.add(instance('2.25.4', 'zhaozhuang', 300_000_000), object);
    await aWhile();
    const open = await scratch.database.rows(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    expect(open).toEqual([]);
    done();
    expect((await added).outcome).toBe('stored');
  });

  it('is none where the object could not be written, whether it came alone or among others', async () => {
    const parts = [underWay(), underWay(), underWay()];
    const added = Promise.allSettled(parts.map(({ object }, at) => repository.add(instance(`2.25.3.${at}`), object)));
    await aWhile();
    parts[0]!.failed(new Error('disk'));
    parts[1]!.failed(new Error('disk'));
    parts[2]!.done();
    const outcomes = await added;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(outcomes[0]).toMatchObject({ reason: { message: 'disk' } });
    expect(await seen()).toEqual([1, 1]);
    // Nothing is left open behind a failure: the sender's next try is stored.
    expect((await repository.add(instance('2.25.3.0'), Promise.resolve())).outcome).toBe('stored');
  });

  it('that cannot be written says so when its object has come to rest', async () => {
    const { object, done } = underWay();
    let settled = false;
    const added = repository.add(instance('2.25.3', 'nobody'), object).catch((error: Error) => error);
    void added.then(() => (settled = true));
    await aWhile();
    expect(settled).toBe(false);
    done();
    expect(await added).toBeInstanceOf(Error);
    expect(await seen()).toEqual([0, 0]);
  });

  it('of the same instance twice at once is one', async () => {
    const [one, two] = [underWay(), underWay()];
    const added = Promise.all([
      repository.add(instance('2.25.3'), one.object),
      repository.add(instance('2.25.3'), two.object),
    ]);
    two.done();
    await aWhile();
    one.done();
    expect((await added).map(({ outcome }) => outcome).sort()).toEqual(['duplicate', 'stored']);
    expect(await seen()).toEqual([1, 1]);
  });
});
