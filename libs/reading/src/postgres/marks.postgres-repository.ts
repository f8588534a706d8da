import { Injectable } from '@nestjs/common';
import { integer, type DicomJson } from '#libs/formats/dicom';
import { Database } from '#libs/persistence';
import { DOCUMENT_STATES } from '../domain/document.states.js';
import type { AuthoredMark, DocumentSummary, ReadingDocument, ReadingMarks } from '../domain/marks.js';
import { MarksRepository, type ExamImage } from '../marks.repository.js';

const SUMMARY = `kind, revision, state, sop_instance_uid AS "sopInstanceUid", series_instance_uid AS "seriesInstanceUid",
  content_sha256 AS "contentSha256", asked_at AS "askedAt"`;
/** What explains an examination is not marked; an image has rows. */
const IMAGES = `instance i JOIN ingest_instance x ON x.id = i.id JOIN series s ON s.id = i.series_id
  WHERE i.exam_id = $1 AND i.counts AND i.rows IS NOT NULL AND x.format = 'dicom'`;
const IMAGE = `x.sop_class_uid AS "sopClassUid", x.sop_instance_uid AS "sopInstanceUid", x.series_instance_uid AS "seriesInstanceUid",
  x.attributes AS header`;

interface ImageRow {
  sopClassUid: string;
  sopInstanceUid: string;
  seriesInstanceUid: string;
  header: DicomJson;
}
const asImage = (row: ImageRow): ExamImage => ({ ...row, multiFrame: (integer(row.header, '00280008') ?? 1) > 1 });

@Injectable()
export class MarksPostgresRepository extends MarksRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async find(readId: string): Promise<ReadingMarks> {
    const row = await this.database.row<ReadingMarks>(
      'SELECT marks, version, saved_at AS "savedAt" FROM reading_marks WHERE read_id = $1',
      [readId],
    );
    return row ?? { marks: [], version: 0, savedAt: null };
  }

  save(
    readId: string,
    marks: readonly AuthoredMark[],
    savedBy: string,
    version: number,
  ): Promise<{ version: number; savedAt: Date } | undefined> {
    return this.database.row(
      `INSERT INTO reading_marks (read_id, marks, saved_by)
       SELECT $1, $2::jsonb, $3 WHERE $4 = 0 OR EXISTS (SELECT 1 FROM reading_marks WHERE read_id = $1)
       ON CONFLICT (read_id) DO UPDATE SET marks = EXCLUDED.marks, saved_by = EXCLUDED.saved_by, saved_at = clock_timestamp(),
         version = reading_marks.version + 1 WHERE reading_marks.version = $4
       RETURNING version, saved_at AS "savedAt"`,
      [readId, JSON.stringify(marks), savedBy, version],
    );
  }

  async framesOf(examId: string, sopInstanceUids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.rows<{ uid: string; frames: number }>(
      `SELECT i.sop_instance_uid AS uid, coalesce(i.frames, 1) AS frames FROM instance i
       WHERE i.exam_id = $1 AND i.counts AND i.rows IS NOT NULL AND i.sop_instance_uid = ANY($2)`,
      [examId, sopInstanceUids],
    );
    return new Map(rows.map(({ uid, frames }) => [uid, Math.max(1, frames)]));
  }

  async images(examId: string, sopInstanceUids: readonly string[]): Promise<ExamImage[]> {
    const rows = await this.database.rows<ImageRow>(`SELECT ${IMAGE} FROM ${IMAGES} AND i.sop_instance_uid = ANY($2)`, [
      examId,
      sopInstanceUids,
    ]);
    return rows.map(asImage);
  }

  async firstImage(examId: string): Promise<ExamImage | undefined> {
    const row = await this.database.row<ImageRow>(
      `SELECT ${IMAGE} FROM ${IMAGES}
       ORDER BY s.number NULLS LAST, s.series_instance_uid, i.number NULLS LAST, i.sop_instance_uid LIMIT 1`,
      [examId],
    );
    return row && asImage(row);
  }

  documents(readId: string): Promise<DocumentSummary[]> {
    return this.database.rows(`SELECT ${SUMMARY} FROM reading_document WHERE read_id = $1 ORDER BY kind, revision`, [
      readId,
    ]);
  }

  async addDocument(document: ReadingDocument, state: 'waiting' | 'void'): Promise<void> {
    await this.database.rows(
      `INSERT INTO reading_document (sop_instance_uid, read_id, kind, revision, series_instance_uid, state, content, content_sha256,
         asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        document.sopInstanceUid,
        document.readId,
        document.kind,
        document.revision,
        document.seriesInstanceUid,
        DOCUMENT_STATES.next(DOCUMENT_STATES.initial, state === 'void' ? 'void' : 'await'),
        JSON.stringify(document.content),
        document.contentSha256,
        document.askedBy,
        document.askedAt,
      ],
    );
  }

  lockWaiting(readId: string): Promise<ReadingDocument[]> {
    return this.database.rows(
      `SELECT read_id AS "readId", ${SUMMARY}, content, asked_by AS "askedBy" FROM reading_document
       WHERE read_id = $1 AND state = 'waiting' ORDER BY kind, revision FOR UPDATE`,
      [readId],
    );
  }

  async markStored(sopInstanceUid: string): Promise<void> {
    await this.database.rows(
      `UPDATE reading_document SET state = $2, stored_at = clock_timestamp() WHERE sop_instance_uid = $1 AND state = 'waiting'`,
      [sopInstanceUid, DOCUMENT_STATES.next('waiting', 'store')],
    );
  }
}
