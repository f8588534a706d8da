import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#libs/kernel';
import { faultsOf } from './image-quality.js';

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return undefined;
};

describe('faults of a grade', () => {
  it('are none of the first grade, and one at least of the others', () => {
    expect(faultsOf('A', [], null)).toEqual([]);
    expect(faultsOf('B', ['motion', 'motion', 'position'], null)).toEqual(['motion', 'position']);
    expect(codeOf(() => faultsOf('A', ['motion'], null))).toBe('fault-not-expected');
    expect(codeOf(() => faultsOf('B', [], null))).toBe('fault-needed');
    expect(codeOf(() => faultsOf('C', [], '模糊'))).toBe('fault-needed');
  });

  it('want words where none of the listed ones fits', () => {
    expect(codeOf(() => faultsOf('C', ['other'], '  '))).toBe('note-required');
    expect(faultsOf('C', ['other'], '胶片划痕')).toEqual(['other']);
  });
});
