import { Controller, Get, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { ReadingRepository } from '#libs/reading';
import { ageAt, ReportRepository } from '#libs/report';
import { ImageQualityRepository, WorklistRepository } from '#libs/worklist';
import { qualityOf } from './image-quality-view.js';
import { ProblemFilter } from './problem.filter.js';
import { examPage, pageQuery } from './schemas.js';
import { valid } from './valid.pipe.js';

/** The township's own page: what was sent, how far it is, and what came back. */
@Controller('api/exams')
@UseFilters(ProblemFilter)
export class ExamsController {
  constructor(
    private readonly worklist: WorklistRepository,
    private readonly qualities: ImageQualityRepository,
    private readonly readings: ReadingRepository,
    private readonly reports: ReportRepository,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({
    permission: 'exam.follow',
    summary: "The organisation's own examinations",
    query: pageQuery,
    response: examPage,
  })
  async list(@Req() { caller }: AuthenticatedRequest, @Query(valid(pageQuery)) query: z.output<typeof pageQuery>) {
    const exams = await this.worklist.sent(caller.organisation, {
      limit: query.limit + 1,
      ...(query.cursor ? { after: query.cursor } : {}),
    });
    const shown = exams.slice(0, query.limit);
    const reads = shown.flatMap(({ read }) => read ?? []);
    const [readings, reports, qualities] = await Promise.all([
      this.readings.summaries(shown.flatMap((exam) => exam.read?.id ?? [])),
      this.reports.byExams(shown.map((exam) => exam.id)),
      this.qualities.of(reads.flatMap(({ id, retakeOf }) => (retakeOf === null ? [id] : [id, retakeOf]))),
    ]);
    await this.audit.record({
      actor: caller,
      action: 'list-exams',
      subject: { kind: 'organisation', id: caller.organisation },
      outcome: 'done',
      detail: { exams: shown.map((exam) => exam.id) },
    });
    const items = shown.map((exam) => {
      const report = reports.find((one) => one.examId === exam.id);
      const readingState = readings.find((one) => one.id === exam.read?.id)?.state ?? null;
      const { missingInstances, ...shownExam } = exam;
      return {
        ...shownExam,
        patient: { ...exam.patient, age: ageAt(exam.patient.birthDate, exam.examinedAt ?? exam.receivedAt) },
        missing: missingInstances,
        read: exam.read && { id: exam.read.id, state: exam.read.state, readingState },
        ...(exam.read ? qualityOf(exam.read, qualities) : { quality: null, retake: null }),
        report: report ? { id: report.id, status: report.status, signedAt: report.signedAt } : null,
      };
    });
    return { items, next: exams.length > query.limit ? shown.at(-1)!.id : null };
  }
}
