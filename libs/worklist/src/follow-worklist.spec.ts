import { describe, expect, it } from '@jest/globals';
import { callerOf, type Caller } from '#libs/identity';
import { partsOf, type Position, type WorklistEvent } from './domain/worklist-event.js';
import { FollowWorklist, type Told } from './follow-worklist.js';
import { WorklistEventsRepository } from './worklist-events.repository.js';

/** Kept in memory, one transaction for each event. */
class Kept extends WorklistEventsRepository {
  readonly events: WorklistEvent[] = [];

  add(organisation: string, kind = 'imaging'): void {
    const position: Position = `${BigInt(this.events.length + 1)}-${1n}`;
    this.events.push({
      position,
      readId: `${organisation}-${this.events.length}`,
      organisation,
      kind,
      change: 'opened',
    });
  }
  async end(): Promise<Position> {
    return `${BigInt(this.events.length + 1)}-${0n}`;
  }
  async oldest(): Promise<Position | undefined> {
    return this.events[0]?.position;
  }
  async newest(): Promise<Position | undefined> {
    return this.events.at(-1)?.position;
  }
  async after(position: Position, most: number): Promise<WorklistEvent[]> {
    const from = Number(partsOf(position)[0]) - (partsOf(position)[1] === '0' ? 1 : 0);
    return this.events.slice(from, from + most);
  }
  async clear(): Promise<void> {}
}

const person = (duties: Caller['duties'], specialities = ['imaging']): Caller =>
  callerOf({ kind: 'person', id: 'a', name: 'A', organisation: 'lijia', duties, specialities });

describe('following the worklist', () => {
  const kept = new Kept();
  const follow = new FollowWorklist(kept);
  /** What is told until the session of the follower ends, which is after `looks` looks. */
  const told = async (caller: Caller, after: string | undefined, looks = 2): Promise<Told[]> => {
    let left = looks;
    const all: Told[] = [];
    const follower = { after, caller: async () => (left-- > 0 ? caller : null), signal: new AbortController().signal };
    for await (const one of follow.run({ ...follower, beatMs: 5 })) all.push(one);
    return all;
  };
  const readsIn = (all: readonly Told[]): string[] =>
    all.flatMap((one) => (one.what === 'change' ? [one.event.readId] : []));

  for (const organisation of ['lijia', 'zhaozhuang', 'lijia']) kept.add(organisation);
  kept.add('lijia', 'ecg');

  it('tells each only of the organisations and kinds that they may see', async () => {
    expect(readsIn(await told(person(['radiographer']), '1-0'))).toEqual(['lijia-0', 'lijia-2']);
    expect(readsIn(await told(person(['report-doctor']), '1-0'))).toEqual(['lijia-0', 'zhaozhuang-1', 'lijia-2']);
    expect(readsIn(await told(person(['radiographer'], ['ecg']), '1-0'))).toEqual(['lijia-3']);
    expect(readsIn(await told(person([]), '1-0', 0))).toEqual([]);
  });

  it('begins at the end for who comes for the first time, and behind the last one for who comes again', async () => {
    const doctor = person(['report-doctor']);
    expect(readsIn(await told(doctor, undefined))).toEqual([]);
    expect(readsIn(await told(doctor, '2-1'))).toEqual(['lijia-2']);
    expect((await told(doctor, '9-0'))[0]).toMatchObject({ what: 'reset', position: '5-0' });
  });

  it('lets who has missed too much read the list anew', async () => {
    for (let more = 0; more < 600; more += 1) kept.add('lijia');
    const all = await told(person(['report-doctor']), '1-0', 1);
    expect(all.map(({ what }) => what)).toEqual(['ready', 'reset']);
  });
});
