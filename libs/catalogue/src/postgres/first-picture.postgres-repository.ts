import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { InstanceLocation } from '../catalogue.repository.js';
import { MANIFEST_TAGS, MORE_TAGS, type ManifestInstance } from '../domain/study-manifest.js';
import {
  FirstPictureRepository,
  type PreparedExam,
  type PreparedSeriesPreview,
  type StoredObject,
} from '../first-picture.repository.js';

const SERVED = `instance i JOIN ingest_instance x ON x.id = i.id JOIN series s ON s.id = i.series_id`;
/** Taken out of the attributes in one pass: each `->` would read and unpack them again. */
const TAGS = MANIFEST_TAGS.map((tag) => `"${tag}" jsonb`).join(', ');
const MORE = `ARRAY[${MORE_TAGS.map((tag) => `'${tag}'`).join(', ')}]`;

@Injectable()
export class FirstPicturePostgresRepository extends FirstPictureRepository {
  constructor(private readonly database: Database) {
    super();
  }

  exam(examId: string): Promise<PreparedExam | undefined> {
    return this.database.row(
      `SELECT e.study_instance_uid AS "studyInstanceUid", e.version, e.state = 'settled' AS settled, m.object_key AS "objectKey",
         m.size_bytes AS "sizeBytes" FROM exam e LEFT JOIN study_manifest m ON m.exam_id = e.id WHERE e.id = $1`,
      [examId],
    );
  }

  instances(examId: string, limit: number): Promise<ManifestInstance[]> {
    return this.database.rows(
      `SELECT s.series_instance_uid AS "seriesInstanceUid", s.number AS "seriesNumber", s.modality, s.description,
         i.sop_instance_uid AS "sopInstanceUid", x.pixel_data IS NOT NULL AS "holdsPixels", x.attributes ?| ${MORE} AS more,
         x.attributes ?| ARRAY['52009229', '52009230'] AS grouped,
         jsonb_strip_nulls(to_jsonb(a)) || jsonb_build_object('00083002',
           jsonb_build_object('vr', 'UI', 'Value', jsonb_build_array(x.transfer_syntax_uid))) AS attributes
       FROM ${SERVED} CROSS JOIN LATERAL jsonb_to_record(x.attributes) AS a(${TAGS})
       WHERE i.exam_id = $1 AND x.format = 'dicom' ORDER BY s.series_instance_uid, i.sop_instance_uid LIMIT $2`,
      [examId, limit],
    );
  }

  instance(examId: string, sopInstanceUid: string): Promise<InstanceLocation | undefined> {
    return this.database.row(
      `SELECT i.id, x.organisation, e.patient_id AS "patientId", x.study_instance_uid AS "studyInstanceUid",
         x.series_instance_uid AS "seriesInstanceUid", x.sop_instance_uid AS "sopInstanceUid", x.sop_class_uid AS "sopClassUid",
         x.transfer_syntax_uid AS "transferSyntaxUid", x.format, x.digest, x.object_key AS "objectKey",
         x.size_bytes::float8 AS "sizeBytes", x.dataset_offset AS "datasetOffset", x.pixel_data AS "pixelData", x.attributes
       FROM ${SERVED} JOIN exam e ON e.id = i.exam_id WHERE i.exam_id = $1 AND i.sop_instance_uid = $2`,
      [examId, sopInstanceUid],
    );
  }

  series(examId: string, seriesInstanceUid: string): Promise<PreparedSeriesPreview | undefined> {
    return this.database.row(
      `SELECT s.id AS "seriesId", CASE WHEN p.series_id IS NOT NULL THEN json_build_object('sopInstanceUid', p.sop_instance_uid,
         'frame', p.frame, 'objectKey', p.object_key, 'sizeBytes', p.size_bytes) END AS preview
       FROM series s LEFT JOIN series_preview p ON p.series_id = s.id WHERE s.exam_id = $1 AND s.series_instance_uid = $2`,
      [examId, seriesInstanceUid],
    );
  }

  keepManifest(examId: string, version: number, object: StoredObject): Promise<string[]> {
    return this.whileUnchanged(examId, version, async () => {
      const before = await this.database.rows<{ key: string }>(
        'SELECT object_key AS key FROM study_manifest WHERE exam_id = $1 AND object_key <> $2',
        [examId, object.key],
      );
      await this.database.rows(
        `INSERT INTO study_manifest (exam_id, object_key, size_bytes) VALUES ($1, $2, $3) ON CONFLICT (exam_id) DO UPDATE
         SET object_key = EXCLUDED.object_key, size_bytes = EXCLUDED.size_bytes, made_at = clock_timestamp()`,
        [examId, object.key, object.size],
      );
      return before;
    });
  }

  keepPreview(
    examId: string,
    version: number,
    seriesId: string,
    preview: Parameters<FirstPictureRepository['keepPreview']>[3],
  ): Promise<string[]> {
    return this.whileUnchanged(examId, version, async () => {
      const before = await this.database.rows<{ key: string }>(
        'SELECT object_key AS key FROM series_preview WHERE series_id = $1 AND object_key <> $2',
        [seriesId, preview.key],
      );
      await this.database.rows(
        `INSERT INTO series_preview (series_id, sop_instance_uid, frame, object_key, size_bytes)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (series_id)
         DO UPDATE SET sop_instance_uid = EXCLUDED.sop_instance_uid, frame = EXCLUDED.frame,
           object_key = EXCLUDED.object_key, size_bytes = EXCLUDED.size_bytes, made_at = clock_timestamp()`,
        [seriesId, preview.sopInstanceUid, preview.frame, preview.key, preview.size],
      );
      return before;
    });
  }

  private whileUnchanged(examId: string, version: number, keep: () => Promise<{ key: string }[]>): Promise<string[]> {
    return this.database.transaction(async () => {
      // Filing takes this lock too: while we hold it nothing joins the examination.
      const exam = await this.database.row<{ version: number; settled: boolean }>(
        `SELECT version, state = 'settled' AS settled FROM exam WHERE id = $1 FOR UPDATE`,
        [examId],
      );
      if (exam?.version !== version || !exam.settled) return [];
      return (await keep()).map(({ key }) => key);
    });
  }
}
