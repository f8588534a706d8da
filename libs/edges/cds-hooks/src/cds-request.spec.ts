import { describe, expect, it } from '@jest/globals';
import { parseCall, parseFeedback, PrefetchMissing } from './cds-request.js';

const draft = (id: string, code: string) => ({
  resource: {
    resourceType: 'ServiceRequest',
    id,
    code: {
      coding: [
        { system: 'urn:qiao:item', code },
        { system: 'x', code: 'y' },
      ],
    },
  },
});
const call = (change: object = {}, context: object = {}) => ({
  hook: 'order-sign',
  hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  context: {
    userId: 'Practitioner/7',
    patientId: '1',
    draftOrders: {
      resourceType: 'Bundle',
      entry: [draft('a', 'CT-CHEST'), draft('b', 'ECG-12'), { resource: { resourceType: 'Task' } }],
    },
    ...context,
  },
  prefetch: {
    patient: {
      resourceType: 'Patient',
      identifier: [{ system: 'urn:qiao:id-card', value: '1' }, { value: 'no system' }],
    },
  },
  ...change,
});

describe('a call of the service', () => {
  it('gives identifiers with a system and the drafts coded as items', () => {
    expect(parseCall(call())).toEqual({
      hook: 'order-sign',
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      userId: 'Practitioner/7',
      identifiers: [{ system: 'urn:qiao:id-card', value: '1' }],
      orders: [
        { item: 'CT-CHEST', reference: 'ServiceRequest/a' },
        { item: 'ECG-12', reference: 'ServiceRequest/b' },
      ],
    });
  });

  it('asks at order-select about the selected drafts only', () => {
    const selected = parseCall(call({ hook: 'order-select' }, { selections: ['ServiceRequest/b'] }));
    expect(selected.orders).toEqual([{ item: 'ECG-12', reference: 'ServiceRequest/b' }]);
  });

  it.each([
    ['no body', undefined],
    ['another hook', call({ hook: 'patient-view' })],
    ['no hookInstance', call({ hookInstance: undefined })],
    ['no user', call({}, { userId: undefined })],
    ['no orders', call({}, { draftOrders: undefined })],
    ['orders that are no Bundle', call({}, { draftOrders: { resourceType: 'List' } })],
    ['a patient that is none', call({ prefetch: { patient: { resourceType: 'Group' } } })],
  ])('refuses %s', (_what, body) => {
    expect(() => parseCall(body)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'malformed-request' }));
  });

  it.each([
    ['no prefetch', undefined],
    ['null', { patient: null }],
    ['a failed query', { patient: { resourceType: 'OperationOutcome' } }],
  ])('misses the patient: %s', (_what, prefetch) => {
    expect(() => parseCall(call({ prefetch }))).toThrow(PrefetchMissing);
  });
});

describe('feedback', () => {
  it('reads decisions', () => {
    const body = {
      feedback: [
        {
          card: 'A',
          outcome: 'accepted',
          acceptedSuggestions: [{ id: 'x' }],
          outcomeTimestamp: '2026-11-22T10:00:00Z',
        },
        {
          card: 'b',
          outcome: 'overridden',
          overrideReason: { reason: { code: '6', system: 'x' }, userComment: '复查' },
          outcomeTimestamp: '2026-11-22T10:00:00+08:00',
        },
      ],
    };
    expect(parseFeedback(body)).toEqual([
      { cardId: 'a', outcome: 'accepted' },
      { cardId: 'b', outcome: 'overridden', reason: { code: '6', text: '复查' } },
    ]);
  });
  it('refuses what is none', () => {
    expect(() =>
      parseFeedback({ feedback: [{ card: 'a', outcome: 'ignored', outcomeTimestamp: '2026-11-22' }] }),
    ).toThrow();
  });
});
