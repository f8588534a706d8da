import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { alreadyDecided, checkedReason, withinWindow, type DeclineReason, type Recognition } from './recognition.js';
import { RECOGNITION_STATES } from './recognition.states.js';

describe('recognition states', () => {
  const legal = new Map([
    ['proposed recognise', 'recognised'],
    ['proposed decline', 'declined'],
  ]);
  for (const state of RECOGNITION_STATES.states) {
    for (const event of RECOGNITION_STATES.events) {
      const target = legal.get(`${state} ${event}`);
      it(`${state} --${event}--> ${target ?? 'refused'}`, () => {
        if (target) expect(RECOGNITION_STATES.next(state, event)).toBe(target);
        else expect(() => RECOGNITION_STATES.next(state, event)).toThrow(Refusal);
      });
    }
  }
});

describe('the window of validity', () => {
  const now = new Date('2026-11-22T10:00:00+08:00');
  it.each([
    ['an ECG of 24 hours ago, to the millisecond', '2026-11-21T10:00:00.000+08:00', 1, true],
    ['an ECG of a millisecond longer ago', '2026-11-21T09:59:59.999+08:00', 1, false],
    ['a DR of thirteen days ago', '2026-11-09T10:00:00+08:00', 14, true],
    ['a CT of 31 days ago', '2026-10-22T10:00:00+08:00', 30, false],
    ['one of this moment', '2026-11-22T10:00:00+08:00', 1, true],
    ['one of the future (a clock that is wrong)', '2026-11-22T10:00:01+08:00', 30, false],
    ['half a day of validity', '2026-11-21T21:00:00+08:00', 0.5, false],
  ])('%s', (_what, examinedAt, days, valid) => expect(withinWindow(new Date(examinedAt), now, days)).toBe(valid));
});

describe('reasons to examine again', () => {
  const reasons: DeclineReason[] = ['1', '6'].map((code) => ({
    code,
    textZh: code,
    textEn: code,
    countsAsRefusal: true,
  }));
  it('takes a known code, with or without words', () => {
    expect(checkedReason(reasons, { code: '1', text: ' ' })).toEqual({ code: '1', text: null });
    expect(checkedReason(reasons, { code: '6', text: ' 家属要求 ' })).toEqual({ code: '6', text: '家属要求' });
  });
  it.each([
    ['reason-required', undefined],
    ['unknown-reason', { code: '9', text: 'x' }],
    ['explanation-required', { code: '6', text: '  ' }],
    ['explanation-required', { code: '6', text: null }],
  ])('%s', (code, given) =>
    expect(() => checkedReason(reasons, given)).toThrow(expect.objectContaining({ kind: 'invalid', code })),
  );
});

describe('a decision said twice', () => {
  const declined = { state: 'declined', reasonCode: '1', reasonText: null } as Recognition;
  it('is the same only in the same words', () => {
    expect(alreadyDecided({ state: 'recognised' } as Recognition, { outcome: 'accepted' })).toBe(true);
    expect(alreadyDecided({ state: 'proposed' } as Recognition, { outcome: 'accepted' })).toBe(false);
    expect(alreadyDecided(declined, { outcome: 'overridden', reason: { code: '1', text: null } })).toBe(true);
    expect(alreadyDecided(declined, { outcome: 'overridden', reason: { code: '4', text: null } })).toBe(false);
    expect(alreadyDecided(declined, { outcome: 'accepted' })).toBe(false);
  });
});
