import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository } from '#libs/catalogue';
import { Route, scopeOf, type AuthenticatedRequest, type Caller } from '#libs/identity';
import {
  blockersOf,
  CorrectRetention,
  DeletionsRepository,
  DetermineRetention,
  HoldsRepository,
  keepUntil,
  RetentionRepository,
  visibleExam,
  type DueExam,
} from '#libs/retention';
import { ProblemFilter } from './problem.filter.js';
import { RetentionView } from './retention-view.js';
import { duePage, dueQuery, retention, retentionCorrection, retentionRules } from './retention.schemas.js';
import { valid } from './valid.pipe.js';

const PAGE_OF_ONE_EXAM = 20;

/** How long examinations are kept, and which need be kept no longer. */
@Controller('api')
@UseFilters(ProblemFilter)
export class RetentionController {
  constructor(
    private readonly retentions: RetentionRepository,
    private readonly holds: HoldsRepository,
    private readonly deletions: DeletionsRepository,
    private readonly determine: DetermineRetention,
    private readonly correctRetention: CorrectRetention,
    private readonly catalogue: CatalogueRepository,
    private readonly view: RetentionView,
    private readonly audit: AuditTrail,
  ) {}

  @Get('retention/rules')
  @Route({ permission: 'retention.view', summary: 'Retention classes and reasons to delete', response: retentionRules })
  async rules() {
    const [classes, reasons] = await Promise.all([this.retentions.classes(), this.retentions.reasons()]);
    return {
      classes: classes.map(({ nameZh, nameEn, ...one }) => ({ ...one, name: { zh: nameZh, en: nameEn } })),
      deletionReasons: reasons.map(({ textZh, textEn, ...one }) => ({ ...one, text: { zh: textZh, en: textEn } })),
    };
  }

  @Get('retention/due')
  @Route({
    permission: 'retention.view',
    summary: 'Examinations whose retention has run out; nothing happens to them until somebody decides',
    query: dueQuery,
    response: duePage,
  })
  async due(@Req() { caller }: AuthenticatedRequest, @Query(valid(dueQuery)) query: z.output<typeof dueQuery>) {
    const [startsOn, examId] = query.cursor?.split('_') ?? [];
    const found = await this.retentions.due(scopeOf(caller), this.determine.today(), {
      limit: query.limit + 1,
      ...(startsOn !== undefined && examId !== undefined ? { after: { startsOn, examId } } : {}),
    });
    const shown = found.slice(0, query.limit);
    await this.audit.record({
      actor: caller,
      action: 'list-retention-due',
      subject: { kind: 'organisation', id: caller.organisation },
      outcome: 'done',
      detail: { exams: shown.map((one) => one.examId) },
    });
    const last = shown.at(-1);
    return {
      items: shown.map(dueView),
      next: found.length > query.limit && last ? `${last.startsOn}_${last.examId}` : null,
    };
  }

  @Get('exams/:id/retention')
  @Route({ permission: 'retention.view', summary: 'How long an examination is kept, and why', response: retention })
  async one(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const exam = await visibleExam(this.catalogue, this.audit, caller, id, 'view-retention');
    await this.audit.record({
      actor: caller,
      action: 'view-retention',
      subject: { kind: 'exam', id },
      patientId: exam.patientId,
      outcome: 'done',
    });
    return this.shown(caller, id);
  }

  @Post('exams/:id/retention')
  @HttpCode(200)
  @Route({
    permission: 'retention.decide',
    summary: 'Correct the retention class of an examination, or the day that it counts from',
    body: retentionCorrection,
    response: retention,
  })
  async correct(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(retentionCorrection)) body: z.output<typeof retentionCorrection>,
  ) {
    await this.correctRetention.run(caller, id, body);
    return this.shown(caller, id);
  }

  private async shown(caller: Caller, examId: string) {
    const exam = await visibleExam(this.catalogue, this.audit, caller, examId, 'view-retention');
    const [standing, holds, before] = await Promise.all([
      this.determine.look(examId),
      this.holds.ofExam(examId),
      this.deletions.list(
        { organisations: [exam.organisation] },
        { studyInstanceUid: exam.studyInstanceUid, limit: PAGE_OF_ONE_EXAM },
      ),
    ]);
    const { classOf, told: _told, decided, ...rest } = standing!;
    return {
      examId,
      studyInstanceUid: exam.studyInstanceUid,
      ...rest,
      className: { zh: classOf.nameZh, en: classOf.nameEn },
      years: classOf.years,
      decided: decided && { reason: decided.reason, by: await this.view.who(decided.by), at: decided.at },
      holds: await this.view.holds(holds),
      deletedBefore: before.map((one) => this.view.deletion(one)),
    };
  }
}

function dueView({ state, years, standingHolds, readState, ...exam }: DueExam) {
  const facts = { arriving: state !== 'settled', standingHolds, readState, signedReports: exam.signedReports };
  return {
    ...exam,
    keepUntil: keepUntil(exam.startsOn, exam.lastVisitOn, years),
    blockedBy: blockersOf({ ...facts, expired: true }, { withinRetention: false }),
  };
}
