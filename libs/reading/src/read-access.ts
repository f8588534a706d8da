import { scopeOf, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import type { WorklistRepository, WorklistRow } from '#libs/worklist';

/** The read, if it is within the caller's sight and speciality. @throws Refusal `not-found` / `read-not-found` */
export async function visibleRead(worklist: WorklistRepository, caller: Caller, readId: string): Promise<WorklistRow> {
  const row = await worklist.row(scopeOf(caller), readId);
  if (!row || !caller.specialities.includes(row.kind)) {
    throw new Refusal('not-found', 'read-not-found', 'There is no such read.');
  }
  return row;
}
