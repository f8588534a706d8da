import { Controller, Get, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { ReadingRepository } from '#libs/reading';
import { WorklistRepository } from '#libs/worklist';
import { ProblemFilter } from './problem.filter.js';
import { ReadView } from './read-view.js';
import { worklistPage, worklistQuery } from './schemas.js';
import { valid } from './valid.pipe.js';

@Controller('api/worklist')
@UseFilters(ProblemFilter)
export class WorklistController {
  constructor(
    private readonly worklist: WorklistRepository,
    private readonly readings: ReadingRepository,
    private readonly view: ReadView,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({
    permission: 'worklist.view',
    summary: 'Reads that the caller may see',
    query: worklistQuery,
    response: worklistPage,
  })
  async list(@Req() request: AuthenticatedRequest, @Query(valid(worklistQuery)) query: z.output<typeof worklistQuery>) {
    const { caller } = request;
    const scope = scopeOf(caller);
    const kinds = caller.specialities.filter((kind) => query.kind === undefined || kind === query.kind);
    const review = await this.readings.waitingForReview(caller.id);
    const filter = {
      kinds,
      ...(query.state === undefined ? {} : { states: query.state.split(',') }),
      ...(query.priority === undefined ? {} : { priority: query.priority }),
      ...(query.search === undefined ? {} : { search: query.search }),
      ...(query.view === 'mine' ? { claimedBy: caller.id } : {}),
      ...(query.view === 'review' ? { ids: review } : {}),
    };
    const [rows, waiting, mine, toReview, done, today] = await Promise.all([
      this.worklist.rows(scope, {
        ...filter,
        ...(query.cursor ? { after: query.cursor } : {}),
        limit: query.limit + 1,
      }),
      this.worklist.count(scope, { kinds, states: ['open', 'assigned'] }),
      this.worklist.count(scope, { kinds, states: ['assigned', 'claimed'], claimedBy: caller.id }),
      this.worklist.count(scope, { kinds, ids: review }),
      this.worklist.count(scope, { kinds, states: ['done'] }),
      this.worklist.today(scope, kinds),
    ]);
    const shown = rows.slice(0, query.limit);
    await this.audit.record({
      actor: caller,
      action: 'list-reads',
      subject: { kind: 'worklist', id: query.view ?? query.state ?? 'all' },
      outcome: 'done',
      detail: { reads: shown.map((row) => row.id) },
    });
    return {
      items: await this.view.rows(shown),
      next: rows.length > query.limit ? shown.at(-1)!.id : null,
      counts: { waiting, mine, toReview, done },
      today,
    };
  }
}
