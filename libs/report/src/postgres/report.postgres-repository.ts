import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Database, Outbox } from '#libs/persistence';
import { REPORT_SIGNED } from '../domain/report.events.js';
import type { SignedReport } from '../domain/report.js';
import { REPORT_STATES } from '../domain/report.states.js';
import { ReportRepository, type ReportFilter } from '../report.repository.js';

const SIGNED = `t.id, t.read_id AS "readId", (SELECT x.id FROM exam x WHERE x.id = t.exam_id) AS "examId", t.patient_id AS "patientId", t.organisation,
  t.reading_organisation AS "readingOrganisation", t.kind, t.item, t.status, t.version, t.last_updated AS "lastUpdated", v.content,
  v.canonical, v.content_sha256 AS "contentSha256", v.author_signature AS "authorSignature",
  v.reviewer_signature AS "reviewerSignature", v.pdf_key AS "pdfKey", v.pdf_sha256 AS "pdfSha256", v.signed_at AS "signedAt"`;
const JOINED = `report t JOIN report_version v ON v.report_id = t.id AND v.version = t.version`;

@Injectable()
export class ReportPostgresRepository extends ReportRepository {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async add(report: SignedReport, actor: string): Promise<void> {
    // One after the other within an organisation, each a millisecond later at least: the order of last_updated is then the order in
    // which reports become visible, and a reader that follows it by exact instants never steps over one.
    await this.database.rows(`SELECT pg_advisory_xact_lock(hashtext('report'), hashtext($1))`, [report.organisation]);
    await this.database.rows(
      `INSERT INTO report (id, read_id, exam_id, patient_id, organisation, reading_organisation, kind, item, status, version, last_updated)
       VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10, greatest(date_trunc('milliseconds', clock_timestamp()),
         (SELECT date_trunc('milliseconds', max(last_updated)) + interval '1 millisecond' FROM report WHERE organisation = $5)))`,
      [
        report.id,
        report.readId,
        report.examId,
        report.patientId,
        report.organisation,
        report.readingOrganisation,
        report.kind,
        report.item,
        report.status,
        report.version,
      ],
    );
    const { content } = report;
    await this.database.rows(
      `INSERT INTO report_version (report_id, version, content, canonical, content_sha256, previous_sha256, instances, instances_sha256,
         author_id, reviewer_id, author_signature, reviewer_signature, pdf_key, pdf_sha256, signed_at)
       VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
      [
        report.id,
        report.version,
        JSON.stringify(content),
        report.canonical,
        report.contentSha256,
        content.previousSha256,
        JSON.stringify(content.instances),
        content.instancesSha256,
        content.author.id,
        content.reviewer.id,
        JSON.stringify(report.authorSignature),
        JSON.stringify(report.reviewerSignature),
        report.pdfKey,
        report.pdfSha256,
        report.signedAt,
      ],
    );
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ('report', $1, $2, $3, 'sign', $4)`,
      [report.id, REPORT_STATES.initial, report.status, actor],
    );
    await this.outbox.publish(REPORT_SIGNED, report.id, { reportId: report.id, version: report.version });
  }

  find(scope: OrganisationScope, id: string): Promise<SignedReport | undefined> {
    return this.database.row(
      `SELECT ${SIGNED} FROM ${JOINED} WHERE t.id = $2 AND ($1::text[] IS NULL OR t.organisation = ANY($1))`,
      [scopeParameter(scope), id],
    );
  }

  search(scope: OrganisationScope, filter: ReportFilter): Promise<SignedReport[]> {
    return this.database.rows(
      `SELECT ${SIGNED} FROM ${JOINED} JOIN patient p ON p.id = t.patient_id LEFT JOIN exam e ON e.id = t.exam_id
       WHERE ($1::text[] IS NULL OR t.organisation = ANY($1)) AND ($2::text IS NULL OR p.number = $2)
         AND ($3::text IS NULL OR t.organisation = $3) AND ($4::uuid IS NULL OR t.patient_id = $4)
         AND ($5::text IS NULL OR p.id_card = $5) AND ($6::text IS NULL OR coalesce(e.accession_number, v.content->'exam'->>'accessionNumber') = $6)
         AND ($7::text[] IS NULL OR t.status = ANY($7)) AND ($8::timestamptz IS NULL OR t.last_updated >= $8)
         AND ($9::timestamptz IS NULL OR t.last_updated < $9)
         AND ($10::timestamptz IS NULL OR (t.last_updated, t.id) > ($10, $11::uuid))
         AND ($12::uuid[] IS NULL OR t.id = ANY($12)) AND ($13::text[] IS NULL OR t.item = ANY($13))
       ORDER BY t.last_updated, t.id LIMIT $14`,
      [
        scopeParameter(scope),
        filter.patientNumber ?? null,
        filter.patientOrganisation ?? null,
        filter.patientId ?? null,
        filter.idCard ?? null,
        filter.accessionNumber ?? null,
        filter.status ?? null,
        filter.updatedFrom ?? null,
        filter.updatedTo ?? null,
        filter.after?.lastUpdated ?? null,
        filter.after?.id ?? null,
        filter.ids ?? null,
        filter.items ?? null,
        filter.limit,
      ],
    );
  }

  byReads(readIds: readonly string[]): Promise<{ readId: string; id: string; status: string; signedAt: Date }[]> {
    return this.database.rows(
      `SELECT t.read_id AS "readId", t.id, t.status, v.signed_at AS "signedAt" FROM ${JOINED} WHERE t.read_id = ANY($1)`,
      [readIds],
    );
  }

  byExams(examIds: readonly string[]): Promise<{ examId: string; id: string; status: string; signedAt: Date }[]> {
    return this.database.rows(
      `SELECT t.exam_id AS "examId", t.id, t.status, v.signed_at AS "signedAt" FROM ${JOINED} WHERE t.exam_id = ANY($1)`,
      [examIds],
    );
  }

  ofPerson(personId: string, item: string, since: Date): Promise<SignedReport[]> {
    return this.database.rows(
      `SELECT ${SIGNED} FROM ${JOINED} JOIN patient p ON p.id = t.patient_id JOIN exam e ON e.id = t.exam_id
       WHERE p.person_id = $1 AND t.item = $2 AND t.status IN ('final', 'amended') AND coalesce(e.examined_at, e.first_received_at) >= $3
       ORDER BY coalesce(e.examined_at, e.first_received_at) DESC LIMIT 20`,
      [personId, item, since],
    );
  }

  async organisationOf(reportId: string): Promise<string | undefined> {
    return (
      await this.database.row<{ organisation: string }>('SELECT organisation FROM report WHERE id = $1', [reportId])
    )?.organisation;
  }
}
