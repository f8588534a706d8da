import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, inScope, scopeOf, type Caller } from '#libs/identity';
import { IngestRepository } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { CompletenessRepository } from './completeness.repository.js';
import type { BesideState } from './domain/beside.states.js';
import { FileInstances } from './file-instances.js';
import { ReconciliationRepository } from './reconciliation.repository.js';

/** A person decides which of two objects of one UID is served from now on; both stay, and stay provable by their digests. */
@Injectable()
export class ChooseInstance {
  constructor(
    private readonly database: Database,
    private readonly reconciliation: ReconciliationRepository,
    private readonly completeness: CompletenessRepository,
    private readonly ingest: IngestRepository,
    private readonly file: FileInstances,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `not-found` / duplicate-not-found; `conflict` / beside-illegal-transition */
  run(caller: Caller, instanceId: string, choice: 'keep' | 'serve', reason: string): Promise<{ state: BesideState }> {
    demand(caller, 'quality.decide');
    return this.database.transaction(async () => {
      const instance = await this.reconciliation.lockBeside(instanceId);
      if (!instance || !inScope(scopeOf(caller), instance.organisation)) {
        throw new Refusal('not-found', 'duplicate-not-found', 'There is no such instance.');
      }
      const by = { actor: caller.id, reason };
      const { organisation, served, beside, sopInstanceUid } = instance;
      const state = await this.reconciliation.moveBeside(instance, choice, by);
      if (choice === 'serve') {
        const studies = [...new Set([served.studyInstanceUid, beside.studyInstanceUid])].sort();
        for (const study of studies) await this.completeness.lockStudy(organisation, study);
        await this.reconciliation.displaceServed(instance, by);
        await this.file.run(await this.ingest.byIds([beside.id]));
        await this.ingest.markIndexed([beside.id]);
        for (const study of studies) await this.completeness.recount(organisation, study);
      }
      await this.audit.record({
        actor: caller,
        action: choice === 'serve' ? 'serve-other-instance' : 'keep-served-instance',
        subject: { kind: 'instance', id: instanceId },
        outcome: 'done',
        detail: { sopInstanceUid, reason, served: served.digest, beside: beside.digest },
      });
      return { state };
    });
  }
}
