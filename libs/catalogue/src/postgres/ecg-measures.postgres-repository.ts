import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { EcgMeasuresRepository, type StoredMeasures } from '../ecg-measures.repository.js';

@Injectable()
export class EcgMeasuresPostgresRepository extends EcgMeasuresRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async measured(examId: string, version: number): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      'SELECT i.id FROM instance i JOIN ecg_measures m ON m.instance_id = i.id WHERE i.exam_id = $1 AND m.version = $2',
      [examId, version],
    );
    return rows.map(({ id }) => id);
  }

  ofExam(examId: string): Promise<StoredMeasures[]> {
    return this.database.rows(
      `SELECT i.id AS "instanceId", i.sop_instance_uid AS "sopInstanceUid", m.object_key AS "objectKey", m.size_bytes AS "sizeBytes"
       FROM instance i JOIN ecg_measures m ON m.instance_id = i.id WHERE i.exam_id = $1 AND m.object_key IS NOT NULL ORDER BY i.id`,
      [examId],
    );
  }

  async keep(instanceId: string, version: number, object: { key: string; size: number } | null): Promise<void> {
    // An instance that has gone meanwhile keeps nothing.
    await this.database.rows(
      `INSERT INTO ecg_measures (instance_id, version, object_key, size_bytes)
       SELECT id, $2, $3, $4 FROM instance WHERE id = $1 FOR KEY SHARE ON CONFLICT (instance_id) DO UPDATE
       SET version = EXCLUDED.version, object_key = EXCLUDED.object_key, size_bytes = EXCLUDED.size_bytes, made_at = clock_timestamp()`,
      [instanceId, version, object?.key ?? null, object?.size ?? null],
    );
  }
}
