import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Database } from '#libs/persistence';
import {
  QualityFiguresRepository,
  type QualityCase,
  type QualityFigure,
  type QualityFigures,
} from '../quality-figures.repository.js';

/**
 * The reads of some days with what was said of their images. Images that came again are those of the read that names this one as its
 * original, or its own where the examination itself was completed.
 */
const READS = `WITH judged AS (
  SELECT r.id, r.organisation, r.kind, r.item, r.exam_id, r.created_at, g.verdict AS grade, coalesce(g.reasons, '{}') AS grade_faults,
    b.given_at AS returned_at, coalesce(b.reasons, '{}') AS return_faults, n.id AS retaken_by,
    coalesce(n.created_at, (SELECT min(t.at) FROM state_transition t WHERE t.machine = 'read' AND t.subject_id = r.id
      AND t.event = 'resume' AND t.at > b.given_at)) AS retaken_at
  FROM read r
    LEFT JOIN LATERAL (SELECT verdict, reasons FROM image_quality q WHERE q.read_id = r.id AND q.verdict <> 'returned'
      ORDER BY q.given_at DESC, q.id DESC LIMIT 1) g ON true
    LEFT JOIN LATERAL (SELECT given_at, reasons FROM image_quality q WHERE q.read_id = r.id AND q.verdict = 'returned'
      ORDER BY q.given_at, q.id LIMIT 1) b ON true
    LEFT JOIN read n ON n.retake_of = r.id
  WHERE ($1::text[] IS NULL OR r.organisation = ANY($1)) AND r.created_at >= $2 AND r.created_at < $3 AND r.state <> 'cancelled')`;

@Injectable()
export class QualityFiguresPostgresRepository extends QualityFiguresRepository {
  constructor(private readonly database: Database) {
    super();
  }

  of(scope: OrganisationScope, { from, to }: { from: Date; to: Date }): Promise<QualityFigures[]> {
    return this.database.rows(
      `${READS}, named AS (
         SELECT organisation, kind, fault, count(*)::int AS n FROM judged, unnest(grade_faults || return_faults) AS fault GROUP BY 1, 2, 3)
       SELECT json_build_object('code', o.code, 'name', o.name) AS organisation, j.kind, count(*)::int AS reads,
         count(*) FILTER (WHERE grade = 'A')::int AS "gradeA", count(*) FILTER (WHERE grade = 'B')::int AS "gradeB",
         count(*) FILTER (WHERE grade = 'C')::int AS "gradeC",
         count(*) FILTER (WHERE grade IS NULL AND (returned_at IS NULL OR retaken_by IS NULL AND retaken_at IS NOT NULL))::int AS ungraded,
         count(returned_at)::int AS returned, count(retaken_at)::int AS retaken,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM retaken_at - returned_at) / 60) AS "medianRetakeMinutes",
         coalesce((SELECT json_object_agg(fault, n) FROM named n WHERE n.organisation = o.code AND n.kind = j.kind), '{}') AS faults
       FROM judged j JOIN organisation o ON o.code = j.organisation GROUP BY o.code, o.name, j.kind ORDER BY o.name, o.code, j.kind DESC`,
      [scopeParameter(scope), from, to],
    );
  }

  cases(
    scope: OrganisationScope,
    { from, to }: { from: Date; to: Date },
    which: {
      organisation: string;
      kind: 'imaging' | 'ecg';
      figure?: QualityFigure | undefined;
      fault?: string | undefined;
    },
    page: { after?: string | undefined; limit: number },
  ): Promise<QualityCase[]> {
    return this.database.rows(
      `${READS} SELECT j.id AS "readId", p.number AS "patientNumber", p.name AS "patientName", coalesce(i.name, e.description) AS item,
         j.created_at AS "openedAt", j.grade, array(SELECT DISTINCT unnest(grade_faults || return_faults)) AS faults,
         returned_at IS NOT NULL AS returned, retaken_by AS "retakenBy"
       FROM judged j LEFT JOIN exam e ON e.id = j.exam_id LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN exam_item i ON i.code = j.item
       WHERE j.organisation = $4 AND j.kind = $5 AND ($6::text IS NULL OR $6 = ANY(grade_faults || return_faults))
         AND CASE $7::text WHEN 'A' THEN grade = 'A' WHEN 'B' THEN grade = 'B' WHEN 'C' THEN grade = 'C'
           WHEN 'ungraded' THEN grade IS NULL AND (returned_at IS NULL OR retaken_by IS NULL AND retaken_at IS NOT NULL)
           WHEN 'returned' THEN returned_at IS NOT NULL WHEN 'retaken' THEN retaken_at IS NOT NULL ELSE true END
         AND ($8::uuid IS NULL OR j.id < $8) ORDER BY j.id DESC LIMIT $9`,
      [
        scopeParameter(scope),
        from,
        to,
        which.organisation,
        which.kind,
        which.fault ?? null,
        which.figure ?? null,
        page.after ?? null,
        page.limit,
      ],
    );
  }
}
