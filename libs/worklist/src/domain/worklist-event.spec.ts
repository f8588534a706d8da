import { describe, expect, it } from '@jest/globals';
import { positionFrom } from './worklist-event.js';

describe('the position in the changes of the worklist', () => {
  it('is two numbers', () => expect(positionFrom('0712-4')).toBe('712-4'));
  it.each(['', '7', '7-', '-1-2', '7-4-1', 'a-b', "7-4'--", '99999999999999999999-1', '1-9999999999999999999'])(
    'is not %j',
    (text) => expect(positionFrom(text)).toBeUndefined(),
  );
});
