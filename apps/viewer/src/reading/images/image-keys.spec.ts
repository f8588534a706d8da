import { describe, expect, it } from '@jest/globals';
import { zhImages } from '../../text/zh-images.js';
import { ACTIONS } from './image-keys.js';
import { TOOLS } from './tool-table.js';

describe('the keys of the reading page', () => {
  it('do one thing each', () => {
    const keys = [...TOOLS.map(({ hotkey }) => hotkey), ...Object.keys(ACTIONS)];
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });
  it('stand in the list once each', () => {
    const listed = zhImages.keysList.map(([key]) => key);
    expect(listed.filter((key, at) => listed.indexOf(key) !== at)).toEqual([]);
  });
});
