import { describe, expect, it } from '@jest/globals';
import { guessItem, type ExamItem } from './read.js';

const item = (code: string, name: string, bodyPart: string | null): ExamItem => ({
  code,
  name,
  kind: bodyPart === 'CHEST' ? 'imaging' : 'ecg',
  modalities: bodyPart === 'CHEST' ? ['CT'] : ['ECG'],
  bodyPart,
  recognitionDays: 1,
});
const ITEMS = [
  item('CT-CHEST', '胸部CT平扫', 'CHEST'),
  item('ECG-12', '十二导联心电图', null),
  item('ECG-24H', '动态心电图', 'AMBULATORY'),
];

describe('guessItem', () => {
  it.each([
    ['动态心电图', 'ECG', 'ECG-24H'],
    ['24h ambulatory ECG', 'ECG', 'ECG-24H'],
    ['十二导联心电图', 'ECG', 'ECG-12'],
    ['', 'ECG', 'ECG-12'],
    ['胸部平扫', 'CT', 'CT-CHEST'],
    ['头颅', 'CT', undefined],
  ])('takes %s of %s for %s', (description, modality, code) => {
    const exam = { kind: modality === 'ECG' ? 'ecg' : 'imaging', modality, bodyPart: null, description };
    expect(guessItem(ITEMS, exam)?.code).toBe(code);
  });
});
