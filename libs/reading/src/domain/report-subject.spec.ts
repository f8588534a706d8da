import { describe, expect, it } from '@jest/globals';
import { subjectOf, type ReportSubject } from './report-subject.js';

const subject = (code: string, part: Partial<ReportSubject>): ReportSubject => ({
  code,
  name: code,
  kind: 'imaging',
  item: null,
  modalities: ['DX', 'CR'],
  words: [],
  ...part,
});
const subjects = [
  subject('DR-CHEST', { item: 'DR-CHEST', words: ['CHEST', '胸'] }),
  subject('DR-SPINE', { words: ['THORACIC SPINE', '胸椎', '腰椎'] }),
  subject('MG', { modalities: ['MG'] }),
  subject('ECG-12', { kind: 'ecg', item: 'ECG-12', modalities: ['ECG'] }),
];
const exam = { kind: 'imaging', item: null, itemName: null, modality: 'DX', description: null };
const found = (part: Partial<typeof exam> | { item: string } | { description: string }) =>
  subjectOf(subjects, { ...exam, ...part })?.code;

describe('the subject of an examination', () => {
  it('is that of its item, whatever the description says', () =>
    expect(found({ item: 'DR-CHEST', description: '腰椎正侧位' })).toBe('DR-CHEST'));

  it('is else told by modality and the longest word', () => {
    expect(found({ description: 'Chest PA' })).toBe('DR-CHEST');
    expect(found({ description: '胸椎正侧位' })).toBe('DR-SPINE');
    expect(found({ modality: 'MG', description: 'R-MLO' } as never)).toBe('MG');
  });

  it('is none where nothing tells it, and never of the other kind', () => {
    expect(found({ description: '足' })).toBeUndefined();
    expect(found({ modality: 'ECG' } as never)).toBeUndefined();
  });
});
