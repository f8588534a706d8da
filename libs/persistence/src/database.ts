import { DataSource, type EntityManager } from 'typeorm';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { Refusal } from '#libs/kernel';
import { GatheredLookups, type Scalar } from './gathered-lookups.js';

/** SQLSTATE classes that say "not now": connection trouble, resources, operator intervention (PostgreSQL, appendix A). */
const TEMPORARY = /^(08|53|57P|40001|40P01)/;

/** What pg and TypeORM say of a connection that broke, or of a server that does not answer. */
const LOST =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|is not queryable|runner already released/i;
/** A server that is held up must not hold up its senders: after so long they are told to come again. */
const ANSWER_WITHIN_MS = 12_000;

/** A new connection costs PostgreSQL a process and a password check, tens of milliseconds of its processor. */
const IDLE_MS = 300_000;

export function isTemporaryDatabaseError(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return (
    (typeof code === 'string' && (TEMPORARY.test(code) || /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code))) ||
    LOST.test(message ?? '')
  );
}

/** PostgreSQL's unique_violation. */
export function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === '23505';
}

/**
 * The database as the stages see it: SQL and entities through TypeORM, with the transaction carried by the call, so that two
 * repositories called inside one `transaction` write together.
 */
export class Database {
  private readonly current = new AsyncLocalStorage<EntityManager>();
  private readonly lookups = new GatheredLookups((sql, parameters) => this.prepared(sql, parameters));

  constructor(readonly source: DataSource) {}

  get manager(): EntityManager {
    return this.current.getStore() ?? this.source.manager;
  }

  /** The connections that TypeORM keeps; a prepared statement goes to them without its detour. */
  private get pool(): Pool {
    return (this.source.driver as unknown as { master: Pool }).master;
  }

  get inTransaction(): boolean {
    return this.current.getStore() !== undefined;
  }

  /** Runs `work` in one transaction; a transaction already under way is joined. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.inTransaction) return work();
    try {
      return await this.source.transaction((manager) => this.current.run(manager, work));
    } catch (error) {
      throw told(error);
    }
  }

  /** Rows of a query; for INSERT/UPDATE/DELETE … RETURNING the returned rows. */
  async rows<R>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    try {
      const result: unknown = await this.manager.query(sql, [...parameters]);
      // TypeORM answers [rows, count] for UPDATE and DELETE, rows for everything else.
      if (Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number') {
        return result[0] as R[];
      }
      return (result ?? []) as R[];
    } catch (error) {
      throw told(error);
    }
  }

  /**
   * The same for a statement that runs often: each connection parses it once. The text is its identity, so it must be one of few, and
   * PostgreSQL may settle on one plan for all parameters. After `MOST_PREPARED` different texts further ones run as usual.
   */
  async prepared<R>(sql: string, parameters: readonly unknown[]): Promise<R[]> {
    const name = statementName(sql);
    if (name === null) return this.rows(sql, parameters);
    try {
      const runner = this.current.getStore()?.queryRunner;
      const client = (runner ? await runner.connect() : this.pool) as ClientBase;
      const { rows } = await client.query({ name, text: sql, values: [...parameters] });
      return rows as R[];
    } catch (error) {
      throw told(error);
    }
  }

  /**
   * As `prepared`, for a lookup that many ask at the same moment: those of one text go to the database together. It must be one that is
   * quick whatever its values are, and it may join other questions outside of a transaction only.
   */
  async lookedUp<R>(sql: string, parameters: readonly Scalar[]): Promise<R[]> {
    return (this.inTransaction ? this.prepared(sql, parameters) : this.lookups.ask(sql, parameters)) as Promise<R[]>;
  }

  /**
   * The rows of a query of any size, in pages, as they were at one moment; only one page is in memory. The query takes no parameters.
   * A connection is held until the last page is taken or the iteration is given up.
   */
  async *pages<R>(sql: string, size = 2000): AsyncGenerator<R[]> {
    const runner = this.source.createQueryRunner();
    await runner.connect();
    try {
      await runner.startTransaction('REPEATABLE READ');
      await runner.query(`DECLARE page_of_rows NO SCROLL CURSOR FOR ${sql}`);
      for (;;) {
        const rows = (await runner.query(`FETCH ${size} FROM page_of_rows`)) as R[];
        if (rows.length > 0) yield rows;
        if (rows.length < size) return;
      }
    } finally {
      await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
    }
  }

  async row<R>(sql: string, parameters: readonly unknown[] = []): Promise<R | undefined> {
    return (await this.rows<R>(sql, parameters))[0];
  }
}

function told(error: unknown): unknown {
  return isTemporaryDatabaseError(error)
    ? new Refusal('unavailable', 'database-unavailable', 'The database cannot be reached right now; try again.')
    : error;
}

/** Each takes memory on each connection. */
const MOST_PREPARED = 200;
const names = new Map<string, string>();
/** PostgreSQL cuts names at 63 bytes. */
function statementName(sql: string): string | null {
  let name = names.get(sql);
  if (name === undefined) {
    if (names.size >= MOST_PREPARED) return null;
    name = `q${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
    names.set(sql, name);
  }
  return name;
}

/** `patient`: statements may take as long as they like, as migrations do; else each must answer within 12 s. */
export async function openDatabase(options: {
  url: string;
  poolSize?: number;
  name: string;
  patient?: boolean;
}): Promise<Database> {
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: [],
    synchronize: false,
    applicationName: options.name,
    poolSize: options.poolSize ?? 12,
    connectTimeoutMS: 5000,
    extra: {
      keepAlive: true,
      idleTimeoutMillis: IDLE_MS,
      ...(options.patient ? {} : { query_timeout: ANSWER_WITHIN_MS }),
    },
    logging: false,
  });
  await source.initialize();
  return new Database(source);
}
