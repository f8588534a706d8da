import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { COMMITMENT_STATES } from '../domain/commitment.states.js';
import type { ReferencedInstance, StorageCommitment } from '../domain/storage-commitment.js';
import { StorageCommitmentRepository, type HeldInstance } from '../storage-commitment.repository.js';

const COMMITMENT = `c.id, c.organisation, c.ae_title AS "aeTitle", c.transaction_uid AS "transactionUid", c.referenced, c.attempts,
  c.requested_at AS "requestedAt"`;

/** The association of the request has the first word. */
const OWN_ASSOCIATION_SECONDS = 5;

@Injectable()
export class StorageCommitmentPostgresRepository extends StorageCommitmentRepository {
  constructor(private readonly database: Database) {
    super();
  }

  add(
    request: Parameters<StorageCommitmentRepository['add']>[0],
  ): Promise<{ outcome: 'taken' | 'transaction-uid-in-use'; id: string }> {
    return this.database.transaction(async () => {
      const referenced = JSON.stringify(request.referenced);
      const made = await this.database.row<{ id: string }>(
        `INSERT INTO storage_commitment (id, organisation, ae_title, transaction_uid, referenced, state, next_attempt_at)
         VALUES ($1,$2,$3,$4,$5,$6, clock_timestamp() + make_interval(secs => ${OWN_ASSOCIATION_SECONDS}))
         ON CONFLICT (organisation, ae_title, transaction_uid) DO NOTHING RETURNING id`,
        [
          request.id,
          request.organisation,
          request.aeTitle,
          request.transactionUid,
          referenced,
          COMMITMENT_STATES.initial,
        ],
      );
      if (made) {
        await this.log(made.id, null, COMMITMENT_STATES.initial, 'request');
        return { outcome: 'taken', id: made.id };
      }
      const before = await this.database.row<{
        id: string;
        state: 'requested' | 'reported' | 'abandoned';
        same: boolean;
      }>(
        `SELECT id, state, referenced = $4::jsonb AS same FROM storage_commitment
         WHERE organisation = $1 AND ae_title = $2 AND transaction_uid = $3 FOR UPDATE`,
        [request.organisation, request.aeTitle, request.transactionUid, referenced],
      );
      if (!before?.same || before.state !== 'requested') {
        return { outcome: 'transaction-uid-in-use', id: before?.id ?? request.id };
      }
      await this.database.rows('UPDATE storage_commitment SET next_attempt_at = now() WHERE id = $1', [before.id]);
      return { outcome: 'taken', id: before.id };
    });
  }

  lease(options: { id?: string; limit: number; leaseSeconds: number }): Promise<StorageCommitment[]> {
    return this.database.rows<StorageCommitment>(
      `UPDATE storage_commitment c SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => $3)
       WHERE id IN (SELECT id FROM storage_commitment WHERE state = 'requested' AND CASE WHEN $1::uuid IS NULL
                      THEN next_attempt_at <= clock_timestamp() ELSE id = $1 END ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING ${COMMITMENT}`,
      [options.id ?? null, options.limit, options.leaseSeconds],
    );
  }

  async postpone(id: string, pauseSeconds: number | null, error: string): Promise<void> {
    if (pauseSeconds === null) {
      await this.close(id, 'abandon', error);
      return;
    }
    await this.database.rows(
      `UPDATE storage_commitment SET next_attempt_at = clock_timestamp() + make_interval(secs => $2), last_error = $3
       WHERE id = $1 AND state = 'requested'`,
      [id, pauseSeconds, error.slice(0, 1000)],
    );
  }

  markReported(id: string): Promise<boolean> {
    return this.close(id, 'report', null);
  }

  held(organisation: string, referenced: readonly ReferencedInstance[]): Promise<HeldInstance[]> {
    return this.database.rows<HeldInstance>(
      `SELECT sop_instance_uid AS "sopInstanceUid", sop_class_uid AS "sopClassUid", transfer_syntax_uid AS "transferSyntaxUid", digest,
         object_key AS "objectKey", size_bytes::float8 AS "sizeBytes", dataset_offset AS "datasetOffset" FROM ingest_instance
       WHERE organisation = $1 AND sop_instance_uid = ANY($2) AND standing = 'first' AND state <> 'quarantined' AND format = 'dicom'`,
      [organisation, referenced.map((one) => one.sopInstanceUid)],
    );
  }

  private close(id: string, event: 'report' | 'abandon', error: string | null): Promise<boolean> {
    const from = COMMITMENT_STATES.initial;
    const to = COMMITMENT_STATES.next(from, event);
    return this.database.transaction(async () => {
      const closed = await this.database.row(
        `UPDATE storage_commitment SET state = $2, closed_at = now(), version = version + 1, last_error = coalesce($3, last_error)
         WHERE id = $1 AND state = $4 RETURNING id`,
        [id, to, error, from],
      );
      if (closed) await this.log(id, from, to, event);
      return closed !== undefined;
    });
  }

  private async log(id: string, from: string | null, to: string, event: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ($1, $2, $3, $4, $5, 'system')`,
      [COMMITMENT_STATES.name, id, from, to, event],
    );
  }
}
