import { describe, expect, it } from '@jest/globals';
import { mergeOrder, nextToRead, type Waiting } from './reading-order.js';

const row = (id: string, priority: Waiting['priority'] = 'routine', state?: 'drafting' | 'submitted'): Waiting => ({
  id,
  priority,
  reading: state ? { state } : null,
});
const [a, b, c, emergency] = [row('a'), row('b'), row('c'), row('e', 'emergency')];

describe('the order of cases to walk through', () => {
  it('keeps what was opened where it stood, and drops what others took', () =>
    expect(mergeOrder(['a', 'b', 'c', 'd'], ['d', 'f'], new Set(['b']))).toEqual(['b', 'd', 'f']));
  it('lets what has come since stand where the list has it', () =>
    expect(mergeOrder(['a', 'b', 'c'], ['e', 'a', 'c', 'd'], new Set(['a', 'b']))).toEqual(['e', 'a', 'b', 'c', 'd']));
  it('puts several opened ones back in their order', () =>
    expect(mergeOrder(['a', 'b', 'c'], ['c'], new Set(['a', 'b']))).toEqual(['a', 'b', 'c']));
});

describe('the case after a finished one', () => {
  it('is the one that follows', () => expect(nextToRead([a, b, c], [c], 'b', 'waiting')).toBe(c));
  it('is an emergency that has come meanwhile, though it stands above', () =>
    expect(nextToRead([emergency, a, c], [c], 'b', 'waiting')).toBe(emergency));
  it('is one passed over, where none follows', () => expect(nextToRead([a, b], [], 'c', 'waiting')).toBe(a));
  it('is never the same again', () => expect(nextToRead([a], [], 'a', 'waiting')).toBeNull());
  it('is nobody’s finished one among my own', () =>
    expect(nextToRead([row('a', 'emergency', 'submitted'), row('b', 'routine', 'drafting')], [], 'c', 'mine')?.id).toBe(
      'b',
    ));
});
