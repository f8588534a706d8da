import { describe, expect, it } from '@jest/globals';
import { edgeLetters } from '../images/orientation.js';
import { commonScale, shiftToWall, turnToStand } from './stand.js';

const edges = (patientOrientation: [string, string], side: 'L' | 'R', view: string): string => {
  const turn = turnToStand(patientOrientation, side, view);
  return turn ? edgeLetters({ oriented: false, patientOrientation }, [], turn).join(' ') : '';
};

describe('an image of a breast', () => {
  it('that comes as it should hang is not turned', () => {
    expect(turnToStand(['P', 'L'], 'R', 'CC')).toEqual({ quarters: 0, flipped: false });
    expect(turnToStand(['A', 'FR'], 'L', 'MLO')).toEqual({ quarters: 0, flipped: false });
  });

  it.each<[[string, string], 'L' | 'R', string, string]>([
    [['P', 'L'], 'R', 'CC', 'R P L A'],
    [['A', 'L'], 'R', 'CC', 'R P L A'],
    [['A', 'R'], 'R', 'CC', 'R P L A'],
    [['R', 'P'], 'R', 'CC', 'R P L A'],
    [['P', 'L'], 'L', 'CC', 'L A R P'],
    [['A', 'R'], 'L', 'CC', 'L A R P'],
    [['A', 'F'], 'R', 'MLO', 'H P F A'],
    [['P', 'H'], 'R', 'MLO', 'H P F A'],
    [['H', 'A'], 'R', 'MLO', 'H P F A'],
    [['P', 'HL'], 'L', 'MLO', 'HL A FR P'],
    [['FR', 'P'], 'L', 'MLO', 'HL A FR P'],
    [['A', 'F'], 'L', 'ML', 'H A F P'],
  ])('that runs to %s is hung upright, its wall towards the middle (%s %s)', (orientation, side, view, letters) =>
    expect(edges(orientation, side, view)).toBe(letters),
  );

  it('stays as it is where nothing says where the chest wall is', () => {
    expect(turnToStand(null, 'R', 'CC')).toBeNull();
    expect(turnToStand(['L', 'F'], 'R', 'MLO')).toBeNull();
  });

  it('has the scale of the others, and touches the edge of its cell', () => {
    const cell = [400, 300] as const;
    const [small, tall] = [
      { width: 180, height: 240, cell },
      { width: 240, height: 300, cell },
    ];
    expect(commonScale([small, tall])).toBe(1);
    expect(commonScale([small])).toBe(0.8);
    expect(shiftToWall(small, 1, 'right')).toBe(110);
    expect(shiftToWall(tall, 1, 'left')).toBe(-80);
  });
});
