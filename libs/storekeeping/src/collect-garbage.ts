import type { AuditTrail } from '#libs/audit';
import type { Database, ObjectReferences } from '#libs/persistence';
import type { ObjectStore } from '#libs/ports';
import { pairObjects, referencesSql } from './pair-objects.js';

const BATCH = 500;
/** Longer than the longest put and the writing of its row can take. */
const AGE_HOURS = 24;
/** How long a removed object's name is held back from rows, see the trigger `claim_object`. */
const TOMBSTONE_HOURS = 1;

export interface Collected {
  /** without a row and old enough; in a dry run this is all that happens */
  found: { objects: number; bytes: number };
  /** condemned now: they are removed by a later run, when they have been condemned for long enough */
  condemned: number;
  removed: { objects: number; bytes: number };
}

/**
 * Removes objects that no row names, in two runs at least `ageHours` apart. The first condemns what is older than that and named by
 * nobody. The second removes what has stayed condemned: in one transaction it looks again at every table that names objects, moves
 * the mark to `removing` and writes the audit; only then does the object go. A row that comes to name a condemned object takes it off the
 * list in its own transaction; the two meet at the mark's row lock, so that one of them always sees the other.
 */
export class CollectGarbage {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly references: readonly ObjectReferences[],
    private readonly audit: AuditTrail,
  ) {}

  /** `apply` false: only counts. */
  async run({ apply, ageHours = AGE_HOURS }: { apply: boolean; ageHours?: number }): Promise<Collected> {
    const collected: Collected = { found: { objects: 0, bytes: 0 }, condemned: 0, removed: { objects: 0, bytes: 0 } };
    if (apply) {
      await this.finish();
      for (let more = true; more;) {
        const removed = await this.removeSome(ageHours);
        collected.removed.objects += removed.objects;
        collected.removed.bytes += removed.bytes;
        more = removed.looked === BATCH;
      }
    }
    let batch: { key: string; size: number }[] = [];
    for await (const { named, stored } of pairObjects(this.database, this.references, this.store)) {
      if (named || !stored || Date.now() - stored.modifiedAt.getTime() < ageHours * 3_600_000) continue;
      collected.found.objects += 1;
      collected.found.bytes += stored.size;
      if (!apply) continue;
      batch.push(stored);
      if (batch.length < BATCH) continue;
      collected.condemned += await this.condemn(batch);
      batch = [];
    }
    if (batch.length > 0) collected.condemned += await this.condemn(batch);
    return collected;
  }

  /** Ends removals that a crash interrupted, and forgets tombstones that are old enough. Cheap; meant to be run now and then. */
  async finish(): Promise<void> {
    const interrupted = await this.database.rows<{ key: string }>(
      `SELECT object_key AS key FROM condemned_object WHERE state = 'removing'`,
    );
    for (const { key } of interrupted) await this.removeObject(key);
    await this.database.rows(
      `DELETE FROM condemned_object WHERE state = 'removed' AND removed_at < now() - make_interval(hours => $1)`,
      [TOMBSTONE_HOURS],
    );
  }

  private async condemn(batch: readonly { key: string; size: number }[]): Promise<number> {
    const rows = await this.database.rows(
      `INSERT INTO condemned_object (object_key, size_bytes, state)
       SELECT o.key, o.size, 'condemned' FROM unnest($1::text[], $2::bigint[]) AS o (key, size)
       WHERE NOT EXISTS (SELECT 1 FROM (${referencesSql(this.references)}) AS named WHERE named.key = o.key)
       ON CONFLICT DO NOTHING RETURNING object_key`,
      [batch.map(({ key }) => key), batch.map(({ size }) => size)],
    );
    return rows.length;
  }

  private async removeSome(ageHours: number): Promise<{ looked: number; objects: number; bytes: number }> {
    const due = await this.database.rows<{ key: string; named: boolean }>(
      `SELECT c.object_key AS key, EXISTS (SELECT 1 FROM (${referencesSql(this.references)}) AS named
           WHERE named.key = c.object_key) AS named
       FROM condemned_object c WHERE c.state = 'condemned' AND c.condemned_at <= now() - make_interval(secs => $1)
       ORDER BY c.object_key LIMIT ${BATCH}`,
      [ageHours * 3600],
    );
    let objects = 0;
    let bytes = 0;
    for (const { key, named } of due) {
      if (named) {
        await this.database.rows('DELETE FROM condemned_object WHERE object_key = $1', [key]);
        continue;
      }
      const size = await this.markRemoving(key);
      if (size === null) continue;
      await this.removeObject(key);
      objects += 1;
      bytes += size;
    }
    return { looked: due.length, objects, bytes };
  }

  private markRemoving(key: string): Promise<number | null> {
    return this.database.transaction(async () => {
      const marked = await this.database.row<{ size: number; since: Date }>(
        `UPDATE condemned_object SET state = 'removing' WHERE object_key = $1 AND state = 'condemned'
         RETURNING size_bytes::float8 AS size, condemned_at AS since`,
        [key],
      );
      if (!marked) return null;
      // The mark's lock is held: a row that names the object from now on waits for us and is then refused.
      const named = await this.database.row(
        `SELECT 1 AS one FROM (${referencesSql(this.references)}) AS named WHERE key = $1 LIMIT 1`,
        [key],
      );
      if (named) {
        await this.database.rows('DELETE FROM condemned_object WHERE object_key = $1', [key]);
        return null;
      }
      await this.audit.record({
        actor: { kind: 'system', id: 'storekeeper', organisation: null },
        action: 'remove-object',
        subject: { kind: 'object', id: key },
        outcome: 'done',
        detail: { reason: 'no row names it', sizeBytes: marked.size, condemnedAt: marked.since },
      });
      return marked.size;
    });
  }

  private async removeObject(key: string): Promise<void> {
    await this.store.remove(key);
    await this.database.rows(
      `UPDATE condemned_object SET state = 'removed', removed_at = now() WHERE object_key = $1 AND state = 'removing'`,
      [key],
    );
  }
}
