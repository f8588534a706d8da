import { describe, expect, it } from '@jest/globals';
import type { Mark } from '../../api/types.js';
import { zhImages } from '../../text/zh-images.js';
import { insertLines, markSentence } from './mark-sentence.js';

const words = { ...zhImages.sentence, measure: zhImages.measure };
const mark = (part: Partial<Mark>): Mark => ({
  id: '2.25.1',
  kind: 'length',
  sopInstanceUid: '1.2',
  frame: 1,
  points: [],
  values: [],
  calibration: 'patient',
  ...part,
});

describe('a mark in the report', () => {
  it('says what was measured, in which unit and on which image', () => {
    const values: Mark['values'] = [
      { quantity: 'length', value: 12.34, unit: 'mm' },
      { quantity: 'short-axis', value: 8, unit: 'mm' },
    ];
    const place = { seriesNumber: '2', instanceNumber: '15' };
    expect(markSentence(mark({ kind: 'bidirectional', values }), place, words)).toBe(
      '长 12.3 mm，短径 8.0 mm（序列 2 图 15）',
    );
    expect(markSentence(mark({ values: values.slice(0, 1), calibration: 'detector' }), undefined, words)).toBe(
      '长 12.3 mm (探测器面)',
    );
  });

  it('names what numbers alone do not tell, and leaves extremes on the screen', () => {
    const place = { seriesNumber: '', instanceNumber: '3' };
    expect(
      markSentence(mark({ kind: 'cobb', values: [{ quantity: 'angle', value: 21, unit: 'deg' }] }), place, words),
    ).toBe('Cobb 角 21.0°（图 3）');
    const leg: Mark['values'] = [
      { quantity: 'length', value: 801.25, unit: 'mm' },
      { quantity: 'hip-knee-ankle', value: 174.2, unit: 'deg' },
      { quantity: 'axis-deviation', value: 21.04, unit: 'mm' },
    ];
    expect(markSentence(mark({ kind: 'centre-line', values: leg, calibration: 'detector' }), place, words)).toBe(
      '下肢力线 长 801.3 mm (探测器面)，髋膝踝角 174.2°，力线偏移 21.0 mm (探测器面)（图 3）',
    );
    const region: Mark['values'] = [
      { quantity: 'mean', value: 40.4, unit: 'HU' },
      { quantity: 'maximum', value: 90, unit: 'HU' },
    ];
    expect(markSentence(mark({ kind: 'ellipse', values: region }), place, words)).toBe('区域 均值 40 HU（图 3）');
    expect(markSentence(mark({ kind: 'arrow', text: '结节' }), place, words)).toBe('结节（图 3）');
    expect(markSentence(mark({ kind: 'arrow' }), place, words)).toBe('');
  });

  it('goes in at the caret, as lines of their own', () => {
    expect(insertLines('', 0, ['甲'])).toEqual({ text: '甲', caret: 1 });
    expect(insertLines('前后', 1, ['甲', '乙'])).toEqual({ text: '前\n甲\n乙\n后', caret: 6 });
    expect(insertLines('前\n', 2, ['甲'])).toEqual({ text: '前\n甲', caret: 3 });
  });
});
