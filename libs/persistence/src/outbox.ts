import type { Database } from './database.js';

export interface OutboxEvent<P = Record<string, unknown>> {
  id: string;
  name: string;
  /** what must keep together: events of one key are handled in one job, in order */
  key: string;
  payload: P;
}

/**
 * News for the stages to the right, written in the transaction that makes it true and relayed after the commit, so that no event is
 * ever seen of a change that was rolled back, and none is lost.
 */
export class Outbox {
  /** For a statement that makes a change and tells of it at once: the beginning of its INSERT; name, key and payload (jsonb) follow. */
  static readonly INSERT = 'INSERT INTO outbox_event (name, key, payload)';

  constructor(private readonly database: Database) {}

  /** @throws Error outside a transaction: an event without its change, or a change without its event, must be impossible. */
  async publish(name: string, key: string, payload: Record<string, unknown>): Promise<void> {
    if (!this.database.inTransaction) throw new Error(`event ${name} published outside a transaction`);
    await this.database.rows('INSERT INTO outbox_event (name, key, payload) VALUES ($1, $2, $3)', [
      name,
      key,
      JSON.stringify(payload),
    ]);
  }
}

/**
 * One reaction of one stage to one kind of event. `handle` runs in a transaction in which the events are also marked as done:
 * it may be started twice, but its effect is committed once. A `Refusal` thrown by it (other than `unavailable`) is permanent and
 * shows itself in `outbox_delivery.failed_at`; everything else is tried again.
 */
export abstract class Reaction {
  abstract readonly event: string;
  /** stable, kebab-case, starts with `on-`; stored with each delivery */
  abstract readonly name: string;
  /** How long events of a key may wait for others, once its first has gone: one job then serves many. */
  readonly gatherMs: number = 0;
  abstract handle(events: readonly OutboxEvent[]): Promise<void>;
}
