import { Database, Outbox } from '#libs/persistence';
import { INSTANCE_STORED } from '../domain/ingest.events.js';
import { INSTANCE_STATES } from '../domain/instance.states.js';
import type { Standing } from '../domain/stored-instance.js';
import type { NewInstance } from '../ingest.repository.js';

const STORED = INSTANCE_STATES.next(INSTANCE_STATES.initial, 'store');
/** Rows of one statement at most, and statements under way at once. */
const MOST_ROWS = 16;
const MOST_STATEMENTS = 2;

const COLUMNS: readonly [name: string, type: string, of: (instance: NewInstance) => unknown][] = [
  ['id', 'uuid', (instance) => instance.id],
  ['organisation', 'text', (instance) => instance.organisation],
  ['sop_instance_uid', 'text', (instance) => instance.sopInstanceUid],
  ['digest', 'text', (instance) => instance.digest],
  ['header_digest', 'text', (instance) => instance.headerDigest],
  ['format', 'text', (instance) => instance.format],
  ['sop_class_uid', 'text', (instance) => instance.sopClassUid],
  ['transfer_syntax_uid', 'text', (instance) => instance.transferSyntaxUid],
  ['study_instance_uid', 'text', (instance) => instance.studyInstanceUid],
  ['series_instance_uid', 'text', (instance) => instance.seriesInstanceUid],
  ['object_key', 'text', (instance) => instance.objectKey],
  ['size_bytes', 'bigint', (instance) => instance.sizeBytes],
  ['dataset_offset', 'int', (instance) => instance.datasetOffset],
  ['pixel_data', 'jsonb', ({ pixelData }) => (pixelData === null ? null : JSON.stringify(pixelData))],
  // PostgreSQL's jsonb takes every character but U+0000, which some devices pad with.
  ['attributes', 'jsonb', ({ attributes }) => JSON.stringify(attributes).replaceAll(String.raw`\u0000`, '')],
  ['source', 'jsonb', ({ source }) => JSON.stringify(source)],
];
const NAMES = COLUMNS.map(([name]) => name).join(', ');

/** Rows and their events in one statement, which is one transaction: what the unique constraints let through comes back. */
function insertOf(rows: number, standing: Standing): string {
  const values = Array.from(
    { length: rows },
    (_, row) => `(${COLUMNS.map(([, type], at) => `$${row * COLUMNS.length + at + 1}::${type}`).join(', ')})`,
  );
  return `WITH came (${NAMES}) AS (VALUES ${values.join(', ')}),
    kept AS (INSERT INTO ingest_instance (standing, state, ${NAMES}) SELECT '${standing}', '${STORED}', ${NAMES} FROM came
             ON CONFLICT DO NOTHING RETURNING id, organisation, study_instance_uid),
    told AS (${Outbox.INSERT} SELECT '${INSTANCE_STORED}', organisation || '/' || study_instance_uid, jsonb_build_object('instanceId', id)
             FROM kept WHERE '${standing}' = 'first')
    SELECT id FROM kept`;
}

const statements = new Map<string, string>();
function statement(rows: number, standing: Standing): string {
  const key = `${standing} ${rows}`;
  const known = statements.get(key) ?? insertOf(rows, standing);
  statements.set(key, known);
  return known;
}

interface Waiting {
  readonly instance: NewInstance;
  readonly resolve: (inserted: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes first instances down in groups: while a statement is under way the next arrivals gather, and go together when it is done, so
 * that one commit serves many and nobody waits for a timer.
 */
export class GatheredInsert {
  private waiting: Waiting[] = [];
  private underWay = 0;

  constructor(private readonly database: Database) {}

  /** One row by itself, in the transaction of the call if there is one. @returns false where a unique constraint says no */
  async alone(instance: NewInstance, standing: Standing): Promise<boolean> {
    return (await this.insert([instance], standing)).has(instance.id);
  }

  /** A first instance, with its event. @returns false where its UID is held already */
  add(instance: NewInstance): Promise<boolean> {
    // A transaction under way belongs to its caller alone.
    if (this.database.inTransaction) return this.alone(instance, 'first');
    return new Promise((resolve, reject) => {
      this.waiting.push({ instance, resolve, reject });
      void this.run();
    });
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
    const rows = await this.database.prepared<{ id: string }>(
      statement(instances.length, standing),
      instances.flatMap((instance) => COLUMNS.map(([, , of]) => of(instance))),
    );
    return new Set(rows.map(({ id }) => id));
  }
}
