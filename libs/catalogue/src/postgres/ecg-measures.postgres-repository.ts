import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import {
  EcgMeasuresRepository,
  type DueRecording,
  type StoredMeasures,
  type StoredObject,
} from '../ecg-measures.repository.js';

/** One that ends its thread each time would do so for ever. */
const MOST_ATTEMPTS = 5;

@Injectable()
export class EcgMeasuresPostgresRepository extends EcgMeasuresRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async expect(examId: string, version: number): Promise<void> {
    // What is being deleted is passed over: who deletes may want the examination, which is ours here.
    await this.database.rows(
      `INSERT INTO ecg_measures AS m (instance_id, version)
       SELECT i.id, $2 FROM instance i JOIN ingest_instance x ON x.id = i.id JOIN exam e ON e.id = i.exam_id
       WHERE i.exam_id = $1 AND e.kind = 'ecg' AND x.format <> 'pdf' AND (x.format <> 'dicom' OR x.attributes ? '54000100')
       FOR KEY SHARE OF i SKIP LOCKED
       ON CONFLICT (instance_id) DO UPDATE SET version = EXCLUDED.version, due_at = clock_timestamp(), attempts = 0, made_at = NULL
         WHERE m.version <> EXCLUDED.version`,
      [examId, version],
    );
  }

  take(againInSeconds: number): Promise<DueRecording | undefined> {
    return this.database.row(
      `WITH due AS (SELECT instance_id FROM ecg_measures
         WHERE made_at IS NULL AND due_at <= clock_timestamp() AND attempts < ${MOST_ATTEMPTS}
         ORDER BY due_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED),
       taken AS (UPDATE ecg_measures SET due_at = clock_timestamp() + make_interval(secs => $1 + (
           SELECT size_bytes / 1000000.0 FROM ingest_instance x WHERE x.id = instance_id)), attempts = attempts + 1
         WHERE instance_id IN (SELECT instance_id FROM due) RETURNING instance_id)
       SELECT i.id AS "instanceId", i.exam_id AS "examId", x.format, x.object_key AS "objectKey", x.size_bytes::float8 AS "sizeBytes"
       FROM taken JOIN instance i ON i.id = taken.instance_id JOIN ingest_instance x ON x.id = i.id`,
      [againInSeconds],
    );
  }

  async keep(
    instanceId: string,
    { measures, levels }: { measures: StoredObject | null; levels: StoredObject | null },
  ): Promise<boolean> {
    const kept = await this.database.rows(
      `UPDATE ecg_measures SET made_at = clock_timestamp(), object_key = $2, size_bytes = $3, levels_key = $4, levels_bytes = $5
       WHERE instance_id = $1 AND made_at IS NULL RETURNING instance_id`,
      [instanceId, measures?.key ?? null, measures?.size ?? null, levels?.key ?? null, levels?.size ?? null],
    );
    return kept.length > 0;
  }

  ofExam(examId: string): Promise<StoredMeasures[]> {
    return this.database.rows(
      `SELECT i.sop_instance_uid AS "sopInstanceUid", m.object_key AS "objectKey", m.size_bytes AS "sizeBytes"
       FROM instance i JOIN ecg_measures m ON m.instance_id = i.id WHERE i.exam_id = $1 AND m.object_key IS NOT NULL ORDER BY i.id`,
      [examId],
    );
  }

  levelsOfExam(examId: string): Promise<StoredObject | undefined> {
    return this.database.row(
      `SELECT m.levels_key AS key, m.levels_bytes AS size FROM instance i JOIN ecg_measures m ON m.instance_id = i.id
       WHERE i.exam_id = $1 AND m.levels_key IS NOT NULL ORDER BY i.id LIMIT 1`,
      [examId],
    );
  }
}
