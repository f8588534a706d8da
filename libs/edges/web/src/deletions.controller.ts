import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { inScope, Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';
import { DeleteExam, DeletionsRepository, HoldExam, HoldsRepository } from '#libs/retention';
import { ProblemFilter } from './problem.filter.js';
import { RetentionView } from './retention-view.js';
import {
  deleted,
  deletedInstances,
  deletionBody,
  deletionPage,
  deletionQuery,
  holdBody,
  holdPage,
  holdState,
} from './retention.schemas.js';
import { pageQuery } from './schemas.js';
import { valid } from './valid.pipe.js';

/** Holds (封存) and deletions: what must stay, and what went, when, by whom and why. */
@Controller('api')
@UseFilters(ProblemFilter)
export class DeletionsController {
  constructor(
    private readonly holds: HoldsRepository,
    private readonly deletions: DeletionsRepository,
    private readonly holdExam: HoldExam,
    private readonly deleteExam: DeleteExam,
    private readonly view: RetentionView,
    private readonly audit: AuditTrail,
  ) {}

  @Get('holds')
  @Route({ permission: 'retention.view', summary: 'Holds that stand', query: pageQuery, response: holdPage })
  async standing(@Req() { caller }: AuthenticatedRequest, @Query(valid(pageQuery)) query: z.output<typeof pageQuery>) {
    const found = await this.holds.standing(scopeOf(caller), {
      limit: query.limit + 1,
      ...(query.cursor ? { after: query.cursor } : {}),
    });
    const shown = found.slice(0, query.limit);
    await this.audit.record({
      actor: caller,
      action: 'list-holds',
      subject: { kind: 'organisation', id: caller.organisation },
      outcome: 'done',
      detail: { exams: shown.map((one) => one.examId) },
    });
    return { items: await this.view.holds(shown), next: found.length > query.limit ? shown.at(-1)!.id : null };
  }

  @Post('exams/:id/holds')
  @Route({
    permission: 'retention.decide',
    summary: 'Hold an examination: nothing of it is deleted until the hold is lifted',
    body: holdBody,
    response: holdState,
    status: 201,
  })
  place(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(holdBody)) body: z.output<typeof holdBody>,
  ) {
    return this.holdExam.place(caller, id, body.reason);
  }

  @Post('holds/:id/lift')
  @HttpCode(200)
  @Route({ permission: 'retention.decide', summary: 'Lift a hold', body: holdBody, response: holdState })
  lift(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(holdBody)) body: z.output<typeof holdBody>,
  ) {
    return this.holdExam.lift(caller, id, body.reason);
  }

  @Post('exams/:id/deletion')
  @HttpCode(200)
  @Route({
    permission: 'exam.delete',
    summary: 'Delete an examination, for a coded reason and with a note',
    body: deletionBody,
    response: deleted,
  })
  async delete(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(deletionBody)) body: z.output<typeof deletionBody>,
  ) {
    const { examId, studyInstanceUid, reason, instances, sizeBytes } = await this.deleteExam.run(caller, id, body);
    return { examId, studyInstanceUid, reason, instances: instances.length, sizeBytes };
  }

  @Get('deletions')
  @Route({
    permission: 'retention.view',
    summary: 'Examinations that were deleted',
    query: deletionQuery,
    response: deletionPage,
  })
  async list(
    @Req() { caller }: AuthenticatedRequest,
    @Query(valid(deletionQuery)) query: z.output<typeof deletionQuery>,
  ) {
    const found = await this.deletions.list(scopeOf(caller), {
      limit: query.limit + 1,
      ...(query.studyInstanceUid ? { studyInstanceUid: query.studyInstanceUid } : {}),
      ...(query.cursor ? { after: query.cursor } : {}),
    });
    const shown = found.slice(0, query.limit);
    await this.audit.record({
      actor: caller,
      action: 'list-deletions',
      subject: { kind: 'organisation', id: caller.organisation },
      outcome: 'done',
      detail: { exams: shown.map((one) => one.examId) },
    });
    const items = shown.map((one) => this.view.deletion(one));
    return { items, next: found.length > query.limit ? shown.at(-1)!.examId : null };
  }

  @Get('deletions/:id/instances')
  @Route({
    permission: 'retention.view',
    summary: 'UIDs and digests of a deleted examination',
    response: deletedInstances,
  })
  async instances(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const found = isId(id) ? await this.deletions.one(id) : undefined;
    const seen = found !== undefined && inScope(scopeOf(caller), found.organisation);
    if (found) {
      await this.audit.record({
        actor: caller,
        action: 'view-deletion',
        subject: { kind: 'exam', id },
        patientId: found.patientId,
        outcome: seen ? 'done' : 'refused',
      });
    }
    if (!found || !seen) throw new Refusal('not-found', 'deletion-not-found', 'There is no such deletion.');
    return { examId: found.examId, studyInstanceUid: found.studyInstanceUid, instances: found.instances };
  }
}
