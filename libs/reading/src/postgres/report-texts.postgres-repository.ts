import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { ReportSubject } from '../domain/report-subject.js';
import type { ReportText, TemplateUsed } from '../domain/report-text.js';
import { ReportTextsRepository, type ReportTextFilter, type ReportTextWords } from '../report-texts.repository.js';

const TEXT = `t.id, t.kind, t.read_kind AS "readKind", t.owner_id AS "ownerId", t.version, t.text_group AS "group", v.name, v.findings, v.impression,
  CASE WHEN s.code IS NOT NULL THEN json_build_object('code', s.code, 'name', s.name) END AS subject`;
const JOINED = `report_text t JOIN report_text_version v ON v.text_id = t.id AND v.version = t.version
  LEFT JOIN report_subject s ON s.code = t.subject`;

@Injectable()
export class ReportTextsPostgresRepository extends ReportTextsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  subjects(): Promise<ReportSubject[]> {
    return this.database.rows('SELECT code, name, kind, item, modalities, words FROM report_subject ORDER BY code');
  }

  list({ readKind, ownerId, after, limit }: ReportTextFilter): Promise<ReportText[]> {
    return this.database.rows(
      `SELECT ${TEXT} FROM ${JOINED} WHERE t.read_kind = $1 AND (t.owner_id IS NULL OR t.owner_id = $2) AND t.removed_at IS NULL
         AND ($3::uuid IS NULL OR t.id > $3) ORDER BY t.id LIMIT $4`,
      [readKind, ownerId, after ?? null, limit],
    );
  }

  lock(id: string): Promise<ReportText | undefined> {
    return this.database.row(`SELECT ${TEXT} FROM ${JOINED} WHERE t.id = $1 AND t.removed_at IS NULL FOR UPDATE OF t`, [
      id,
    ]);
  }

  async add(
    text: Omit<ReportText, 'version' | 'subject' | 'group'> & { subject: string | null },
    savedBy: string,
  ): Promise<void> {
    await this.database.rows(
      `INSERT INTO report_text (id, kind, read_kind, subject, owner_id, version) VALUES ($1, $2, $3, $4, $5, 0)`,
      [text.id, text.kind, text.readKind, text.subject, text.ownerId],
    );
    await this.change(text.id, text, savedBy);
  }

  async change(id: string, { name, findings, impression }: ReportTextWords, savedBy: string): Promise<number> {
    const row = await this.database.row<{ version: number }>(
      `WITH moved AS (UPDATE report_text SET version = version + 1 WHERE id = $1 RETURNING id, version)
       INSERT INTO report_text_version (text_id, version, name, findings, impression, saved_by)
       SELECT id, version, $2, $3, $4, $5 FROM moved RETURNING version`,
      [id, name, findings, impression, savedBy],
    );
    return row!.version;
  }

  async remove(id: string): Promise<void> {
    await this.database.rows('UPDATE report_text SET removed_at = clock_timestamp() WHERE id = $1', [id]);
  }

  known(used: readonly TemplateUsed[], ownerId: string): Promise<TemplateUsed[]> {
    return this.database.rows(
      `SELECT v.text_id AS id, v.version FROM report_text_version v JOIN report_text t ON t.id = v.text_id
       JOIN unnest($1::uuid[], $2::int[]) AS u (id, version) ON u.id = v.text_id AND u.version = v.version
       WHERE t.kind = 'template' AND (t.owner_id IS NULL OR t.owner_id = $3)`,
      [used.map(({ id }) => id), used.map(({ version }) => version), ownerId],
    );
  }
}
