import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { NewBatch, UploadBatch, UploadItem } from '../domain/upload.js';
import { UploadsRepository } from '../uploads.repository.js';

const BATCH = `organisation, batch, sender, title, files, bytes::float8 AS bytes, files_ended AS "filesEnded",
  bytes_ended::float8 AS "bytesEnded", studies, created_at AS "createdAt", closed_as AS "closedAs"`;
const ITEM = `upload_id AS "uploadId", batch, organisation, filename, outcome, code, reason, sop_instance_uid AS "sopInstanceUid",
  study_instance_uid AS "studyInstanceUid", size_bytes::float8 AS "sizeBytes", whole, referenced`;

@Injectable()
export class UploadsPostgresRepository extends UploadsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async open(batch: NewBatch): Promise<void> {
    await this.database.rows(
      `INSERT INTO upload_batch AS b (organisation, batch, sender, title, files, bytes, studies)
       VALUES ($1,$2,$3,$4,$5,$6,$7)
       ON CONFLICT (organisation, batch) DO UPDATE SET files = $5, bytes = $6, studies = $7, touched_at = clock_timestamp(),
         closed_at = CASE WHEN b.files_ended >= $5 THEN coalesce(b.closed_at, clock_timestamp()) END,
         closed_as = CASE WHEN b.files_ended >= $5 THEN coalesce(b.closed_as, 'finished') END`,
      [batch.organisation, batch.batch, batch.sender, batch.title, batch.files, batch.bytes, batch.studies],
    );
  }

  openBatches(organisation: string, limit: number, after?: string): Promise<UploadBatch[]> {
    return this.database.rows(
      `SELECT ${BATCH} FROM upload_batch WHERE organisation = $1 AND closed_at IS NULL
         AND ($3::text IS NULL OR (created_at, batch) >
           (SELECT created_at, batch FROM upload_batch WHERE organisation = $1 AND batch = $3))
       ORDER BY created_at, batch LIMIT $2`,
      [organisation, limit, after ?? null],
    );
  }

  batch(organisation: string, batch: string): Promise<UploadBatch | undefined> {
    return this.database.row(`SELECT ${BATCH} FROM upload_batch WHERE organisation = $1 AND batch = $2`, [
      organisation,
      batch,
    ]);
  }

  close(organisation: string, batch: string, as: 'given-up' | 'expired'): Promise<UploadBatch | undefined> {
    return this.database.row(
      `UPDATE upload_batch SET closed_at = clock_timestamp(), closed_as = $3
       WHERE organisation = $1 AND batch = $2 AND closed_at IS NULL RETURNING ${BATCH}`,
      [organisation, batch, as],
    );
  }

  silentSince(before: Date): Promise<UploadBatch[]> {
    return this.database.rows(
      `SELECT ${BATCH} FROM upload_batch WHERE closed_at IS NULL AND touched_at < $1 ORDER BY touched_at LIMIT 100`,
      [before],
    );
  }

  note(item: UploadItem): Promise<void> {
    return this.database.transaction(async () => {
      const noted = await this.database.row(
        `INSERT INTO upload_item (upload_id, batch, organisation, filename, outcome, code, reason, sop_instance_uid,
           study_instance_uid, size_bytes, whole, referenced)
         SELECT $1,$2,$3,$4::text,$5::text,$6,$7,$8::text,$9,$10,$11::boolean,$12
         WHERE NOT EXISTS (SELECT 1 FROM upload_item WHERE organisation = $3 AND batch = $2 AND filename = $4 AND whole = $11
           AND upload_id <> $1 AND sop_instance_uid IS NOT DISTINCT FROM $8 AND ($5 = 'duplicate' OR outcome = $5))
         ON CONFLICT (upload_id) DO NOTHING RETURNING upload_id`,
        [
          item.uploadId,
          item.batch,
          item.organisation,
          item.filename,
          item.outcome,
          item.code,
          item.reason,
          item.sopInstanceUid,
          item.studyInstanceUid,
          item.sizeBytes,
          item.whole,
          item.referenced,
        ],
      );
      if (!noted || !item.whole) return;
      await this.database.rows(
        `UPDATE upload_batch SET files_ended = files_ended + 1, bytes_ended = bytes_ended + $3, touched_at = clock_timestamp(),
           closed_at = CASE WHEN files_ended + 1 >= files THEN coalesce(closed_at, clock_timestamp()) ELSE closed_at END,
           closed_as = CASE WHEN files_ended + 1 >= files THEN coalesce(closed_as, 'finished') ELSE closed_as END
         WHERE organisation = $1 AND batch = $2`,
        [item.organisation, item.batch, item.sizeBytes],
      );
    });
  }

  find(uploadId: string): Promise<UploadItem | undefined> {
    return this.database.row(`SELECT ${ITEM} FROM upload_item WHERE upload_id = $1`, [uploadId]);
  }

  items(organisation: string, batch: string, limit: number, after?: string): Promise<UploadItem[]> {
    return this.database.rows(
      `SELECT ${ITEM} FROM upload_item WHERE organisation = $1 AND batch = $2
         AND ($4::text IS NULL OR (at, upload_id) >
           (SELECT at, upload_id FROM upload_item WHERE organisation = $1 AND upload_id = $4))
       ORDER BY at, upload_id LIMIT $3`,
      [organisation, batch, limit, after ?? null],
    );
  }

  async counts(organisation: string, batch: string): Promise<Record<string, number>> {
    const rows = await this.database.rows<{ outcome: string; n: number }>(
      `SELECT outcome, count(*)::int AS n FROM upload_item WHERE organisation = $1 AND batch = $2 GROUP BY outcome`,
      [organisation, batch],
    );
    return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, n]));
  }

  names(organisation: string, batch: string): Promise<Pick<UploadItem, 'filename' | 'referenced'>[]> {
    return this.database.rows(`SELECT filename, referenced FROM upload_item WHERE organisation = $1 AND batch = $2`, [
      organisation,
      batch,
    ]);
  }
}
