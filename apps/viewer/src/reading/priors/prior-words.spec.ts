import { describe, expect, it } from '@jest/globals';
import type { PriorDetail } from '../../api/types.js';
import { zh } from '../../text/zh.js';
import { comparison, isLater, priorStatus } from './prior-words.js';

const other = (examinedAt: string | null): PriorDetail => ({
  id: 'one',
  kind: 'imaging',
  item: { code: 'CT-CHEST', name: '胸部CT平扫' },
  modality: 'CT',
  description: null,
  organisation: { code: 'lijia', name: '李家镇卫生院' },
  patient: { number: 'LJ1', name: '王^建国', sex: 'M', age: null },
  studyInstanceUid: '2.25.1',
  instances: 1,
  examinedAt,
  receivedAt: '2026-03-02T02:00:00.000Z',
  report: null,
  words: {
    findings: '',
    impression: '右肺结节。',
    author: { id: 'a', name: '甲' },
    reviewer: { id: 'b', name: '乙' },
    signedAt: '2026-03-02T03:00:00.000Z',
  },
});
const read = { examinedAt: '2026-03-01T01:30:00.000Z', receivedAt: '2026-03-01T01:40:00.000Z' };

describe('another examination of the person', () => {
  it('is later by when it was made; where its file does not say, by when it came', () => {
    expect(isLater(other('2026-02-01T01:30:00.000Z'), read)).toBe(false);
    expect(isLater(other('2026-03-01T01:31:00.000Z'), read)).toBe(true);
    expect(isLater(other(null), read)).toBe(true);
  });
  it('is never said to be from before when it is later', () => {
    expect(priorStatus(other('2026-02-01T01:30:00.000Z'), read, zh)).toBe('没有已签发的报告');
    expect(priorStatus(other('2026-03-05T01:30:00.000Z'), read, zh)).toBe('晚于本次 · 没有已签发的报告');
    expect(comparison(other('2026-02-01T01:30:00.000Z'), read, zh)).toContain('（前次：右肺结节）');
    const later = comparison(other('2026-03-05T01:30:00.000Z'), read, zh);
    expect(later).toContain('（晚于本次）');
    expect(later).not.toContain('前次');
  });
});
