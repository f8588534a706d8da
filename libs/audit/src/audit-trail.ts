import type { Database } from '#libs/persistence';

export type AuditOutcome = 'done' | 'refused' | 'failed';

export interface AuditEntry {
  /** who: kind and id of the caller, and the organisation it acts for */
  actor: { kind: 'person' | 'client' | 'ae' | 'system' | 'nobody'; id: string; organisation: string | null };
  /** verb-noun, kebab-case */
  action: string;
  /** what: a kind of thing and its id */
  subject: { kind: string; id: string };
  /** whose data, where it is somebody's: the id of the patient row */
  patientId?: string | null;
  outcome: AuditOutcome;
  detail?: Record<string, unknown>;
}

interface Waiting {
  entries: readonly AuditEntry[];
  done(): void;
  failed(error: unknown): void;
}

/** Entries in one statement at most; each is a row. */
const BATCH = 500;
const COLUMNS = 'actor_kind, actor_id, organisation, action, subject_kind, subject_id, patient_id, outcome, detail';

/**
 * The append-only record of who saw and did what (GB/T 22239-2019 8.1.4.3). The table refuses UPDATE and DELETE by a trigger.
 *
 * Inside a transaction a record joins it, so that an act and its record stand or fall together. Outside of one, what is recorded while
 * an earlier record is being committed is committed with the next in one statement: nobody waits for more than the commit under way
 * and their own, however many ask at once.
 */
export class AuditTrail {
  private readonly waiting: Waiting[] = [];
  private writing = false;

  constructor(private readonly database: Database) {}

  /** Resolves when the record is committed, or written into the transaction under way. */
  record(entry: AuditEntry): Promise<void> {
    return this.recordAll([entry]);
  }

  /** As `record`, for several at once: all or none. */
  recordAll(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return Promise.resolve();
    if (this.database.inTransaction) return this.insert(entries);
    return new Promise((done, failed) => {
      this.waiting.push({ entries, done, failed });
      this.begin();
    });
  }

  /** At the end of this turn of the event loop: what it brings together is committed together. */
  private begin(): void {
    if (this.writing) return;
    this.writing = true;
    setImmediate(() => void this.write());
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = [this.waiting.shift()!];
      let rows = batch[0]!.entries.length;
      while (this.waiting.length > 0 && rows + this.waiting[0]!.entries.length <= BATCH) {
        const next = this.waiting.shift()!;
        rows += next.entries.length;
        batch.push(next);
      }
      try {
        await this.insert(batch.flatMap(({ entries }) => entries));
        for (const { done } of batch) done();
      } catch (error) {
        // One that the database does not take must not take the others with it.
        if (batch.length === 1) batch[0]!.failed(error);
        else for (const one of batch) await this.alone(one);
      }
    }
    this.writing = false;
  }

  private async alone({ entries, done, failed }: Waiting): Promise<void> {
    try {
      await this.insert(entries);
      done();
    } catch (error) {
      failed(error);
    }
  }

  private async insert(entries: readonly AuditEntry[]): Promise<void> {
    const column = (of: (entry: AuditEntry) => string | null) => entries.map(of);
    await this.database.prepared(
      `INSERT INTO audit_record (${COLUMNS})
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::jsonb[])`,
      [
        column(({ actor }) => actor.kind),
        column(({ actor }) => actor.id),
        column(({ actor }) => actor.organisation),
        column(({ action }) => action),
        column(({ subject }) => subject.kind),
        column(({ subject }) => subject.id),
        column(({ patientId }) => patientId ?? null),
        column(({ outcome }) => outcome),
        column(({ detail }) => JSON.stringify(detail ?? {})),
      ],
    );
  }
}
