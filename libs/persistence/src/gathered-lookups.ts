export type Scalar = string | number;

/** Runs a statement that each connection keeps prepared. */
type Run = (sql: string, parameters: readonly unknown[]) => Promise<Record<string, unknown>[]>;

interface Waiting {
  parameters: readonly Scalar[];
  done(rows: Record<string, unknown>[]): void;
  failed(error: unknown): void;
}
interface Line {
  readonly waiting: Waiting[];
  underWay: number;
  due: boolean;
}

/** Questions in one statement at most. */
const MOST_TOGETHER = 64;
/** Statements of one text at once, so that a question with a long answer does not hold up all others. */
const LANES = 3;
const NUMBER_OF_QUESTION = 'gathered_question';

/**
 * Questions with the same text and other values, asked in one turn of the event loop or while others are under way, go to the database
 * as one statement: one message there and one back for many. Nobody waits for a timer.
 */
export class GatheredLookups {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly run: Run) {}

  ask(sql: string, parameters: readonly Scalar[]): Promise<Record<string, unknown>[]> {
    const statement = together(sql, parameters);
    let line = this.lines.get(statement);
    if (line === undefined) this.lines.set(statement, (line = { waiting: [], underWay: 0, due: false }));
    return new Promise((done, failed) => {
      line.waiting.push({ parameters, done, failed });
      this.schedule(statement, line);
    });
  }

  private schedule(statement: string, line: Line): void {
    if (line.due || line.underWay >= LANES || line.waiting.length === 0) return;
    line.due = true;
    setImmediate(() => {
      line.due = false;
      void this.send(statement, line);
    });
  }

  private async send(statement: string, line: Line): Promise<void> {
    const batch = line.waiting.splice(0, MOST_TOGETHER);
    line.underWay += 1;
    this.schedule(statement, line);
    try {
      await this.answer(statement, batch);
    } catch (error) {
      // One that the database does not take must not take the others with it.
      if (batch.length === 1) batch[0]!.failed(error);
      else
        for (const one of batch) await this.answer(statement, [one]).catch((failure: unknown) => one.failed(failure));
    }
    line.underWay -= 1;
    if (line.underWay === 0 && line.waiting.length === 0) this.lines.delete(statement);
    else this.schedule(statement, line);
  }

  private async answer(statement: string, batch: readonly Waiting[]): Promise<void> {
    const columns = batch[0]!.parameters.map((_, at) => batch.map(({ parameters }) => parameters[at]));
    const rows = await this.run(statement, columns);
    const found = batch.map((): Record<string, unknown>[] => []);
    for (const { [NUMBER_OF_QUESTION]: number, ...row } of rows) found[Number(number) - 1]!.push(row);
    for (const [at, { done }] of batch.entries()) done(found[at]!);
  }
}

const statements = new Map<string, string>();
/**
 * `$1` of the question is the first column of a table of questions; each is answered in the order that its own text asks for. Behind
 * `SELECT` the planner does not count the questions, and so keeps one plan instead of making a cheaper-looking one each time.
 */
function together(sql: string, parameters: readonly Scalar[]): string {
  const types = parameters.map((value) => (typeof value === 'number' ? 'bigint' : 'text'));
  const key = `${types.join()} ${sql}`;
  let text = statements.get(key);
  if (text === undefined) {
    const columns = types.map((_, at) => `p${at + 1}`);
    text = `SELECT answer.*, asked.number AS ${NUMBER_OF_QUESTION}
      FROM unnest(${types.map((type, at) => `(SELECT $${at + 1}::${type}[])`).join(', ')}) WITH ORDINALITY AS asked(${columns.join(', ')}, number)
      CROSS JOIN LATERAL (${sql.replaceAll(/\$(\d+)/g, 'asked.p$1')}) AS answer`;
    if (statements.size < 1000) statements.set(key, text);
  }
  return text;
}
