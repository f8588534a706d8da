import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '#libs/formats/dicom';
import { asked, checkKeys, matchesKeys } from './match-keys.js';

const ITEM: DicomJson = {
  '00080050': { vr: 'SH', Value: ['A1'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小东' }] },
  '0020000D': { vr: 'UI', Value: ['1.2.3'] },
  '00321060': { vr: 'LO' },
  '00400100': {
    vr: 'SQ',
    Value: [
      {
        '00080060': { vr: 'CS', Value: ['CT'] },
        '00400002': { vr: 'DA', Value: ['20260302'] },
        '00400003': { vr: 'TM', Value: ['093015'] },
      },
    ],
  },
};
const key = (tag: string, vr: string, ...Value: string[]): DicomJson => ({ [tag]: { vr, Value } });
const inStep = (keys: DicomJson): DicomJson => ({ '00400100': { vr: 'SQ', Value: [keys] } });

describe('worklist matching', () => {
  it.each([
    ['nothing asked', { '00080050': { vr: 'SH' } }, true],
    ['the same value', key('00080050', 'SH', 'A1'), true],
    ['another case of a code', key('00080050', 'SH', 'a1'), false],
    ['a wildcard', key('00080050', 'SH', 'A?'), true],
    ['a star alone on nothing', key('00321060', 'LO', '*'), true],
    ['a value on nothing', key('00321060', 'LO', 'x'), false],
    ['a list of UIDs', key('0020000D', 'UI', '1.2.4', '1.2.3'), true],
    ['a UID with a wildcard, which is none', key('0020000D', 'UI', '1.2.*'), false],
    ['a name in any case', { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'WANG^xiaodong^^' }] } }, true],
    ['a name by its ideographs', { '00100010': { vr: 'PN', Value: [{ Alphabetic: '王*' }] } }, true],
    ['another name', { '00100010': { vr: 'PN', Value: [{ Alphabetic: '李*' }] } }, false],
    ['a day', inStep(key('00400002', 'DA', '20260302')), true],
    ['a range that ends before', inStep(key('00400002', 'DA', '-20260301')), false],
    ['an hour', inStep(key('00400003', 'TM', '09')), true],
    ['a range of minutes', inStep(key('00400003', 'TM', '0930-0931')), true],
    ['a range of minutes behind', inStep(key('00400003', 'TM', '0931-')), false],
    ['one key of a step that does not match', inStep({ ...key('00080060', 'CS', 'MR') }), false],
    ['a step of which nothing is asked', inStep({ '00080060': { vr: 'CS' } }), true],
  ] as [string, DicomJson, boolean][])('%s', (_what, keys, expected) => {
    expect(matchesKeys(keys, ITEM)).toBe(expected);
  });

  it('takes no time over a pattern made to take it', () => {
    const item = { '00080050': { vr: 'SH', Value: ['a'.repeat(100)] } };
    expect(matchesKeys(key('00080050', 'SH', `${'*a'.repeat(40)}*b`), item)).toBe(false);
  });

  it('answers what was asked, the whole sequence where its item is empty', () => {
    const answer = asked(
      { '00080005': { vr: 'CS' }, '00080050': { vr: 'SH' }, '00101000': { vr: 'LO' }, ...inStep({}) },
      ITEM,
    );
    expect(answer).toEqual({ '00080050': ITEM['00080050'], '00101000': { vr: 'LO' }, '00400100': ITEM['00400100'] });
    expect(asked(inStep({ '00080060': { vr: 'CS' } }), ITEM)).toEqual(inStep(key('00080060', 'CS', 'CT')));
  });

  it('names the key that is no date or time', () => {
    expect(() => checkKeys(inStep(key('00400002', 'DA', 'soon')))).toThrow('00400002');
    expect(() => checkKeys(inStep(key('00400003', 'TM', '10:00-11:00')))).not.toThrow();
  });
});
