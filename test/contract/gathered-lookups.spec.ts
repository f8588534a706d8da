import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scratchDatabase, type ScratchDatabase } from '#test/scratch-database';

const SQL = `SELECT o.code, o.name FROM organisation o WHERE o.name = $1 ORDER BY o.code DESC LIMIT $2`;

describe('lookups that go to the database together', () => {
  let scratch: ScratchDatabase;

  beforeAll(async () => {
    scratch = await scratchDatabase();
    for (let at = 0; at < 30; at += 1) {
      await scratch.database.rows(`INSERT INTO organisation (code, name, kind) VALUES ($1, $2, 'township')`, [
        `member-${String(at).padStart(2, '0')}`,
        `name ${at % 10}`,
      ]);
    }
  }, 120_000);

  afterAll(() => scratch.dispose());

  const ask = (name: string, limit = 10) =>
    scratch.database.lookedUp<{ code: string; name: string }>(SQL, [name, limit]);

  it('gives each asker the own rows, in the order and to the number that the text asks for', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, (_, at) => ask(`name ${at % 12}`, 1 + (at % 3))));
    for (const [at, rows] of answers.entries()) {
      const [name, limit] = [at % 12, 1 + (at % 3)];
      const codes = [name + 20, name + 10, name].map((one) => `member-${String(one).padStart(2, '0')}`);
      const expected = name < 10 ? codes.slice(0, limit).map((code) => ({ code, name: `name ${name}` })) : [];
      expect(rows).toEqual(expected);
    }
  });

  it('sends many questions in few statements', async () => {
    const sent = jest.spyOn(scratch.database, 'prepared');
    await Promise.all(Array.from({ length: 128 }, (_, at) => ask(`name ${at % 10}`)));
    expect(sent.mock.calls.length).toBe(2);
    sent.mockRestore();
  });

  it('fails for the one question that the database does not take, and answers its neighbours', async () => {
    const all = await Promise.allSettled([ask('name 1'), ask('name \0'), ask('name 2')]);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await ask('name 3')).toHaveLength(3);
  });

  it('sees what its own transaction has written', async () => {
    await scratch.database.transaction(async () => {
      await scratch.database.rows(`INSERT INTO organisation (code, name, kind) VALUES ('young', 'young', 'township')`);
      expect(await ask('young')).toEqual([{ code: 'young', name: 'young' }]);
    });
  });
});
