import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { REPORT_STATES } from './report.states.js';
import { ageAt } from './report.js';

describe('ageAt', () => {
  const at = new Date('2026-11-22T14:05:00+08:00');
  it.each([
    ['1959-11-22', '67岁'],
    ['1959-11-23', '66岁'],
    ['2026-05-23', '5个月'],
    ['2026-11-10', '12天'],
    ['2027-01-01', null],
    [null, null],
  ])('%s → %s', (birth, age) => expect(ageAt(birth, at)).toBe(age));
});

describe('report states', () => {
  const legal = new Map([
    ['preliminary sign', 'final'],
    ['final amend', 'amended'],
    ['final withdraw', 'entered-in-error'],
    ['amended amend', 'amended'],
    ['amended withdraw', 'entered-in-error'],
  ]);
  for (const state of REPORT_STATES.states) {
    for (const event of REPORT_STATES.events) {
      const target = legal.get(`${state} ${event}`);
      it(`${state} --${event}--> ${target ?? 'refused'}`, () => {
        if (target) expect(REPORT_STATES.next(state, event)).toBe(target);
        else expect(() => REPORT_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});
