import { Controller, Get, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { monthBounds, QualityFiguresRepository } from '#libs/figures';
import { inScope, Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { qualityCases, qualityCasesQuery, qualityFigures, qualityFiguresQuery } from './figures.schemas.js';
import { ProblemFilter } from './problem.filter.js';
import { valid } from './valid.pipe.js';

/** What members' months look like, and the cases behind each figure. A member sees its own, the network's office all. */
@Controller('api/figures')
@UseFilters(ProblemFilter)
export class FiguresController {
  constructor(
    private readonly figures: QualityFiguresRepository,
    private readonly audit: AuditTrail,
  ) {}

  @Get('quality')
  @Route({
    permission: 'figures.view',
    summary: 'Image quality by member in a month (影像质控): grades, returns, retakes, faults',
    query: qualityFiguresQuery,
    response: qualityFigures,
  })
  async quality(
    @Req() { caller }: AuthenticatedRequest,
    @Query(valid(qualityFiguresQuery)) { month }: z.output<typeof qualityFiguresQuery>,
  ) {
    return { month, items: await this.figures.of(scopeOf(caller), monthBounds(month)) };
  }

  @Get('quality/cases')
  @Route({
    permission: 'figures.view',
    summary: 'The examinations behind a figure of image quality',
    query: qualityCasesQuery,
    response: qualityCases,
  })
  async cases(
    @Req() { caller }: AuthenticatedRequest,
    @Query(valid(qualityCasesQuery)) query: z.output<typeof qualityCasesQuery>,
  ) {
    const { month, organisation, kind, figure, fault, cursor, limit } = query;
    if (!inScope(scopeOf(caller), organisation)) {
      await this.audit.record({
        actor: caller,
        action: 'list-quality-cases',
        subject: { kind: 'organisation', id: organisation },
        outcome: 'refused',
      });
      throw new Refusal('not-found', 'organisation-not-found', 'There is no such organisation.');
    }
    const which = { organisation, kind, figure, fault };
    const found = await this.figures.cases(scopeOf(caller), monthBounds(month), which, {
      after: cursor,
      limit: limit + 1,
    });
    const shown = found.slice(0, limit);
    await this.audit.record({
      actor: caller,
      action: 'list-quality-cases',
      subject: { kind: 'organisation', id: organisation },
      outcome: 'done',
      detail: { month, reads: shown.map(({ readId }) => readId) },
    });
    const items = shown.map(({ patientNumber, patientName, openedAt, ...one }) => ({
      ...one,
      patient: patientNumber === null || patientName === null ? null : { number: patientNumber, name: patientName },
      openedAt: new Date(openedAt).toISOString(),
    }));
    return { items, next: found.length > limit ? shown.at(-1)!.readId : null };
  }
}
