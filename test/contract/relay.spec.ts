import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Deliveries, Outbox, Reaction, type DeliveryJob } from '#libs/persistence';
import { scratchDatabase, type ScratchDatabase } from '#test/scratch-database';

class Gathers extends Reaction {
  readonly event = 'arrived';
  readonly name = 'test.on-arrived';
  override readonly gatherMs = 1_000;
  async handle(): Promise<void> {}
}
class Hurries extends Reaction {
  readonly event = 'called';
  readonly name = 'test.on-called';
  async handle(): Promise<void> {}
}

describe('events on their way to reactions', () => {
  let scratch: ScratchDatabase;
  let deliveries: Deliveries;

  beforeAll(async () => {
    scratch = await scratchDatabase();
  }, 120_000);
  afterAll(() => scratch.dispose());
  beforeEach(() => {
    deliveries = new Deliveries(scratch.database, [new Gathers(), new Hurries()]);
  });

  const publish = (name: string, key: string, times = 1) =>
    scratch.database.rows(`${Outbox.INSERT} SELECT $1, $2, '{}' FROM generate_series(1, $3)`, [name, key, times]);
  const told = (jobs: readonly DeliveryJob[]) => jobs.map(({ key, eventIds }) => `${key} × ${eventIds.length}`).sort();

  it('tells the first of a key at once, and what comes behind it together', async () => {
    await publish('arrived', 'study a');
    expect(told(await deliveries.relay())).toEqual(['study a × 1']);
    await publish('arrived', 'study a', 3);
    expect(await deliveries.relay()).toEqual([]);
    await publish('arrived', 'study a', 2);
    await sleep(1_050);
    expect(told(await deliveries.relay())).toEqual(['study a × 5']);
    expect(await deliveries.relay()).toEqual([]);
  });

  it('lets nobody wait for a key that gathers', async () => {
    await publish('arrived', 'study b');
    await deliveries.relay();
    await publish('arrived', 'study b', 600);
    await publish('arrived', 'study c');
    await publish('called', 'study b');
    expect(told(await deliveries.relay())).toEqual(['study b × 1', 'study c × 1']);
    await publish('called', 'study b', 2);
    expect(told(await deliveries.relay())).toEqual(['study b × 2']);
    await sleep(1_050);
    expect(told(await deliveries.relay())).toEqual(['study b × 500']);
  });
});
