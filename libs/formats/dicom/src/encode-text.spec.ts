import { describe, expect, it } from '@jest/globals';
import { decodeText } from './character-sets.js';
import { characterSetFor } from './encode-text.js';

const NAMES = ['Wang^XiaoDong=王^小东=', '欧阳^修', 'Zhang^San\\李^四', '胸部CT平扫 12×8', 'plain'];
const RARE = ['䶮^某', '𠮷野', '㑇', 'é'];

describe('the character set of an answer', () => {
  it.each([
    [['GB18030'], ['GB18030'], [...NAMES, ...RARE]],
    [['GBK'], ['GBK'], NAMES],
    [['', 'ISO 2022 IR 58'], ['', 'ISO 2022 IR 58'], NAMES],
    [['ISO_IR 192'], ['ISO_IR 192'], [...NAMES, ...RARE]],
    [['ISO_IR 100'], ['ISO_IR 192'], [...NAMES, ...RARE]],
    [[], ['ISO_IR 192'], NAMES],
  ])('asked in %j is %j, and its bytes read back as they were', (asked, terms, texts) => {
    const set = characterSetFor(asked);
    expect(set.terms).toEqual(terms);
    for (const text of texts) expect(decodeText(set.encode(text), set.terms)).toBe(text);
  });

  it('is known to the platform byte by byte', () => {
    expect(characterSetFor(['GB18030']).encode('王小东').toString('hex')).toBe('cdf5d0a1b6ab');
    expect(characterSetFor(['', 'ISO 2022 IR 58']).encode('王^小').toString('hex')).toBe('1b242941cdf55e1b242941d0a1');
  });

  it('puts a question mark where the set has no character', () => {
    expect(characterSetFor(['GBK']).encode('𠮷野').toString('latin1')[0]).toBe('?');
    expect(characterSetFor(['', 'ISO 2022 IR 58']).encode('䶮').toString('latin1')).toBe('?');
  });
});
