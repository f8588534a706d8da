import { describe, expect, it } from '@jest/globals';
import type { AuditEntry, AuditTrail } from '#libs/audit';
import { callerOf } from '#libs/identity';
import type { Clock } from '#libs/kernel';
import type { Patient, PatientsRepository } from '#libs/patients';
import type { Database } from '#libs/persistence';
import type { ReportRepository } from '#libs/report';
import type { WorklistRepository } from '#libs/worklist';
import { AskRecognition } from './ask-recognition.js';
import type { NewRecognition, RecognitionRepository } from './recognition.repository.js';

const CARD = '11010519491231002X';
const OTHER_CARD = '110101199003074530';
const NOW = new Date('2026-11-22T10:00:00+08:00');
const his = callerOf({ kind: 'client', id: 'his', name: 'his', organisation: 'shahe', duties: ['his'] });

/** One patient P1 of shahe, whose person is `by-number`; `by-card` is the person of CARD; each has one report on each item. */
function room(idCard: string | null, examinedAt = '2026-11-21T10:00:00+08:00') {
  const audited: AuditEntry[] = [];
  const looked: string[] = [];
  const ask = new AskRecognition(
    { transaction: (work: () => Promise<unknown>) => work() } as unknown as Database,
    {
      search: async (_scope: unknown, { number }: { number: string }) =>
        number === 'P1' ? [{ id: 'patient-1', personId: 'by-number', idCard } as Patient] : [],
      personByIdCard: async (card: string) => (card === CARD ? 'by-card' : undefined),
    } as unknown as PatientsRepository,
    { items: async () => [{ code: 'ECG-12', name: '心电图', recognitionDays: 1 }] } as unknown as WorklistRepository,
    {
      ofPerson: async (person: string) => {
        looked.push(person);
        const content = { exam: { examinedAt, arrivedAt: examinedAt } };
        return [{ id: `report-${person}`, patientId: 'patient-2', organisation: 'dongshan', content }];
      },
    } as unknown as ReportRepository,
    { propose: async (proposal: NewRecognition) => proposal } as unknown as RecognitionRepository,
    { record: async (entry: AuditEntry) => void audited.push(entry) } as unknown as AuditTrail,
    { now: () => NOW } as Clock,
  );
  const run = (identifiers: { system: string; value: string }[], items = ['ECG-12']) =>
    ask.run(his, { hook: 'order-sign', hookInstance: 'h', shownTo: 'Practitioner/7', identifiers, items });
  return { run, audited, looked };
}
const number = { system: 'urn:qiao:org:shahe:patient', value: 'P1' };
const card = { system: 'urn:qiao:id-card', value: CARD };

describe('asking for earlier results', () => {
  it('finds the person by the own number and by the card', async () => {
    const { run, looked, audited } = room(null);
    const proposals = await run([number, card]);
    expect(looked).toEqual(['by-number', 'by-card']);
    expect(proposals.map(({ validUntil }) => validUntil)).toEqual([NOW, NOW]);
    expect(audited.map(({ action, patientId }) => [action, patientId])).toEqual([
      ['show-result', 'patient-2'],
      ['show-result', 'patient-2'],
      ['ask-recognition', 'patient-1'],
    ]);
    expect(audited[0]!.detail).toMatchObject({ shownTo: 'Practitioner/7', from: 'dongshan', item: 'ECG-12' });
  });

  it('shows nothing when number and card name two people, and keeps that', async () => {
    const { run, looked, audited } = room(OTHER_CARD);
    expect(await run([number, card])).toEqual([]);
    expect(looked).toEqual([]);
    expect(audited).toMatchObject([{ outcome: 'refused', detail: { reason: 'identifiers-disagree', shown: 0 } }]);
  });

  it.each([
    ['a number of another organisation', [{ system: 'urn:qiao:org:dongshan:patient', value: 'P1' }]],
    ['a card with a wrong check digit', [{ ...card, value: '110105194912310021' }]],
    ['nothing', []],
  ])('knows nobody by %s', async (_what, identifiers) => {
    const { run, looked } = room(null);
    expect(await run(identifiers)).toEqual([]);
    expect(looked).toEqual([]);
  });

  it('leaves out what is past its window, and items that it does not know', async () => {
    expect(await room(null, '2026-11-21T09:59:59+08:00').run([card])).toEqual([]);
    expect(await room(null).run([card], ['XX'])).toEqual([]);
  });

  it('refuses a caller without recognition.ask', () => {
    const doctor = callerOf({ ...his, duties: ['clinician'] });
    const question = { hook: 'order-sign', hookInstance: 'h', shownTo: 'x', identifiers: [], items: [] };
    const unused = {} as never;
    const ask = new AskRecognition(unused, unused, unused, unused, unused, unused, unused);
    expect(() => ask.run(doctor, question)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  });
});
