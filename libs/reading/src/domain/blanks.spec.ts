import { describe, expect, it } from '@jest/globals';
import { openBlanks } from './blanks.js';

describe('blanks that are left open', () => {
  it('are named, one with a choice by all of it', () => {
    expect(openBlanks('[左|右]肺[上叶]见结节，大小约[长径]mm')).toEqual(['[左|右]', '[上叶]', '[长径]']);
    expect(openBlanks('中线[居中|向对侧移位约[毫米]mm]。')).toEqual(['[居中|向对侧移位约[毫米]mm]']);
    expect(openBlanks('胆囊结石[，胆囊炎|]。')).toEqual(['[，胆囊炎|]']);
  });

  it('are told by the words before them where they have no name', () => {
    expect(openBlanks('肝脏。\n右叶最大斜径约[  ]mm，门静脉内径____mm')).toEqual([
      '右叶最大斜径约[  ]',
      'mm，门静脉内径____',
    ]);
  });

  it('are none where brackets or lines mean something else', () => {
    expect(openBlanks('SUV [3.2]，[Ca2+] 与 [1]，a_b')).toEqual([]);
    expect(openBlanks('')).toEqual([]);
  });
});
