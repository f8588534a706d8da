import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { blockersOf, type Blocker, type DeletionFacts } from './deletion.js';
import { HOLD_STATES } from './hold.states.js';
import { dayOf, keepUntil, nextRetention, toldClass, type Retention, type RetentionEvidence } from './retention.js';

const CLASSES = [
  { code: 'outpatient', nameZh: '门诊', nameEn: 'Outpatient', years: 15, patientClasses: ['outpatient', 'emergency'] },
  { code: 'research', nameZh: '科研', nameEn: 'Research', years: 20, patientClasses: [] },
  { code: 'inpatient', nameZh: '住院', nameEn: 'Inpatient', years: 30, patientClasses: ['inpatient'] },
];
const evidence = (patientClass: string | null, admission: boolean, organisationClass: string | null) => ({
  patientClass,
  admission,
  organisationClass,
});

describe('the class that the evidence speaks for', () => {
  const table: [RetentionEvidence, string, string][] = [
    [evidence(null, false, null), 'inpatient', 'longest'],
    [evidence(null, false, 'outpatient'), 'outpatient', 'organisation'],
    [evidence(null, false, 'research'), 'research', 'organisation'],
    [evidence(null, false, 'no-longer-there'), 'inpatient', 'longest'],
    [evidence('outpatient', false, null), 'outpatient', 'request'],
    [evidence('emergency', false, 'inpatient'), 'outpatient', 'request'],
    [evidence('inpatient', false, 'outpatient'), 'inpatient', 'request'],
    [evidence('outpatient', true, 'outpatient'), 'inpatient', 'header'],
    [evidence('inpatient', true, null), 'inpatient', 'request'],
    [evidence(null, true, 'outpatient'), 'inpatient', 'header'],
    [evidence('unheard-of', false, null), 'inpatient', 'longest'],
  ];
  it.each(table)('%j → %s by %s', (told, code, source) => expect(toldClass(told, CLASSES)).toEqual({ code, source }));
});

describe('looking at the evidence again', () => {
  const outpatient: Retention = {
    class: 'outpatient',
    source: 'request',
    told: 'outpatient',
    startsOn: '2026-03-01',
    countedFrom: null,
  };
  const decided: Retention = { ...outpatient, source: 'person', told: 'inpatient' };
  const table: [string, Retention | null, RetentionEvidence, string, Partial<Retention>][] = [
    ['first look', null, evidence('outpatient', false, null), '2026-03-01', outpatient],
    [
      'a longer class extends',
      outpatient,
      evidence('outpatient', true, null),
      '2026-03-01',
      { class: 'inpatient', source: 'header', told: 'inpatient' },
    ],
    [
      'a shorter one does not shorten',
      { ...outpatient, class: 'inpatient', told: 'inpatient', source: 'longest' },
      evidence('outpatient', false, null),
      '2026-03-01',
      { class: 'inpatient', source: 'longest', told: 'outpatient' },
    ],
    [
      'what a person decided knowing the evidence stays',
      decided,
      evidence(null, false, null),
      '2026-03-01',
      { class: 'outpatient', source: 'person' },
    ],
    [
      'new evidence extends also that',
      { ...decided, told: 'outpatient' },
      evidence(null, true, null),
      '2026-03-01',
      { class: 'inpatient', source: 'header' },
    ],
    ['a later day counts', outpatient, evidence('outpatient', false, null), '2026-04-01', { startsOn: '2026-04-01' }],
    ['an earlier one does not', outpatient, evidence('outpatient', false, null), '2001-01-01', outpatient],
    [
      'but what a person said it counts from does',
      { ...outpatient, startsOn: '2009-05-04', countedFrom: '2009-05-04' },
      evidence('outpatient', false, null),
      '2026-04-01',
      { startsOn: '2009-05-04' },
    ],
  ];
  it.each(table)('%s', (_what, current, told, ownDay, expected) =>
    expect(nextRetention(current, told, ownDay, CLASSES)).toMatchObject(expected),
  );
});

describe('the day until which it is kept', () => {
  it.each([
    ['2026-03-01', null, 15, '2041-03-01'],
    ['2026-03-01', '2031-07-09', 15, '2046-07-09'],
    ['2031-07-09', '2026-03-01', 30, '2061-07-09'],
    ['2012-02-29', '2012-02-29', 15, '2027-03-01'],
    ['2012-02-29', '2012-02-29', 20, '2032-02-29'],
  ])('begun %s, last visit %s, %i years → %s', (startsOn, lastVisitOn, years, until) =>
    expect(keepUntil(startsOn, lastVisitOn, years)).toBe(until),
  );

  it('counts by the day of the network, not by that of UTC', () => {
    expect(dayOf(new Date('2026-03-01T15:59:59Z'))).toBe('2026-03-01');
    expect(dayOf(new Date('2026-03-01T16:00:00Z'))).toBe('2026-03-02');
  });
});

describe('what stands in the way of a deletion', () => {
  const free: DeletionFacts = {
    arriving: false,
    standingHolds: 0,
    readState: 'assigned',
    signedReports: 0,
    expired: false,
  };
  const late = { ...free, expired: true };
  const table: [string, DeletionFacts, boolean, Blocker[]][] = [
    ['an error, within the retention', free, true, []],
    ['expiry, while it runs', free, false, ['retention-running']],
    ['expiry, after its end', late, false, []],
    ['an error, after its end', late, true, []],
    ['a hold', { ...free, standingHolds: 1 }, true, ['hold-stands']],
    ['a hold, after the end', { ...late, standingHolds: 2 }, false, ['hold-stands']],
    ['still arriving', { ...free, arriving: true }, true, ['exam-arriving']],
    ['being read', { ...free, readState: 'claimed' }, true, ['read-claimed']],
    ['being read, after the end', { ...late, readState: 'claimed' }, false, ['read-claimed']],
    ['returned to the township', { ...free, readState: 'returned' }, true, []],
    ['no read at all', { ...free, readState: null }, true, []],
    ['a signed report', { ...free, readState: 'done', signedReports: 1 }, true, ['report-signed']],
    ['a signed report, after the end', { ...late, readState: 'done', signedReports: 1 }, false, []],
    [
      'everything at once, the weightiest first',
      { arriving: true, standingHolds: 1, readState: 'claimed', signedReports: 1, expired: false },
      false,
      ['hold-stands', 'exam-arriving', 'read-claimed', 'report-signed', 'retention-running'],
    ],
  ];
  it.each(table)('%s', (_what, facts, withinRetention, blockers) =>
    expect(blockersOf(facts, { withinRetention })).toEqual(blockers),
  );
});

describe('states of a hold', () => {
  for (const state of HOLD_STATES.states) {
    const target = state === 'standing' ? 'lifted' : undefined;
    it(`${state} --lift--> ${target ?? 'refused'}`, () => {
      if (target) expect(HOLD_STATES.next(state, 'lift')).toBe(target);
      else expect(() => HOLD_STATES.next(state, 'lift')).toThrow(Refusal);
    });
  }
});
