import { describe, expect, it } from '@jest/globals';
import { acceptable } from './accept.js';
import { requestedRange, unchanged } from './byte-range.js';
import { frameRepresentation } from './frame-representation.js';
import { instanceRepresentation } from './instance-representation.js';
import { NotAcceptable } from './not-acceptable.js';

const RLE = '1.2.840.10008.1.2.5';
const EXPLICIT = '1.2.840.10008.1.2.1';
const BASELINE = '1.2.840.10008.1.2.4.50';

describe('acceptable', () => {
  it('sorts by quality, keeps the order of equals, and leaves out what is not wanted', () => {
    const list = 'a/a;q=0.2, multipart/related; type="b/b,c"; q=0.9, c/c, d/d;q=0, no(n)sense, e/e';
    expect(acceptable(list, undefined).map(({ type }) => type)).toEqual(['c/c', 'e/e', 'multipart/related', 'a/a']);
  });
  it('lets the query parameter go before the header, and takes anything without both', () => {
    expect(acceptable('a/a', 'b/b').map(({ type }) => type)).toEqual(['b/b']);
    expect(acceptable(undefined, undefined).map(({ type }) => type)).toEqual(['*/*']);
  });
});

describe('instanceRepresentation', () => {
  const choose = (accept: string | undefined, single = true) =>
    instanceRepresentation(acceptable(accept, undefined), single, (uid) => uid === RLE);
  it.each([
    [undefined, { multipart: true, transferSyntax: '*' }],
    ['*/*', { multipart: true, transferSyntax: '*' }],
    ['application/dicom', { multipart: false, transferSyntax: 'default' }],
    ['multipart/related; type="application/dicom"', { multipart: true, transferSyntax: 'default' }],
    ['multipart/related; type=application/dicom; transfer-syntax=*', { multipart: true, transferSyntax: '*' }],
    [
      `application/dicom; transfer-syntax=${BASELINE}, application/dicom; transfer-syntax=${RLE}; q=0.1`,
      { multipart: false, transferSyntax: RLE },
    ],
  ])('%s', (accept, expected) => {
    expect(choose(accept)).toEqual(expected);
  });
  it.each(['text/html', `application/dicom; transfer-syntax=${BASELINE}`, 'multipart/related; type="image/png"'])(
    'refuses %s',
    (accept) => {
      expect(() => choose(accept)).toThrow(NotAcceptable);
    },
  );
  it('gives several instances in a multipart only', () => {
    expect(() => choose('application/dicom', false)).toThrow(NotAcceptable);
  });
});

describe('frameRepresentation', () => {
  const choose = (accept: string | undefined, stored = BASELINE, frames = 1, decodes = true, compressed?: string) =>
    frameRepresentation(acceptable(accept, undefined), { stored, compressed }, frames, decodes);
  it.each([
    [undefined, { multipart: true, coding: 'stored' }],
    ['multipart/related; type="application/octet-stream"', { multipart: true, coding: 'uncompressed' }],
    ['multipart/related; type=application/octet-stream; transfer-syntax=*', { multipart: true, coding: 'stored' }],
    [`multipart/related; type="image/jpeg"; transfer-syntax=${BASELINE}`, { multipart: true, coding: 'stored' }],
    ['image/jpeg', { multipart: false, coding: 'stored' }],
    ['image/jls, image/jpeg; q=0.5', { multipart: false, coding: { transferSyntax: '1.2.840.10008.1.2.4.80' } }],
    [
      'image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202',
      { multipart: false, coding: { transferSyntax: '1.2.840.10008.1.2.4.202' } },
    ],
    ['application/octet-stream', { multipart: false, coding: 'uncompressed' }],
  ])('%s of JPEG', (accept, expected) => {
    expect(choose(accept)).toEqual(expected);
  });
  describe('of what is stored uncompressed, for who prefers HTJ2K', () => {
    const RPCL = '1.2.840.10008.1.2.4.202';
    const preferring = (second: number) =>
      `multipart/related; type="image/jphc", multipart/related; type="application/octet-stream"; transfer-syntax=*; q=${second}`;
    it.each([
      ['as it is stored, where it would have to be made', 0.9, undefined, 'stored'],
      ['made, where it is preferred by far', 0.4, undefined, { transferSyntax: '1.2.840.10008.1.2.4.201' }],
      ['as it was compressed', 0.9, RPCL, { transferSyntax: RPCL }],
    ])('%s', (_, second, compressed, coding) => {
      expect(choose(preferring(second), EXPLICIT, 1, true, compressed)).toEqual({ multipart: true, coding });
    });
  });
  it('makes no JPEG of other frames, and decodes nothing that has no decoder', () => {
    expect(() => choose('image/jpeg', EXPLICIT)).toThrow(NotAcceptable);
    expect(() => choose('application/octet-stream', BASELINE, 1, false)).toThrow(NotAcceptable);
    expect(() => choose('image/jpeg', BASELINE, 2)).toThrow(NotAcceptable);
  });
});

describe('requestedRange', () => {
  const of = (range: string, more = {}) => requestedRange({ range, ...more }, 100, '"e"');
  it.each([
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=90-', { start: 90, end: 100 }],
    ['bytes=90-1000', { start: 90, end: 100 }],
    ['bytes=-5', { start: 95, end: 100 }],
    ['bytes=-500', { start: 0, end: 100 }],
    ['bytes=100-', null],
    ['bytes=-0', null],
    ['bytes=5-4', undefined],
    ['bytes=0-1,5-6', undefined],
    ['lines=1-2', undefined],
  ])('%s', (range, expected) => {
    expect(of(range)).toEqual(expected);
  });
  it('counts only for the same body when If-Range says so', () => {
    expect(of('bytes=0-1', { 'if-range': '"e"' })).toEqual({ start: 0, end: 2 });
    expect(of('bytes=0-1', { 'if-range': '"f"' })).toBeUndefined();
  });
});

describe('unchanged', () => {
  it('compares weakly and knows lists', () => {
    expect(unchanged('W/"a", "b"', '"a"')).toBe(true);
    expect(unchanged('*', '"a"')).toBe(true);
    expect(unchanged('"c"', '"a"')).toBe(false);
    expect(unchanged(undefined, '"a"')).toBe(false);
  });
});
