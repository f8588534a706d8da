import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, type Caller } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import type { HangingRule, HangingRuleContent } from './domain/hanging-rule.js';
import { HangingRulesRepository } from './hanging-rules.repository.js';

const MOST = 200;

/** A reader's own rules are the reader's alone; the network's are changed by whom the network office gives that duty. */
@Injectable()
export class SaveHangingRule {
  constructor(
    private readonly database: Database,
    private readonly rules: HangingRulesRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** It goes before all others of its owner. @throws Refusal `conflict` / too-many-hanging-rules */
  add(
    caller: Caller,
    { network, ...content }: HangingRuleContent & { network: boolean },
  ): Promise<{ id: string; version: number }> {
    demandFor(caller, network);
    const ownerId = network ? null : caller.id;
    return this.database.transaction(async () => {
      if ((await this.rules.count(ownerId)) >= MOST)
        throw new Refusal('conflict', 'too-many-hanging-rules', 'There are too many rules; remove some first.');
      const id = newId();
      await this.rules.add(id, ownerId, content, caller.id);
      await this.kept(caller, 'add-hanging-rule', id, { network });
      return { id, version: 1 };
    });
  }

  /** @throws Refusal `not-found` / hanging-rule-not-found; `conflict` / stale-hanging-rule */
  change(
    caller: Caller,
    id: string,
    change: Partial<HangingRuleContent>,
    version: number,
  ): Promise<{ version: number }> {
    return this.database.transaction(async () => {
      const rule = await this.own(caller, id);
      if (rule.version !== version)
        throw new Refusal('conflict', 'stale-hanging-rule', 'It was changed meanwhile; nothing was overwritten.');
      const saved = await this.rules.change(id, { ...rule, ...change }, caller.id);
      await this.kept(caller, 'change-hanging-rule', id, { version: saved, network: rule.ownerId === null });
      return { version: saved };
    });
  }

  /** @throws Refusal `not-found` / hanging-rule-not-found */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.database.transaction(async () => {
      const rule = await this.own(caller, id);
      await this.rules.remove(id);
      await this.kept(caller, 'remove-hanging-rule', id, { network: rule.ownerId === null });
    });
  }

  /** Ids that are not among the owner's count for nothing. */
  async order(caller: Caller, network: boolean, ids: readonly string[]): Promise<void> {
    demandFor(caller, network);
    await this.database.transaction(async () => {
      await this.rules.order(network ? null : caller.id, ids);
      if (network) await this.kept(caller, 'order-hanging-rules', caller.id, { network });
    });
  }

  /** Another's is as if it were not there. */
  private async own(caller: Caller, id: string): Promise<HangingRule> {
    const rule = await this.rules.lock(id);
    if (!rule || (rule.ownerId !== null && rule.ownerId !== caller.id))
      throw new Refusal('not-found', 'hanging-rule-not-found', 'There is no such rule.');
    demandFor(caller, rule.ownerId === null);
    return rule;
  }

  private kept(caller: Caller, action: string, id: string, detail: Record<string, unknown>): Promise<void> {
    return this.audit.record({ actor: caller, action, subject: { kind: 'hanging-rule', id }, outcome: 'done', detail });
  }
}

const demandFor = (caller: Caller, network: boolean): void =>
  demand(caller, network ? 'hanging-rule.manage' : 'worklist.view');
