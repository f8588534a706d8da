import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Database } from '#libs/persistence';
import {
  RetrievalRepository,
  type InstancePlace,
  type MetadataText,
  type PreparedSeries,
  type RetrieveAddress,
} from '../retrieval.repository.js';

const LOCATED = `instance i JOIN ingest_instance x ON x.id = i.id JOIN exam e ON e.id = i.exam_id JOIN series s ON s.id = i.series_id`;
const IN_ORDER = `ORDER BY s.number NULLS LAST, s.series_instance_uid, i.number NULLS LAST, i.sop_instance_uid`;
const ADDRESSED = `($1::text[] IS NULL OR e.organisation = ANY($1)) AND e.study_instance_uid = $2
  AND ($3::text IS NULL OR s.series_instance_uid = $3) AND ($4::text IS NULL OR i.sop_instance_uid = $4) AND x.format = 'dicom'`;

/** Taken out of the attributes in one pass: each `->` would read and unpack them again. */
const IMAGE_PIXEL = ['02', '04', '06', '08', '10', '11', '0100', '0101', '0102', '0103']
  .map((element) => `"0028${element.padStart(4, '0')}" jsonb`)
  .join(', ');

/** PixelData, FloatPixelData and DoubleFloatPixelData; explicit VRs, as the metadata say them. */
const METADATA = `SELECT x.organisation, e.patient_id AS "patientId", x.study_instance_uid AS "studyInstanceUid",
    x.series_instance_uid AS "seriesInstanceUid", x.sop_instance_uid AS "sopInstanceUid",
    (x.attributes || jsonb_build_object('00083002', jsonb_build_object('vr', 'UI', 'Value', jsonb_build_array(x.transfer_syntax_uid)))
     || CASE WHEN x.pixel_data IS NULL THEN '{}'::jsonb ELSE jsonb_build_object(p.tag,
          jsonb_build_object('vr', x.pixel_data->>'vr', 'BulkDataURI', 'bulk/' || p.tag)) END)::text AS json
  FROM ${LOCATED} CROSS JOIN LATERAL (SELECT CASE x.pixel_data->>'vr' WHEN 'OF' THEN '7FE00008' WHEN 'OD' THEN '7FE00009'
    ELSE '7FE00010' END AS tag) p`;

@Injectable()
export class RetrievalPostgresRepository extends RetrievalRepository {
  constructor(private readonly database: Database) {
    super();
  }

  places(scope: OrganisationScope, address: RetrieveAddress, limit?: number): Promise<InstancePlace[]> {
    return this.database.rows(
      `SELECT i.id, x.organisation, e.patient_id AS "patientId", x.study_instance_uid AS "studyInstanceUid",
         x.series_instance_uid AS "seriesInstanceUid", x.sop_instance_uid AS "sopInstanceUid", x.sop_class_uid AS "sopClassUid",
         x.transfer_syntax_uid AS "transferSyntaxUid", x.format, x.digest, x.object_key AS "objectKey",
         x.size_bytes::float8 AS "sizeBytes", x.dataset_offset AS "datasetOffset", x.pixel_data AS "pixelData",
         jsonb_strip_nulls(to_jsonb(a)) AS attributes,
         CASE WHEN c.object_key IS NOT NULL THEN json_build_object('objectKey', c.object_key,
           'transferSyntaxUid', c.transfer_syntax_uid, 'frameEnds', c.frame_ends) END AS compressed
       FROM ${LOCATED} LEFT JOIN compressed_frames c ON c.instance_id = i.id CROSS JOIN LATERAL jsonb_to_record(x.attributes) AS a(${IMAGE_PIXEL})
       WHERE ${ADDRESSED} ${IN_ORDER} LIMIT $5`,
      [...parameters(scope, address), limit ?? null],
    );
  }

  metadata(scope: OrganisationScope, address: RetrieveAddress): Promise<MetadataText[]> {
    return this.database.rows(`${METADATA} WHERE ${ADDRESSED} ${IN_ORDER}`, parameters(scope, address));
  }

  metadataOfSeries(seriesId: string): Promise<MetadataText[]> {
    return this.database.rows(`${METADATA} WHERE i.series_id = $1 AND x.format = 'dicom' ${IN_ORDER}`, [seriesId]);
  }

  preparedSeries(
    scope: OrganisationScope,
    studyInstanceUid: string,
    seriesInstanceUid: string,
    base: string,
  ): Promise<PreparedSeries[]> {
    return this.database.rows(
      `SELECT s.id AS "seriesId", e.id AS "examId", e.version AS "examVersion", e.state = 'settled' AS settled, e.organisation,
         e.patient_id AS "patientId", m.object_key AS "objectKey", m.size_bytes AS "sizeBytes"
       FROM exam e JOIN series s ON s.exam_id = e.id LEFT JOIN series_metadata m ON m.series_id = s.id AND m.base = $4
       WHERE ($1::text[] IS NULL OR e.organisation = ANY($1)) AND e.study_instance_uid = $2 AND s.series_instance_uid = $3`,
      [scopeParameter(scope), studyInstanceUid, seriesInstanceUid, base],
    );
  }

  seriesOfExam(examId: string): Promise<{ seriesId: string; examVersion: number }[]> {
    return this.database.rows(
      'SELECT s.id AS "seriesId", e.version AS "examVersion" FROM series s JOIN exam e ON e.id = s.exam_id WHERE e.id = $1',
      [examId],
    );
  }

  keepPrepared(
    series: { seriesId: string; examId: string; examVersion: number },
    base: string,
    object: { key: string; size: number },
  ): Promise<{ kept: boolean; superseded: string[] }> {
    return this.database.transaction(async () => {
      // Filing takes this lock too: while we hold it nothing joins the series.
      const exam = await this.database.row<{ version: number }>('SELECT version FROM exam WHERE id = $1 FOR UPDATE', [
        series.examId,
      ]);
      if (exam?.version !== series.examVersion) return { kept: false, superseded: [] };
      const before = await this.database.rows<{ key: string }>(
        `SELECT object_key AS key FROM series_metadata WHERE series_id = $1 AND base = $2 AND object_key <> $3`,
        [series.seriesId, base, object.key],
      );
      await this.database.rows(
        `INSERT INTO series_metadata (series_id, base, object_key, size_bytes) VALUES ($1, $2, $3, $4)
         ON CONFLICT (series_id, base) DO UPDATE SET object_key = EXCLUDED.object_key, size_bytes = EXCLUDED.size_bytes,
           made_at = clock_timestamp()`,
        [series.seriesId, base, object.key, object.size],
      );
      return { kept: true, superseded: before.map((row) => row.key) };
    });
  }

  async noteBase(base: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO metadata_base (base) VALUES ($1) ON CONFLICT (base) DO UPDATE SET seen_at = clock_timestamp()`,
      [base],
    );
  }

  async bases(limit: number): Promise<string[]> {
    const rows = await this.database.rows<{ base: string }>(
      `SELECT base FROM metadata_base WHERE seen_at > now() - interval '30 days' ORDER BY seen_at DESC LIMIT $1`,
      [limit],
    );
    return rows.map((row) => row.base);
  }
}

function parameters(scope: OrganisationScope, address: RetrieveAddress): unknown[] {
  return [
    scopeParameter(scope),
    address.studyInstanceUid,
    address.seriesInstanceUid ?? null,
    address.sopInstanceUid ?? null,
  ];
}
