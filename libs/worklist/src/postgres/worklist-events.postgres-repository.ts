import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { partsOf, type Position, type WorklistEvent } from '../domain/worklist-event.js';
import { WorklistEventsRepository } from '../worklist-events.repository.js';

const POSITION = `xid::text || '-' || id`;
/** Whatever is still under way has a transaction number that is not smaller. */
const SETTLED = 'xid < pg_snapshot_xmin(pg_current_snapshot())';

@Injectable()
export class WorklistEventsPostgresRepository extends WorklistEventsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async end(): Promise<Position> {
    const [row] = await this.database.prepared<{ xid: string }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid',
      [],
    );
    return `${row!.xid}-0` as Position;
  }

  async oldest(): Promise<Position | undefined> {
    return this.one(`SELECT ${POSITION} AS position FROM worklist_event ORDER BY xid, id LIMIT 1`);
  }

  async newest(): Promise<Position | undefined> {
    return this.one(
      `SELECT ${POSITION} AS position FROM worklist_event WHERE ${SETTLED} ORDER BY xid DESC, id DESC LIMIT 1`,
    );
  }

  after(position: Position, most: number): Promise<WorklistEvent[]> {
    return this.database.prepared(
      `SELECT ${POSITION} AS position, read_id AS "readId", organisation, kind, change FROM worklist_event
       WHERE (xid, id) > ($1::text::xid8, $2::bigint) AND ${SETTLED} ORDER BY xid, id LIMIT $3`,
      [...partsOf(position), most],
    );
  }

  async clear(hours: number): Promise<void> {
    // Always the first of the order: what is kept has no gaps.
    await this.database.rows(
      `DELETE FROM worklist_event WHERE xid < coalesce(
         (SELECT min(xid) FROM worklist_event WHERE at >= now() - make_interval(hours => $1)),
         pg_snapshot_xmin(pg_current_snapshot()))`,
      [hours],
    );
  }

  private async one(sql: string): Promise<Position | undefined> {
    const [row] = await this.database.prepared<{ position: Position }>(sql, []);
    return row?.position;
  }
}
