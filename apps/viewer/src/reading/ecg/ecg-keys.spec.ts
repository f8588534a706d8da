import { describe, expect, it } from '@jest/globals';
import { enEcg } from '../../text/en-ecg.js';
import { zhEcg } from '../../text/zh-ecg.js';
import { ECG_KEYS, MARCH_KEY } from './ecg-keys.js';

const once = (keys: readonly string[]): void => expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);

describe('the keys of the ECG page', () => {
  it('do one thing each, and leave the round its own', () => {
    once([...ECG_KEYS.map(([key]) => key), MARCH_KEY, '[', ']']);
  });
  it.each([zhEcg, enEcg])('stand in the list, once each', ({ keysList }) => {
    once(keysList.map(([key]) => key));
    const listed = keysList.flatMap(([key]) => key.split(' '));
    for (const key of [...ECG_KEYS.map(([name]) => name), MARCH_KEY])
      if (key.length === 1) expect(listed).toContain(key);
  });
});
