import { describe, expect, it } from '@jest/globals';
import type { ReportText } from '../../api/types.js';
import { findTexts } from './find-texts.js';

const made = (name: string, sounds: string[], part: Partial<ReportText> = {}): ReportText => ({
  id: name,
  kind: 'template',
  subject: { code: 'CT-CHEST', name: '胸部CT' },
  own: false,
  version: 1,
  group: null,
  groupSounds: [],
  name,
  sounds,
  findings: '',
  impression: '',
  ...part,
});
const texts = [
  made('肺炎', ['feiyan', 'fy'], { subject: { code: 'DR-CHEST', name: '胸部DR' } }),
  made('肺结节', ['feijiejie', 'fjj'], { findings: '见结节' }),
  made('肺炎', ['feiyan', 'fy'], { id: '肺炎 CT' }),
  made('我的肺炎', ['wodefeiyan', 'wdfy'], { own: true }),
  made('结尾', ['jiewei', 'jw'], { kind: 'phrase', subject: null }),
  made('房颤', ['fangchan', 'fc'], {
    kind: 'phrase',
    group: '房性心律失常',
    groupSounds: ['fangxingxinlvshichang', 'fxxlsc'],
  }),
];
const found = (typed: string) => findTexts(texts, 'template', 'CT-CHEST', typed).map(({ id }) => id);

describe('finding a text', () => {
  it('shows own before the network’s, and what fits before what does not', () =>
    expect(found('')).toEqual(['我的肺炎', '肺结节', '肺炎 CT', '肺炎']));

  it('goes by name, by pinyin, by initials and by words', () => {
    expect(found('肺炎')).toEqual(['肺炎 CT', '我的肺炎', '肺炎']);
    expect(found('feiy')).toEqual(['肺炎 CT', '我的肺炎', '肺炎']);
    expect(found('FJ')).toEqual(['肺结节']);
    expect(found('见结')).toEqual(['肺结节']);
    expect(found('xyz')).toEqual([]);
  });

  it('goes by the group that it lies in', () => {
    for (const typed of ['房性', 'fxxl'])
      expect(findTexts(texts, 'phrase', null, typed).map(({ name }) => name)).toEqual(['房颤']);
    expect(findTexts(texts, 'phrase', null, 'fxx')).toHaveLength(1);
  });
});
