import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { READING_STATES } from './reading.states.js';
import { canonicalJson, instancesSha256 } from './reading.js';

describe('canonicalJson', () => {
  it('gives the same bytes whatever the order of the keys', () => {
    expect(canonicalJson({ b: [1, { d: '中', c: null }], a: undefined })).toBe('{"b":[1,{"c":null,"d":"中"}]}');
  });
});

describe('instancesSha256', () => {
  it('does not depend on the order of arrival, and changes with any digest', () => {
    const [a, b] = [
      { sopInstanceUid: '1.2', digest: 'aa' },
      { sopInstanceUid: '1.3', digest: 'bb' },
    ];
    expect(instancesSha256([a!, b!])).toBe(instancesSha256([b!, a!]));
    expect(instancesSha256([a!, { ...b!, digest: 'bc' }])).not.toBe(instancesSha256([a!, b!]));
  });
});

describe('reading states', () => {
  const legal: [string, string, string][] = [
    ['drafting', 'submit', 'submitted'],
    ['submitted', 'review', 'reviewed'],
    ['submitted', 'send-back', 'drafting'],
  ];
  for (const state of READING_STATES.states) {
    for (const event of READING_STATES.events) {
      const arrow = legal.find(([from, by]) => from === state && by === event);
      it(`${state} --${event}--> ${arrow?.[2] ?? 'refused'}`, () => {
        if (arrow) expect(READING_STATES.next(state, event)).toBe(arrow[2]);
        else expect(() => READING_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});
