import { describe, expect, it } from '@jest/globals';
import { finds } from './words.js';

describe('a word in a description', () => {
  it.each([
    ['Chest PA', 'pa', true],
    ['PATELLA', 'PA', false],
    ['CAPITATE', 'AP', false],
    ['t2_tse_tra', 'T2', true],
    ['T2W', 'T2', true],
    ['T10 spine', 'T1', false],
    ['Mediastinum', 'MEDIAST', true],
    ['Lung 1.0 B60f', 'LUNG', true],
    ['双侧膝关节正位', '正位', true],
    ['胸部CT平扫', '胸', true],
    ['PAPA PA', 'PA', true],
    ['anything', ' ', false],
  ])('%s: %s is there: %s', (description, word, there) => expect(finds(description, word)).toBe(there));
});
