import { describe, expect, it } from '@jest/globals';
import { nameSearchText } from './name-search.js';

describe('nameSearchText', () => {
  it('finds a Chinese name by characters, pinyin and initials', () => {
    expect(nameSearchText(['王建国']).split('\n')).toEqual(expect.arrayContaining(['王建国', 'wangjianguo', 'wjg']));
  });
  it('keeps a Latin name with and without its separators', () => {
    expect(nameSearchText(['Wang^JianGuo'])).toBe('wang jianguo\nwangjianguo');
  });
});
