import { describe, expect, it } from '@jest/globals';
import { zh } from '../../text/zh.js';
import { stLine } from './st-line.js';

const level = (lead: string, jMicrovolts: number, j60Microvolts: number) => ({ lead, jMicrovolts, j60Microvolts });

describe('stLine', () => {
  it('names what is off by 0.1 mV, at J and after it', () => {
    const st = [level('II', -60, -99), level('V2', 100, 236), level('V5', -20, -150)];
    expect(stLine(st, zh)).toBe('ST（J／J+60 ms）：V2 +0.10/+0.24，V5 −0.02/−0.15 mV；其余不足 0.1 mV');
    expect(stLine([level('V2', 0, 100)], zh)).toBe('ST（J／J+60 ms）：V2 +0.00/+0.10 mV');
  });
  it('says that nothing is, and nothing of what was not measured', () => {
    expect(stLine([level('II', 99, -99)], zh)).toBe('ST（J／J+60 ms）：各导联均不足 0.1 mV');
    expect(stLine([], zh)).toBe('');
    expect(stLine(undefined, zh)).toBe('');
  });
});
