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

/** The append-only record of who saw and did what (GB/T 22239-2019 8.1.4.3). The table refuses UPDATE and DELETE by a trigger. */
export class AuditTrail {
  constructor(private readonly database: Database) {}

  /** Joins the transaction under way, so that an act and its record stand or fall together. */
  async record(entry: AuditEntry): Promise<void> {
    await this.database.rows(
      `INSERT INTO audit_record (actor_kind, actor_id, organisation, action, subject_kind, subject_id, patient_id, outcome, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        entry.actor.kind,
        entry.actor.id,
        entry.actor.organisation,
        entry.action,
        entry.subject.kind,
        entry.subject.id,
        entry.patientId ?? null,
        entry.outcome,
        JSON.stringify(entry.detail ?? {}),
      ],
    );
  }
}
