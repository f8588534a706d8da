import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { InstanceLocation } from '../catalogue.repository.js';
import { CompressedFramesRepository, type CompressedFrames } from '../compressed-frames.repository.js';

/** Implicit and explicit, big endian, RLE: what takes more room than it need. */
const ROOMY = ['', '.1', '.2', '.5'].map((end) => `'1.2.840.10008.1.2${end}'`).join(', ');
const value = (tag: string): string => `x.attributes->'${tag}'->'Value'->>0`;

@Injectable()
export class CompressedFramesPostgresRepository extends CompressedFramesRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async expect(examId: string): Promise<void> {
    // Whoever deletes an instance may hold it and want the examination, which is ours here: what is being deleted is passed over.
    await this.database.rows(
      `INSERT INTO compressed_frames (instance_id)
       SELECT i.id FROM instance i JOIN ingest_instance x ON x.id = i.id
       WHERE i.exam_id = $1 AND x.format = 'dicom' AND x.pixel_data->>'vr' IN ('OB', 'OW')
         AND x.transfer_syntax_uid IN (${ROOMY}) AND ${value('00280100')} IN ('8', '16')
       FOR KEY SHARE OF i SKIP LOCKED
       ON CONFLICT DO NOTHING`,
      [examId],
    );
  }

  take(againInSeconds: number): Promise<InstanceLocation | undefined> {
    return this.database.row(
      `WITH due AS (SELECT instance_id FROM compressed_frames WHERE made_at IS NULL AND due_at <= clock_timestamp()
         ORDER BY due_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED),
       taken AS (UPDATE compressed_frames SET due_at = clock_timestamp() + make_interval(secs => $1)
         WHERE instance_id IN (SELECT instance_id FROM due) RETURNING instance_id)
       SELECT i.id, x.organisation, e.patient_id AS "patientId", x.study_instance_uid AS "studyInstanceUid",
         x.series_instance_uid AS "seriesInstanceUid", x.sop_instance_uid AS "sopInstanceUid", x.sop_class_uid AS "sopClassUid",
         x.transfer_syntax_uid AS "transferSyntaxUid", x.format, x.digest, x.object_key AS "objectKey",
         x.size_bytes::float8 AS "sizeBytes", x.dataset_offset AS "datasetOffset", x.pixel_data AS "pixelData", x.attributes
       FROM taken JOIN instance i ON i.id = taken.instance_id JOIN ingest_instance x ON x.id = i.id JOIN exam e ON e.id = i.exam_id`,
      [againInSeconds],
    );
  }

  async keep(instanceId: string, made: (CompressedFrames & { readonly size: number }) | null): Promise<boolean> {
    const kept = await this.database.rows(
      `UPDATE compressed_frames SET made_at = clock_timestamp(), object_key = $2, transfer_syntax_uid = $3, size_bytes = $4,
         frame_ends = $5 WHERE instance_id = $1 AND made_at IS NULL RETURNING instance_id`,
      [instanceId, made?.objectKey, made?.transferSyntaxUid, made?.size, made?.frameEnds],
    );
    return kept.length > 0;
  }
}
