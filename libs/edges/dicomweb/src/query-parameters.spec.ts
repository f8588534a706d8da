import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { queryParameters, type QueryString } from './query-parameters.js';

describe('QIDO-RS parameters', () => {
  it.each<[QueryString, unknown]>([
    [{ PatientID: 'P1' }, { '00100020': { vr: 'LO', Value: ['P1'] } }],
    [{ '00100020': 'P1' }, { '00100020': { vr: 'LO', Value: ['P1'] } }],
    [{ '0020000d': '1.2,1.3' }, { '0020000D': { vr: 'UI', Value: ['1.2', '1.3'] } }],
    [{ StudyInstanceUID: ['1.2', '1.3\\1.4'] }, { '0020000D': { vr: 'UI', Value: ['1.2', '1.3', '1.4'] } }],
    [{ ModalitiesInStudy: 'CT,MR' }, { '00080061': { vr: 'CS', Value: ['CT', 'MR'] } }],
    [{ StudyDescription: 'a,b' }, { '00081030': { vr: 'LO', Value: ['a,b'] } }],
    [{ PatientName: 'Wang*' }, { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang*' }] } }],
    [{ PatientName: '=王*' }, { '00100010': { vr: 'PN', Value: [{ Ideographic: '王*' }] } }],
    [{ PatientID: '' }, { '00100020': { vr: 'LO' } }],
    [
      { 'RequestAttributesSequence.ScheduledProcedureStepID': 'S', '00400275.00401001': 'R' },
      {
        '00400275': {
          vr: 'SQ',
          Value: [{ '00400009': { vr: 'SH', Value: ['S'] }, '00401001': { vr: 'SH', Value: ['R'] } }],
        },
      },
    ],
    [
      { includefield: ['StudyID,00081030', 'PatientAge'], PatientAge: '040Y' },
      { '00200010': { vr: 'SH' }, '00081030': { vr: 'LO' }, '00101010': { vr: 'AS', Value: ['040Y'] } },
    ],
    [{ includefield: '00091001' }, { '00091001': { vr: 'UN' } }],
  ])('%j', (query, keys) => {
    expect(queryParameters(query).keys).toEqual(keys);
  });

  it('reads what is no attribute', () => {
    expect(
      queryParameters({ limit: '10', offset: '20', fuzzymatching: 'true', includefield: 'all,Nonsense', accept: 'x' }),
    ).toEqual({ keys: {}, fuzzyNames: true, includeAll: true, limit: 10, offset: 20, unknownFields: ['Nonsense'] });
    expect(queryParameters({})).toMatchObject({ fuzzyNames: false, includeAll: false, limit: undefined, offset: 0 });
  });

  it.each<[QueryString, string]>([
    [{ Patient: 'P1' }, 'unknown-parameter'],
    [{ 'PatientName.Nonsense': 'x' }, 'unknown-parameter'],
    [{ limit: '-1' }, 'bad-parameter'],
    [{ limit: 'ten' }, 'bad-parameter'],
    [{ offset: '1.5' }, 'bad-parameter'],
    [{ fuzzymatching: 'yes' }, 'bad-parameter'],
    [{ includefield: Array.from({ length: 101 }, () => 'StudyID') }, 'bad-parameter'],
    [{ [Array.from({ length: 9 }, () => 'RequestAttributesSequence').join('.')]: 'x' }, 'unknown-parameter'],
  ])('%j is refused', (query, code) => {
    expect(() => queryParameters(query)).toThrow(Refusal);
    expect(() => queryParameters(query)).toThrow(expect.objectContaining({ kind: 'invalid', code }));
  });
});
