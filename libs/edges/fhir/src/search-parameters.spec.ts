import { describe, expect, it } from '@jest/globals';
import { readCursor, searchBundle, writeCursor } from './search-bundle.js';
import { dateRange, parseToken, SearchParameters } from './search-parameters.js';

const KNOWN = ['identifier', 'patient', 'status', '_lastUpdated', '_id'];
const read = (query: string, prefer = '') => new SearchParameters(new URLSearchParams(query), KNOWN, prefer);
const refusal = (code: string) => expect.objectContaining({ kind: 'invalid', code });

describe('search parameters', () => {
  it('ignores unknown ones unless handling is strict', () => {
    expect(read('status=final&colour=red').used).toEqual([['status', 'final']]);
    expect(() => read('colour=red', 'return=minimal; handling=strict')).toThrow(refusal('unknown-parameter'));
  });
  it('refuses a modifier that it does not know even when lenient', () => {
    expect(() => read('status:not=final')).toThrow(refusal('modifier-not-supported'));
  });
  it.each(['status=', '_count=0', '_count=x', '_count=-1', '_count=1&_count=2'])('refuses %s', (query) => {
    expect(() => read(query)).toThrow(refusal('bad-parameter'));
  });
  it('bounds the page', () => {
    expect([read('').count, read('_count=7').count, read('_count=5000').count]).toEqual([20, 7, 100]);
  });
  it('reads codes with their system or without', () => {
    expect(read('status=final,urn:s|amended,urn:x|other').codes('status', ['urn:s'])).toEqual(['final', 'amended', '']);
  });
  it('reads references', () => {
    for (const value of ['7', 'Patient/7', 'http://x/fhir/R4/Patient/7'])
      expect(read(`patient=${value}`).reference('patient', 'Patient')).toBe('7');
    expect(() => read('patient=Group/7').reference('patient', 'Patient')).toThrow(refusal('bad-parameter'));
  });
  it('takes one identifier at a time', () => {
    expect(read('identifier=urn:a|1').token('identifier')).toEqual({ system: 'urn:a', value: '1' });
    expect(() => read('identifier=1,2').token('identifier')).toThrow(refusal('bad-parameter'));
    expect(() => read('identifier=1&identifier=2').token('identifier')).toThrow(refusal('bad-parameter'));
  });
  it('leaves out ids that are none', () => {
    expect(read('_id=1,01890A5D-AC96-774B-BCCE-B302099A8057').ids('_id')).toEqual([
      '01890a5d-ac96-774b-bcce-b302099a8057',
    ]);
  });
});

describe('tokens', () => {
  it.each([
    ['a', { system: undefined, value: 'a' }],
    ['|a', { system: '', value: 'a' }],
    ['s|a|b', { system: 's', value: 'a|b' }],
  ])('%s', (text, token) => expect(parseToken(text)).toEqual(token));
});

describe('dates', () => {
  const iso = (text: string) => {
    const { from, to } = dateRange('_lastUpdated', text);
    return [from?.toISOString(), to?.toISOString()];
  };
  it.each([
    ['2026', '2025-12-31T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
    ['2026-01', '2025-12-31T16:00:00.000Z', '2026-01-31T16:00:00.000Z'],
    ['eq2026-11-22', '2026-11-21T16:00:00.000Z', '2026-11-22T16:00:00.000Z'],
    ['ge2026-11-22', '2026-11-21T16:00:00.000Z', undefined],
    ['gt2026-11-22', '2026-11-22T16:00:00.000Z', undefined],
    ['le2026-11-22T10:00Z', undefined, '2026-11-22T10:01:00.000Z'],
    ['lt2026-11-22T10:00:00+08:00', undefined, '2026-11-22T02:00:00.000Z'],
    ['gt2026-11-22T10:00:00.123Z', '2026-11-22T10:00:00.124Z', undefined],
    ['gt2026-11-22T10:00:00.1Z', '2026-11-22T10:00:00.200Z', undefined],
  ])('%s', (text, from, to) => expect(iso(text)).toEqual([from, to]));
  it.each(['', 'yesterday', 'ne2026', '2026-13-01', '2026-11-22T10:00:00'])('refuses %j', (text) => {
    expect(() => iso(text)).toThrow(refusal('bad-parameter'));
  });
  it('all hold at once', () => {
    const range = read('_lastUpdated=ge2026-11-01&_lastUpdated=lt2026-11-20&_lastUpdated=ge2026-11-10').dates(
      '_lastUpdated',
    );
    expect(range).toEqual({ from: new Date('2026-11-10T00:00:00+08:00'), to: new Date('2026-11-20T00:00:00+08:00') });
  });
});

describe('pages', () => {
  const ids = [
    '01890a5d-ac96-774b-bcce-b302099a8057',
    '01890a5d-ac96-774b-bcce-b302099a8058',
    '01890a5d-ac96-774b-bcce-b302099a8059',
  ];
  const at = new Date('2026-11-22T10:00:00.123Z');
  const page = (query: string, found: readonly string[]) =>
    searchBundle({
      base: 'http://x/fhir/R4',
      type: 'T',
      parameters: read(query),
      found,
      resource: (id) => ({ resourceType: 'T', id }),
      place: (id) => ({ id, at }),
    }) as unknown as { total?: number; link: { relation: string; url: string }[]; entry?: { fullUrl: string }[] };

  it('links on from the last one shown, keeping what was asked', () => {
    const bundle = page('status=final&_count=2', ids);
    expect(bundle.entry!.map((entry) => entry.fullUrl)).toEqual([
      `http://x/fhir/R4/T/${ids[0]}`,
      `http://x/fhir/R4/T/${ids[1]}`,
    ]);
    expect(bundle.total).toBeUndefined();
    const next = new URL(bundle.link[1]!.url).searchParams;
    expect([next.get('status'), next.get('_count')]).toEqual(['final', '2']);
    expect(readCursor(read(next.toString()))).toEqual({ id: ids[1], at });
  });
  it('ends, with a total where one page is all', () => {
    expect(page('_count=3', ids)).toMatchObject({ total: 3, link: [{ relation: 'self' }] });
    expect(page('', [])).not.toHaveProperty('entry');
  });
  it('refuses a cursor of other making', () => {
    for (const text of ['x', Buffer.from('x|y').toString('base64url')])
      expect(() => readCursor(read(`_cursor=${text}`))).toThrow(refusal('bad-cursor'));
    expect(readCursor(read(`_cursor=${writeCursor({ id: ids[0]! })}`))).toEqual({ id: ids[0] });
  });
});
