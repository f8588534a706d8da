import { join } from 'node:path';
import type { AuditTrail } from '#libs/audit';
import type { Database, ObjectReferences } from '#libs/persistence';
import type { ObjectStore } from '#libs/ports';
import { CollectGarbage, removeOldFiles } from '#libs/storekeeping';

const HOUR_MS = 3_600_000;

/** What nobody names and nobody will: objects without a row, unfinished puts, spool files of the dead, uploads given up. */
export async function collectGarbage(
  on: {
    database: Database;
    store: ObjectStore;
    references: readonly ObjectReferences[];
    audit: AuditTrail;
    dataDir: string;
  },
  { apply, json, ageHours, uploadDays }: { apply: boolean; json: boolean; ageHours: number; uploadDays: number },
): Promise<number> {
  const garbage = new CollectGarbage(on.database, on.store, on.references, on.audit);
  const collected = await garbage.run({ apply, ageHours });
  const unfinished = apply ? await on.store.clearUnfinished(Math.max(1, ageHours) * HOUR_MS) : 0;
  const spooled = await removeOldFiles(join(on.dataDir, 'spool'), Math.max(1, ageHours) * HOUR_MS, apply);
  const uploads = await removeOldFiles(join(on.dataDir, 'uploads'), uploadDays * 24 * HOUR_MS, apply);
  const result = {
    applied: apply,
    ...collected,
    unfinishedPuts: unfinished,
    spoolFiles: spooled,
    uploadFiles: uploads,
  };
  const words = [
    `${collected.found.objects} objects (${collected.found.bytes} bytes) are named by no row and older than ${ageHours} h`,
    `${spooled} old spool files, ${uploads} files of uploads untouched for ${uploadDays} days`,
    apply
      ? `condemned now: ${collected.condemned}; removed: ${collected.removed.objects} objects (${collected.removed.bytes} bytes) that had been condemned for ${ageHours} h, ${unfinished} unfinished puts`
      : 'nothing was changed; --apply condemns, and a run a day later removes',
  ];
  process.stdout.write(`${json ? JSON.stringify(result) : words.join('\n')}\n`);
  return 0;
}
