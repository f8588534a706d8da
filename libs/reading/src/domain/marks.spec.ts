import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { oneOfEachKind } from '#test/sample-marks';
import { DOCUMENT_STATES } from './document.states.js';
import { authored, contentHash, documented, documentUid } from './marks.js';

describe('authored', () => {
  const [first, second, third] = oneOfEachKind('1.2.3');
  const [sun, qian] = [
    { id: 'a', name: '孙医生' },
    { id: 'b', name: '钱医生' },
  ];
  const [monday, tuesday] = [new Date('2026-01-05T01:00:00Z'), new Date('2026-01-06T01:00:00Z')];
  const before = authored([], [first!, second!], sun, monday);

  it('leaves a mark that did not change to who made it', () => {
    const moved = { ...second!, points: second!.points.map(([x, y]): [number, number] => [x + 1, y]) };
    const now = authored(before, [moved, first!, third!], qian, tuesday);
    expect(now.map(({ id, author, at }) => [id, author.name, at])).toEqual([
      [second!.id, '钱医生', tuesday.toISOString()],
      [first!.id, '孙医生', monday.toISOString()],
      [third!.id, '钱医生', tuesday.toISOString()],
    ]);
  });

  it('takes empty words for none', () => {
    expect(authored(before, [{ ...second!, text: '' }], qian, tuesday)[0]!.author).toEqual(sun);
  });

  it('is the same content whoever saved it last, and another for another author', () => {
    const again = authored(before, [first!, second!], qian, tuesday);
    expect(contentHash(again.map(documented))).toBe(contentHash(before.map(documented)));
    expect(contentHash(authored([], [first!, second!], qian, monday).map(documented))).not.toBe(
      contentHash(before.map(documented)),
    );
  });
});

describe('documentUid', () => {
  it('is a UID of the read and its role, each another', () => {
    const uids = [
      documentUid('r', 'SR', 1),
      documentUid('r', 'SR', 2),
      documentUid('r', 'KO', 1),
      documentUid('s', 'SR', 1),
    ];
    expect(new Set(uids).size).toBe(4);
    expect(documentUid('r', 'SR', 1)).toBe(uids[0]);
    for (const uid of uids) expect(uid).toMatch(/^2\.25\.[1-9]\d{20,38}$/);
  });
});

describe('document states', () => {
  const legal: [string, string, string][] = [
    ['asked', 'await', 'waiting'],
    ['asked', 'void', 'void'],
    ['waiting', 'store', 'stored'],
  ];
  for (const state of DOCUMENT_STATES.states) {
    for (const event of DOCUMENT_STATES.events) {
      const arrow = legal.find(([from, by]) => from === state && by === event);
      it(`${state} --${event}--> ${arrow?.[2] ?? 'refused'}`, () => {
        if (arrow) expect(DOCUMENT_STATES.next(state, event)).toBe(arrow[2]);
        else expect(() => DOCUMENT_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});
