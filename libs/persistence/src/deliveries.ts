import { Refusal } from '#libs/kernel';
import type { Database } from './database.js';
import { KeyPauses } from './key-pauses.js';
import type { OutboxEvent, Reaction } from './outbox.js';

/** The work of one job: some events of one key for one reaction. */
export interface DeliveryJob {
  reaction: string;
  key: string;
  eventIds: string[];
}

/** Events that one relay or one sweep takes at most. */
export const DELIVERY_BATCH = 500;
/** A group that failed this often is left to the sweeper, which slows down with each try. */
const SWEEP_AFTER_SECONDS = 20;

function grouped(rows: { reaction: string; key: string; event_id: string }[]): DeliveryJob[] {
  const jobs = new Map<string, DeliveryJob>();
  for (const row of rows) {
    const id = `${row.reaction} ${row.key}`;
    const job = jobs.get(id) ?? { reaction: row.reaction, key: row.key, eventIds: [] };
    job.eventIds.push(row.event_id);
    jobs.set(id, job);
  }
  return [...jobs.values()];
}

/** The tables' side of the outbox: what has to be told to whom, and what was. The queue only carries; it may be lost whole. */
export class Deliveries {
  private readonly reactions: ReadonlyMap<string, Reaction>;
  /** longest wait by event, where a reaction gathers */
  private readonly gathering = new Map<string, number>();
  private readonly pauses = new KeyPauses();

  constructor(
    private readonly database: Database,
    reactions: readonly Reaction[],
  ) {
    this.reactions = new Map(reactions.map((reaction) => [reaction.name, reaction]));
    for (const { event, gatherMs } of reactions)
      this.gathering.set(event, Math.min(gatherMs, this.gathering.get(event) ?? gatherMs));
    if (this.reactions.size !== reactions.length) throw new Error('two reactions have the same name');
  }

  /**
   * A transaction that is simply run again if the last moments before a crash are lost: it waits for no disk, and leaves the disk to the
   * door. Whatever builds on it is committed behind it, and therefore never without it.
   */
  private repeatable<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.database.rows('SET LOCAL synchronous_commit = off');
      return work();
    });
  }

  /**
   * Takes new events and writes a delivery for each reaction to them. Where a reaction gathers, a key that has just gone waits; then all
   * of its events go together. @returns the jobs to queue; empty when there is no news
   */
  async relay(): Promise<DeliveryJob[]> {
    const [news] = await this.database.rows('SELECT 1 FROM outbox_event WHERE relayed_at IS NULL LIMIT 1');
    if (news === undefined) return [];
    return this.repeatable(async () => {
      // Only what is due is locked: a lock is written too, and most of what waits is looked at many times.
      const events = await this.database.rows<{ id: string; name: string; key: string }>(
        `WITH due AS MATERIALIZED (
           SELECT id FROM outbox_event WHERE relayed_at IS NULL AND name || ' ' || key <> ALL ($1::text[]) ORDER BY id LIMIT ${DELIVERY_BATCH}),
         taken AS (SELECT id FROM outbox_event WHERE id IN (SELECT id FROM due) AND relayed_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED)
         UPDATE outbox_event SET relayed_at = now() WHERE id IN (SELECT id FROM taken) RETURNING id, name, key`,
        [this.pauses.waiting()],
      );
      for (const [key, longestMs] of this.gone(events)) this.pauses.went(key, longestMs);
      const rows = events
        .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
        .flatMap((event) =>
          [...this.reactions.values()]
            .filter((reaction) => reaction.event === event.name)
            .map((reaction) => ({ event_id: event.id, key: event.key, reaction: reaction.name })),
        );
      if (rows.length > 0) {
        await this.database.rows(
          `INSERT INTO outbox_delivery (event_id, reaction)
           SELECT * FROM unnest($1::bigint[], $2::text[]) ON CONFLICT DO NOTHING`,
          [rows.map((row) => row.event_id), rows.map((row) => row.reaction)],
        );
      }
      return grouped(rows);
    });
  }

  /** The keys of events that gather, with how long their next may wait. */
  private gone(events: readonly { name: string; key: string }[]): Map<string, number> {
    return new Map(
      events.flatMap(({ name, key }) => {
        const longestMs = this.gathering.get(name) ?? 0;
        return longestMs > 0 ? [[`${name} ${key}`, longestMs] as const] : [];
      }),
    );
  }

  /** What the tables say is still to do and nobody has touched for a while: the queue lost it, or it failed. */
  async sweep(olderThanSeconds = SWEEP_AFTER_SECONDS): Promise<DeliveryJob[]> {
    const rows = await this.database.rows<{ reaction: string; key: string; event_id: string }>(
      `UPDATE outbox_delivery d SET touched_at = now() FROM outbox_event e
       WHERE e.id = d.event_id AND d.done_at IS NULL AND d.failed_at IS NULL
         AND d.touched_at < now() - make_interval(secs => $1 * least(power(2, d.attempts), 180))
         AND d.event_id IN (SELECT event_id FROM outbox_delivery WHERE done_at IS NULL AND failed_at IS NULL
                            ORDER BY event_id LIMIT ${DELIVERY_BATCH})
       RETURNING d.reaction, e.key, d.event_id`,
      [olderThanSeconds],
    );
    return grouped(rows.sort((a, b) => (BigInt(a.event_id) < BigInt(b.event_id) ? -1 : 1)));
  }

  /** Runs one job. Events that were done meanwhile are left out, so a job that comes twice does nothing the second time. */
  async run(job: DeliveryJob): Promise<void> {
    const reaction = this.reactions.get(job.reaction);
    if (!reaction) throw new Error(`no reaction is called ${job.reaction}`);
    try {
      await this.repeatable(async () => {
        const events = await this.database.rows<OutboxEvent>(
          `SELECT e.id, e.name, e.key, e.payload FROM outbox_delivery d JOIN outbox_event e ON e.id = d.event_id
           WHERE d.reaction = $1 AND d.event_id = ANY($2::bigint[]) AND d.done_at IS NULL AND d.failed_at IS NULL
           ORDER BY e.id FOR UPDATE OF d`,
          [job.reaction, job.eventIds],
        );
        if (events.length === 0) return;
        await reaction.handle(events);
        await this.database.rows(
          'UPDATE outbox_delivery SET done_at = now() WHERE reaction = $1 AND event_id = ANY($2::bigint[])',
          [job.reaction, events.map((event) => event.id)],
        );
      });
    } catch (error) {
      const permanent = error instanceof Refusal && error.kind !== 'unavailable';
      await this.database.rows(
        `UPDATE outbox_delivery SET attempts = attempts + 1, last_error = $3, touched_at = now(),
                failed_at = CASE WHEN $4 THEN now() END
         WHERE reaction = $1 AND event_id = ANY($2::bigint[]) AND done_at IS NULL`,
        [job.reaction, job.eventIds, String((error as Error).message).slice(0, 2000), permanent],
      );
      if (!permanent) throw error;
    }
  }
}
