import { Injectable } from '@nestjs/common';
import { Database, Outbox } from '#libs/persistence';
import { CompletenessRepository } from '../completeness.repository.js';
import type { Expectation, Sending } from '../domain/completeness.js';
import { EXAM_SETTLED } from '../domain/exam.events.js';
import { EXAM_STATES, type ExamState } from '../domain/exam.states.js';

/** The rule's one reading of an examination `e` and of what broke off (`b`). */
const SITUATION = `CASE WHEN e.missing_instances > 0 THEN 'incomplete' WHEN e.kind = 'ecg' AND NOT b.broken THEN 'recording'
  WHEN e.expected_instances IS NOT NULL THEN 'complete' WHEN b.broken THEN 'interrupted' ELSE 'unannounced' END`;

@Injectable()
export class CompletenessPostgresRepository extends CompletenessRepository {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async lockStudy(organisation: string, studyInstanceUid: string): Promise<void> {
    await this.database.rows(`SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 5))`, [
      organisation,
      studyInstanceUid,
    ]);
  }

  async expect({ organisation, studyInstanceUid, source, key, count, sopInstanceUids }: Expectation): Promise<void> {
    const word = [organisation, studyInstanceUid, source, key ?? ''];
    if (count === undefined && sopInstanceUids === undefined) {
      await this.database.rows(
        'DELETE FROM exam_expectation WHERE organisation = $1 AND study_instance_uid = $2 AND source = $3 AND key = $4',
        word,
      );
      return;
    }
    await this.database.rows(
      `INSERT INTO exam_expectation (organisation, study_instance_uid, source, key, instances, sop_instance_uids)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation, study_instance_uid, source, key)
       DO UPDATE SET instances = EXCLUDED.instances, sop_instance_uids = EXCLUDED.sop_instance_uids, said_at = clock_timestamp()`,
      [...word, count ?? null, sopInstanceUids ?? null],
    );
  }

  async recount(organisation: string, studyInstanceUid: string): Promise<void> {
    await this.database.rows(
      `WITH exam_here AS (
         SELECT id FROM exam WHERE organisation = $1 AND study_instance_uid = $2 FOR UPDATE),
       here AS (
         SELECT count(*) FILTER (WHERE i.counts)::int AS n FROM instance i WHERE i.exam_id = (SELECT id FROM exam_here)),
       words AS (
         SELECT count(*) AS n, coalesce(max(instances), 0) AS most FROM exam_expectation
         WHERE organisation = $1 AND study_instance_uid = $2),
       named AS (
         SELECT count(*) FILTER (WHERE i.id IS NULL)::int AS absent, count(*) FILTER (WHERE i.id IS NULL OR i.counts)::int AS n
         FROM (SELECT DISTINCT unnest(sop_instance_uids) AS uid FROM exam_expectation
               WHERE organisation = $1 AND study_instance_uid = $2) AS u
         LEFT JOIN instance i ON i.exam_id = (SELECT id FROM exam_here) AND i.sop_instance_uid = u.uid)
       UPDATE exam SET instances = here.n, version = version + 1,
         expected_instances = CASE WHEN words.n > 0 THEN nullif(greatest(words.most, named.n), 0) END,
         missing_instances = CASE WHEN words.n > 0 THEN greatest(named.absent, words.most - here.n, 0) ELSE 0 END
       FROM here, words, named WHERE exam.id = (SELECT id FROM exam_here)`,
      [organisation, studyInstanceUid],
    );
  }

  async openSending({ organisation, studyInstanceUid, sender }: Sending, leaseSeconds: number): Promise<void> {
    await this.database.rows(
      `INSERT INTO exam_sending (organisation, study_instance_uid, sender, lease_until)
       VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
       ON CONFLICT (organisation, study_instance_uid, sender) DO UPDATE SET lease_until = EXCLUDED.lease_until`,
      [organisation, studyInstanceUid, sender, leaseSeconds],
    );
  }

  async endSending(organisation: string, sender: string, how: 'released' | 'aborted'): Promise<void> {
    if (how === 'aborted') {
      await this.database.rows(
        `UPDATE exam_sending SET lease_until = clock_timestamp()
         WHERE organisation = $1 AND sender = $2 AND lease_until > clock_timestamp()`,
        [organisation, sender],
      );
      return;
    }
    await this.database.rows(
      `WITH released AS (DELETE FROM exam_sending WHERE organisation = $1 AND sender = $2 RETURNING study_instance_uid)
       DELETE FROM exam_sending s USING released r
       WHERE s.organisation = $1 AND s.study_instance_uid = r.study_instance_uid AND s.sender <> $2
         AND s.lease_until <= clock_timestamp()`,
      [organisation, sender],
    );
  }

  settleQuiet(seconds: number): Promise<string[]> {
    return this.database.transaction(async () => {
      const quiet = await this.database.rows<{ id: string; state: ExamState; broken: boolean; situation: string }>(
        `SELECT e.id, e.state, b.broken, ${SITUATION} AS situation FROM exam e
         CROSS JOIN LATERAL (
           SELECT coalesce(bool_or(s.lease_until > now()), false) AS open, coalesce(bool_or(s.lease_until <= now()), false) AS broken
           FROM exam_sending s WHERE s.organisation = e.organisation AND s.study_instance_uid = e.study_instance_uid) b
         WHERE e.state <> 'settled' AND (e.kind = 'ecg' OR e.last_received_at < now() - make_interval(secs => $1)) AND NOT b.open
           AND e.last_received_at < now() - make_interval(secs => $1 *
               (SELECT quiet_times::float8 FROM settling_rule WHERE situation = ${SITUATION}))
           AND NOT EXISTS (SELECT 1 FROM ingest_instance x WHERE x.organisation = e.organisation
                           AND x.study_instance_uid = e.study_instance_uid AND x.state = 'stored' AND x.standing = 'first')
         ORDER BY e.last_received_at LIMIT 100 FOR UPDATE OF e SKIP LOCKED`,
        [seconds],
      );
      for (const exam of quiet) {
        const state = EXAM_STATES.next(exam.state, 'settle');
        await this.database.rows(
          'UPDATE exam SET state = $2, settled_at = now(), interrupted = $3, version = version + 1 WHERE id = $1',
          [exam.id, state, exam.situation === 'interrupted'],
        );
        await this.database.rows(
          `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor)
           VALUES ('exam', $1, $2, $3, 'settle', 'system')`,
          [exam.id, exam.state, state],
        );
        await this.outbox.publish(EXAM_SETTLED, exam.id, { examId: exam.id });
      }
      return quiet.map((exam) => exam.id);
    });
  }
}
