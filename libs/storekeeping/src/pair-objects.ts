import type { Database, ObjectReferences } from '#libs/persistence';
import type { ListedObject, ObjectStore } from '#libs/ports';
import type { NamedBy } from './difference.js';

/** What rows say of one object. */
export interface NamedObject {
  key: string;
  /** different sizes: the rows contradict each other */
  sizes: number[];
  digest: { skip: number; salt: string } | null;
  rows: NamedBy[];
}

interface ReferenceRow {
  key: string;
  size: number | null;
  skip: number | null;
  salt: string | null;
  table: string;
  id: string;
  organisation: string;
}

const ROWS_REMEMBERED = 20;

/** All rows of the declared tables that name objects. */
export function referencesSql(references: readonly ObjectReferences[]): string {
  return references
    .map(
      ({ table, key, size, digest, id, organisation }) =>
        `SELECT ${key} AS key, ${size ? `(${size})::float8` : 'NULL::float8'} AS size, ${digest ? `(${digest.skip})::int` : 'NULL::int'} AS skip,
           ${digest ? digest.salt : 'NULL'}::text AS salt, '${table}' AS "table", (${id})::text AS id, ${organisation} AS organisation
         FROM ${table} WHERE ${key} IS NOT NULL`,
    )
    .join(' UNION ALL ');
}

async function* namedObjects(database: Database, references: readonly ObjectReferences[]): AsyncGenerator<NamedObject> {
  let one: NamedObject | undefined;
  for await (const page of database.pages<ReferenceRow>(
    `SELECT * FROM (${referencesSql(references)}) AS named ORDER BY key COLLATE "C"`,
  )) {
    for (const { key, size, skip, salt, ...row } of page) {
      if (one?.key !== key) {
        if (one) yield one;
        one = { key, sizes: [], digest: skip === null ? null : { skip, salt: salt ?? '' }, rows: [] };
      }
      if (size !== null && !one.sizes.includes(size)) one.sizes.push(size);
      if (one.rows.length < ROWS_REMEMBERED) one.rows.push(row);
    }
  }
  if (one) yield one;
}

/**
 * Everything that rows name beside everything that the store holds, pair by pair in the order of the keys: two sorted streams, so that
 * millions need no more memory than a page of each. The rows are those of one moment before the listing begins; an object is put before
 * its row is written, so none of theirs can be missing from the listing for being new.
 */
export async function* pairObjects(
  database: Database,
  references: readonly ObjectReferences[],
  store: ObjectStore,
): AsyncGenerator<{ named: NamedObject | undefined; stored: ListedObject | undefined }> {
  const names = namedObjects(database, references);
  // The first row is asked for before the first object, which fixes the moment.
  let named = (await names.next()).value as NamedObject | undefined;
  const objects = store.list('')[Symbol.asyncIterator]();
  const nextObject = async (): Promise<ListedObject | undefined> => {
    const { done, value } = await objects.next();
    return done ? undefined : value;
  };
  try {
    let stored = await nextObject();
    while (named ?? stored) {
      if (stored && (!named || stored.key < named.key)) {
        yield { named: undefined, stored };
        stored = await nextObject();
      } else if (named && (!stored || named.key < stored.key)) {
        yield { named, stored: undefined };
        named = (await names.next()).value as NamedObject | undefined;
      } else {
        yield { named, stored };
        [stored, named] = [await nextObject(), (await names.next()).value as NamedObject | undefined];
      }
    }
  } finally {
    await names.return(undefined);
    await objects.return?.();
  }
}
