import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';
import { combinedRange, dateRange, dateTimeText, momentRange, timeRange } from './date-time-range.js';
import { matchKeys } from './match-keys.js';

describe('dates and times', () => {
  it.each([
    ['20260105', '093000', '20260105093000'],
    ['20260105', '093000.250000', '20260105093000.25'],
    ['20260105', '0930', '20260105093000'],
    ['20260105', '09', '20260105090000'],
    ['2026.01.05', '09:30:15', '20260105093015'],
    ['20260105', null, '20260105'],
    ['20260105', '9 o clock', '20260105'],
    ['20260230', '0930', ''],
    ['', '0930', ''],
    [null, null, ''],
  ])('%s %s is %s', (date, time, expected) => {
    expect(dateTimeText(date, time)).toBe(expected);
  });

  it.each([
    ['20260105', { from: '20260105', to: '20260105~' }],
    ['20260101-20260131', { from: '20260101', to: '20260131~' }],
    [' 20260101 - 20260131 ', { from: '20260101', to: '20260131~' }],
    ['-20260131', { from: null, to: '20260131~' }],
    ['20260101-', { from: '20260101', to: null }],
    ['-', null],
    ['20261301', null],
    ['yesterday', null],
    ['20260101-20260131-20260228', null],
  ])('a DA key %s', (key, expected) => {
    expect(dateRange(key)).toEqual(expected);
  });

  it.each([
    ['0930', { from: '093000', to: '0930~' }],
    ['093000.1200', { from: '093000.12', to: '093000.12~' }],
    ['0900-1000', { from: '090000', to: '1000~' }],
    ['-10', { from: null, to: '10~' }],
    ['2400', null],
    ['0960', null],
  ])('a TM key %s', (key, expected) => {
    expect(timeRange(key)).toEqual(expected);
  });

  it.each([
    ['20260105093000', { from: '20260105093000', to: '20260105093000~' }],
    ['20260105093000-0500', { from: '20260105093000', to: '20260105093000~' }],
    ['20260105-20260106', { from: '20260105', to: '20260106~' }],
    ['20260105093000+0800-20260106093000+0800', { from: '20260105093000', to: '20260106093000~' }],
    ['2026-', { from: '2026', to: null }],
    ['soon', null],
  ])('a DT key %s', (key, expected) => {
    expect(momentRange(key)).toEqual(expected);
  });

  it('date and time combine end by end', () => {
    expect(combinedRange(dateRange('20260105-20260106')!, timeRange('0900-1000')!)).toEqual({
      from: '20260105090000',
      to: '202601061000~',
    });
    expect(combinedRange(dateRange('20260105-')!, timeRange('-1000')!)).toEqual({ from: '20260105', to: null });
  });
});

describe('matching keys', () => {
  const one = (tag: string, vr: string, ...values: (string | number)[]): DicomJson => ({
    [tag]: values.length === 0 ? { vr } : { vr, Value: values },
  });

  it.each<[string, DicomJson, unknown]>([
    ['single value', one('00100020', 'LO', 'P1'), { kind: 'values', values: ['P1'] }],
    ['spaces around it', one('00100020', 'LO', ' P1 '), { kind: 'values', values: ['P1'] }],
    ['list of UIDs', one('0020000D', 'UI', '1.2', '1.3'), { kind: 'values', values: ['1.2', '1.3'] }],
    ['list in one text', one('0020000D', 'UI', '1.2\\1.3'), { kind: 'values', values: ['1.2', '1.3'] }],
    ['wildcards', one('00081030', 'LO', 'A*_?%\\'), { kind: 'wildcard', patterns: [String.raw`A%\__\%\\`] }],
    ['no wildcards in AS', one('00101010', 'AS', '07*'), { kind: 'values', values: ['07*'] }],
    ['numbers as text', one('00201208', 'IS', '3'), { kind: 'numbers', values: [3] }],
    ['empty values', one('00080050', 'SH', '""'), { kind: 'empty' }],
    [
      'the dictionary knows better',
      one('00080020', 'UN', '20260105'),
      { kind: 'range', of: 'date', range: { from: '20260105', to: '20260105~' } },
    ],
  ])('%s', (_, keys, condition) => {
    expect(matchKeys('STUDY', keys)).toEqual([{ tag: Object.keys(keys)[0], condition }]);
  });

  it.each<[string, DicomJson]>([
    ['an empty key', one('00100020', 'LO')],
    ['a lone asterisk', one('00100020', 'LO', '*')],
    ['asterisks for every component', { '00100010': { vr: 'PN', Value: [{ Alphabetic: '*^*' }] } }],
    ['an empty sequence', { '00400275': { vr: 'SQ' } }],
    ['an item of empty keys', { '00400275': { vr: 'SQ', Value: [{ '00400009': { vr: 'SH' } }] } }],
    ['the level', one('00080052', 'CS', 'STUDY')],
    ['the character set', one('00080005', 'CS', 'ISO_IR 192')],
    ['a group length', one('00080000', 'UL', 10)],
    ['an empty key of a lower level', one('00280010', 'US')],
  ])('%s asks nothing', (_, keys) => {
    expect(matchKeys('STUDY', keys)).toEqual([]);
  });

  it.each<[string, DicomJson]>([
    ['a lower level', one('00200011', 'IS', 1)],
    ['two items', { '00081032': { vr: 'SQ', Value: [one('00080100', 'SH', 'A'), one('00080100', 'SH', 'B')] } }],
    ['two dates', one('00080020', 'DA', '20260101', '20260102')],
    ['binary data', { '00081030': { vr: 'UN', InlineBinary: 'AAAA' } }],
  ])('%s is refused by its tag', (_, keys) => {
    const [tag] = Object.keys(keys);
    expect(() => matchKeys('STUDY', keys)).toThrow(expect.objectContaining({ kind: 'invalid', detail: { tag } }));
    expect(() => matchKeys('STUDY', keys)).toThrow(Refusal);
  });
});
