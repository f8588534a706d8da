import type { Database, ObjectReferences } from '#libs/persistence';
import type { ObjectStore } from '#libs/ports';
import { VerifyStore, type Difference } from '#libs/storekeeping';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function inWords({ kind, key, expectedSize, storedSize, rows }: Difference): string {
  const sizes = `${storedSize ?? 'no'} bytes stored${expectedSize === null ? '' : `, ${expectedSize} by its row`}`;
  const names = rows.map((row) => `${row.table} ${row.id} (${row.organisation})`).join(', ');
  return `${kind}  ${key}  ${sizes}${names ? `  named by ${names}` : ''}`;
}

/** One line a difference, then the sum; with `json` every line is a JSON object, the last one has `summary`. */
export async function verifyStore(
  on: { database: Database; store: ObjectStore; references: readonly ObjectReferences[] },
  options: { deep: boolean; json: boolean; graceMs: number },
): Promise<number> {
  const summary = await new VerifyStore(on.database, on.store, on.references).run({
    deep: options.deep,
    graceMs: options.graceMs,
    onDifference: (difference) => say(options.json ? JSON.stringify(difference) : inWords(difference)),
    onProgress: ({ objects }) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${objects} objects `);
    },
  });
  const { differences, objects, bytes, arriving } = summary;
  const damage = differences['object-missing'] + differences['size-differs'] + differences['content-differs'];
  const unreferenced = differences['object-unreferenced'];
  if (options.json) say(JSON.stringify({ summary, deep: options.deep }));
  else {
    say(`${objects} objects that rows name, ${bytes} bytes, ${options.deep ? 'every byte read' : 'sizes compared'}`);
    if (arriving > 0) say(`${arriving} young objects still without a row`);
    say(damage === 0 ? 'nothing is missing or changed' : `${damage} objects are missing or not what they were`);
    if (unreferenced > 0) say(`${unreferenced} objects are named by no row: npm run collect-garbage`);
  }
  return damage > 0 ? 1 : unreferenced > 0 ? 3 : 0;
}
