import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { demand, Route, type AuthenticatedRequest } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';
import { HangingRulesRepository, SaveHangingRule } from '#libs/reading';
import {
  hangingRuleAdded,
  hangingRuleBody,
  hangingRuleChange,
  hangingRuleChanged,
  hangingRuleOrder,
  hangingRules,
} from './hanging-rules.schemas.js';
import { ProblemFilter } from './problem.filter.js';
import { valid } from './valid.pipe.js';

/** How examinations are hung when they are opened (挂片规则): the caller's own rules, and the network's. */
@Controller('api/hanging-rules')
@UseFilters(ProblemFilter)
export class HangingRulesController {
  constructor(
    private readonly rules: HangingRulesRepository,
    private readonly save: SaveHangingRule,
  ) {}

  @Get()
  @Route({
    permission: 'session.use',
    summary:
      'Rules by which examinations are hung, in the order in which they are tried (`worklist.view` or `hanging-rule.manage`)',
    response: hangingRules,
  })
  async list(@Req() { caller }: AuthenticatedRequest) {
    if (!caller.permissions.has('hanging-rule.manage')) demand(caller, 'worklist.view');
    const found = await this.rules.list(caller.id);
    return { items: found.map(({ ownerId, ...rule }) => ({ ...rule, own: ownerId !== null })) };
  }

  @Post()
  @Route({
    permission: 'session.use',
    summary:
      'Keep a rule: an own one (`worklist.view`), or one of the network (`hanging-rule.manage`); it is tried before those of its owner',
    body: hangingRuleBody,
    response: hangingRuleAdded,
    status: 201,
  })
  add(
    @Req() { caller }: AuthenticatedRequest,
    @Body(valid(hangingRuleBody)) body: z.output<typeof hangingRuleBody>,
  ): Promise<{ id: string; version: number }> {
    return this.save.add(caller, body);
  }

  @Put('order')
  @HttpCode(204)
  @Route({
    permission: 'session.use',
    summary: 'The order in which own rules are tried, or those of the network; what is not named comes last',
    body: hangingRuleOrder,
    status: 204,
  })
  order(
    @Req() { caller }: AuthenticatedRequest,
    @Body(valid(hangingRuleOrder)) { ids, network }: z.output<typeof hangingRuleOrder>,
  ): Promise<void> {
    return this.save.order(caller, network, ids);
  }

  @Put(':id')
  @Route({
    permission: 'session.use',
    summary: 'Rename a rule, switch it off or on, or rewrite it',
    body: hangingRuleChange,
    response: hangingRuleChanged,
  })
  change(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(hangingRuleChange)) { version, ...change }: z.output<typeof hangingRuleChange>,
  ): Promise<{ version: number }> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    return this.save.change(caller, known(id), given, version);
  }

  @Delete(':id')
  @HttpCode(204)
  @Route({ permission: 'session.use', summary: 'Remove a rule', status: 204 })
  remove(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string): Promise<void> {
    return this.save.remove(caller, known(id));
  }
}

function known(id: string): string {
  if (!isId(id)) throw new Refusal('not-found', 'hanging-rule-not-found', 'There is no such rule.');
  return id;
}
