import { describe, expect, it } from '@jest/globals';
import { BriefMemory } from './brief-memory.js';

describe('what is remembered briefly', () => {
  it('is looked up once while it lasts, also by those who ask at the same time', async () => {
    let now = 0;
    let asked = 0;
    const memory = new BriefMemory<string>(2000, 10, () => now);
    const lookUp = async () => `answer ${(asked += 1)}`;
    expect(await Promise.all([memory.find('a', lookUp), memory.find('a', lookUp)])).toEqual(['answer 1', 'answer 1']);
    now = 1999;
    expect(await memory.find('a', lookUp)).toBe('answer 1');
    now = 2000;
    expect(await memory.find('a', lookUp)).toBe('answer 2');
    memory.forget('a');
    expect(await memory.find('a', lookUp)).toBe('answer 3');
  });

  it('keeps neither nothing nor failures, and no more than it may', async () => {
    const memory = new BriefMemory<number>(2000, 2, () => 0);
    let asked = 0;
    const nothing = async () => ((asked += 1), null);
    expect(await memory.find('a', nothing)).toBeNull();
    expect(await memory.find('a', nothing)).toBeNull();
    expect(asked).toBe(2);
    await expect(memory.find('b', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await memory.find('b', async () => 1)).toBe(1);
    for (const key of ['c', 'd']) await memory.find(key, async () => 2);
    expect(await memory.find('b', async () => 3)).toBe(3);
  });
});
