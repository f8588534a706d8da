import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import type { Caller } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';

/** What this edge shows, and what it refuses to show, in the audit. */
@Injectable()
export class AccessRecord {
  constructor(private readonly audit: AuditTrail) {}

  async read(caller: Caller, type: string, id: string, patientId: string | null): Promise<void> {
    await this.audit.record({
      actor: caller,
      action: 'fhir-read',
      subject: { kind: type, id },
      patientId,
      outcome: 'done',
    });
  }

  /** One record for each patient in the answer; one without a patient where nothing was found. Values asked for are not kept. */
  async searched(
    caller: Caller,
    type: string,
    used: readonly [string, string][],
    shown: readonly { id: string; patientId: string | null }[],
  ): Promise<void> {
    const parameters = [...new Set(used.map(([name]) => name))];
    const patients = new Map<string | null, string[]>();
    for (const { id, patientId } of shown) patients.set(patientId, [...(patients.get(patientId) ?? []), id]);
    if (patients.size === 0) patients.set(null, []);
    for (const [patientId, ids] of patients) {
      await this.audit.record({
        actor: caller,
        action: 'fhir-search',
        subject: { kind: type, id: '' },
        patientId,
        outcome: 'done',
        detail: { parameters, ids },
      });
    }
  }

  /** A search that names another organisation's patient or number: answered as if there were none, and kept. */
  async outOfScope(caller: Caller, type: string, id: string, organisation: string): Promise<void> {
    await this.audit.record({
      actor: caller,
      action: 'fhir-search',
      subject: { kind: type, id: id.slice(0, 300) },
      outcome: 'refused',
      detail: { organisation },
    });
  }

  /**
   * What is there in scope, else the 404 that says nothing more; a try at another organisation's goes into the audit.
   * @throws Refusal `not-found` / resource-not-found
   */
  async demandFound<T>(
    caller: Caller,
    type: string,
    id: string,
    look: {
      find: () => Promise<T | undefined>;
      organisationOf: () => Promise<string | undefined>;
    },
  ): Promise<T> {
    const found = isId(id) ? await look.find() : undefined;
    if (found !== undefined) return found;
    const organisation = isId(id) ? await look.organisationOf() : undefined;
    if (organisation !== undefined) {
      await this.audit.record({
        actor: caller,
        action: 'fhir-read',
        subject: { kind: type, id },
        outcome: 'refused',
        detail: { organisation },
      });
    }
    throw new Refusal('not-found', 'resource-not-found', `There is no ${type} ${id.slice(0, 64)}.`);
  }
}
