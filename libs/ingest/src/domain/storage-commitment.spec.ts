import { describe, expect, it } from '@jest/globals';
import { nextPause } from './storage-commitment.js';

describe('the pause before a sender is called again', () => {
  it('doubles from ten seconds to an hour, and ends after a week', () => {
    expect([1, 2, 3, 9, 10, 500].map((attempts) => nextPause(attempts, 60))).toEqual([10, 20, 40, 2560, 3600, 3600]);
    expect(nextPause(3, 8 * 24 * 3600)).toBeNull();
  });
});
