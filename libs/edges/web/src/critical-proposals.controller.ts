import { Body, Controller, HttpCode, Param, Post, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { DecideProposal } from '#libs/critical';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { FindVisibleRead } from './find-visible-read.js';
import { ProblemFilter } from './problem.filter.js';
import { dismissalBody, done } from './schemas.js';
import { valid } from './valid.pipe.js';

@Controller('api/reads/:id/critical-proposals/:proposal')
@UseFilters(ProblemFilter)
export class CriticalProposalsController {
  constructor(
    private readonly visibleRead: FindVisibleRead,
    private readonly decideProposal: DecideProposal,
  ) {}

  @Post('accept')
  @HttpCode(200)
  @Route({ permission: 'report.write', summary: 'It is a critical value, says who reads', response: done })
  async accept(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string, @Param('proposal') proposal: string) {
    const read = await this.visibleRead.run(caller, id);
    await this.decideProposal.run(caller, read, proposal, { outcome: 'accepted' });
    return { id: proposal };
  }

  @Post('dismiss')
  @HttpCode(200)
  @Route({
    permission: 'report.write',
    summary: 'It is no critical value, says who reads, and why',
    body: dismissalBody,
    response: done,
  })
  async dismiss(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Param('proposal') proposal: string,
    @Body(valid(dismissalBody)) { reason, note }: z.output<typeof dismissalBody>,
  ) {
    const read = await this.visibleRead.run(caller, id);
    await this.decideProposal.run(caller, read, proposal, { outcome: 'dismissed', reason, note: note ?? null });
    return { id: proposal };
  }
}
