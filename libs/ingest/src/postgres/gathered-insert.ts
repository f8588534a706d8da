import { Database, Outbox } from '#libs/persistence';
import { INSTANCE_STORED } from '../domain/ingest.events.js';
import { INSTANCE_STATES } from '../domain/instance.states.js';
import type { Standing } from '../domain/stored-instance.js';
import type { NewInstance } from '../ingest.repository.js';
import { storable } from './storable.js';

const STORED = INSTANCE_STATES.next(INSTANCE_STATES.initial, 'store');
/** Rows of one statement at most, and statements under way at once. */
const MOST_ROWS = 16;
const MOST_STATEMENTS = 2;
/** A larger object takes long enough to write that its transaction would hold a connection, and whoever sends the same, for seconds. */
const LARGEST_AHEAD = 1024 * 1024;

/** Columns with the names that the rows of one statement give them; all rows travel as one JSON text. */
const COLUMNS = `id uuid, organisation text, sop_instance_uid text, digest text, format text, sop_class_uid text, transfer_syntax_uid text,
  study_instance_uid text, series_instance_uid text, object_key text, size_bytes bigint, dataset_offset int, pixel_data jsonb,
  attributes jsonb, source jsonb`;
const NAMES = COLUMNS.replaceAll(/(\w+) \w+/g, '$1');

function rowOf(instance: NewInstance): Record<string, unknown> {
  return {
    id: instance.id,
    organisation: instance.organisation,
    sop_instance_uid: instance.sopInstanceUid,
    digest: instance.digest,
    format: instance.format,
    sop_class_uid: instance.sopClassUid,
    transfer_syntax_uid: instance.transferSyntaxUid,
    study_instance_uid: instance.studyInstanceUid,
    series_instance_uid: instance.seriesInstanceUid,
    object_key: instance.objectKey,
    size_bytes: instance.sizeBytes,
    dataset_offset: instance.datasetOffset,
    pixel_data: instance.pixelData,
    attributes: instance.attributes,
    source: instance.source,
  };
}

/** Rows and their events in one statement, which is one transaction: what the unique constraints let through comes back. */
const INSERT: Readonly<Record<Standing, string>> = {
  first: insertAs('first'),
  're-encoded': insertAs('re-encoded'),
  conflict: insertAs('conflict'),
};
function insertAs(standing: Standing): string {
  return `WITH kept AS (INSERT INTO ingest_instance (standing, state, ${NAMES})
             SELECT '${standing}', '${STORED}', ${NAMES} FROM jsonb_to_recordset($1::jsonb) AS came (${COLUMNS})
             ON CONFLICT DO NOTHING RETURNING id, organisation, study_instance_uid),
    told AS (${Outbox.INSERT} SELECT '${INSTANCE_STORED}', organisation || '/' || study_instance_uid, jsonb_build_object('instanceId', id)
             FROM kept WHERE '${standing}' = 'first')
    SELECT id FROM kept`;
}

interface Waiting {
  readonly instance: NewInstance;
  readonly resolve: (inserted: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes first instances down. A small one that comes by itself is inserted while its object is still being written, and committed behind it.
 * Where many come they go in groups, each behind its object: while a statement is under way the next arrivals gather, and go together
 * when it is done, so that one commit serves many and nobody waits for a timer.
 */
export class GatheredInsert {
  private waiting: Waiting[] = [];
  private underWay = 0;

  constructor(private readonly database: Database) {}

  /** One row by itself, in the transaction of the call if there is one. @returns false where a unique constraint says no */
  async alone(instance: NewInstance, standing: Standing): Promise<boolean> {
    return (await this.insert([instance], standing)).has(instance.id);
  }

  /**
   * A first instance, with its event, committed once `object` has resolved. Settles behind `object`, and rejects as that does.
   * @returns false where its UID is held already; the object is safe then too
   */
  async add(instance: NewInstance, object: Promise<void>): Promise<boolean> {
    // It may fail while nobody waits for it yet.
    object.catch(() => undefined);
    const alone = this.underWay === 0 && this.waiting.length === 0;
    if (!this.database.inTransaction && alone && instance.sizeBytes <= LARGEST_AHEAD)
      return this.ahead(instance, object);
    await object;
    // A transaction under way belongs to its caller alone.
    if (this.database.inTransaction) return this.alone(instance, 'first');
    return new Promise((resolve, reject) => {
      this.waiting.push({ instance, resolve, reject });
      void this.run();
    });
  }

  private async ahead(instance: NewInstance, object: Promise<void>): Promise<boolean> {
    this.underWay += 1;
    try {
      return await this.database.transaction(async () => {
        const inserted = await this.alone(instance, 'first');
        await object;
        return inserted;
      });
    } catch (error) {
      await object.catch(() => undefined);
      throw error;
    } finally {
      this.underWay -= 1;
      void this.run();
    }
  }

  private async run(): Promise<void> {
    if (this.underWay >= MOST_STATEMENTS) return;
    this.underWay += 1;
    // Arrivals of the same turn of the event loop go together.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.write(this.waiting.splice(0, MOST_ROWS));
    this.underWay -= 1;
  }

  private async write(group: Waiting[]): Promise<void> {
    // In one order everywhere, so that two statements never wait for each other's rows.
    group.sort((a, b) => (a.instance.sopInstanceUid < b.instance.sopInstanceUid ? -1 : 1));
    try {
      const inserted = await this.insert(
        group.map(({ instance }) => instance),
        'first',
      );
      for (const { instance, resolve } of group) resolve(inserted.has(instance.id));
    } catch (error) {
      if (group.length === 1) group[0]!.reject(error);
      // One that cannot be written must not take its neighbours with it.
      else for (const one of group) await this.write([one]);
    }
  }

  private async insert(instances: readonly NewInstance[], standing: Standing): Promise<ReadonlySet<string>> {
    const rows = await this.database.prepared<{ id: string }>(INSERT[standing], [storable(instances.map(rowOf))]);
    return new Set(rows.map(({ id }) => id));
  }
}
