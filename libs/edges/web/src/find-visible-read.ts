import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import type { Caller } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';
import { visibleRead } from '#libs/reading';
import { WorklistRepository, type WorklistRow } from '#libs/worklist';

/** The read that an address names, if the caller may see it; a try at another's is in the audit. */
@Injectable()
export class FindVisibleRead {
  constructor(
    private readonly worklist: WorklistRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `not-found` / read-not-found */
  async run(caller: Caller, id: string): Promise<WorklistRow> {
    if (!isId(id)) throw new Refusal('not-found', 'read-not-found', 'There is no such read.');
    try {
      return await visibleRead(this.worklist, caller, id);
    } catch (refusal) {
      if ((await this.worklist.organisationOf(id)) !== undefined) {
        await this.audit.record({
          actor: caller,
          action: 'view-read',
          subject: { kind: 'read', id },
          outcome: 'refused',
        });
      }
      throw refusal;
    }
  }
}
