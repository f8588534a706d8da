import type { Frame } from './series.js';

const opposite: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
const reversed = (letters: string): string => [...letters].map((letter) => opposite[letter] ?? letter).join('');

/** How a picture without an orientation in the patient is turned on the screen: quarters clockwise behind a flip. */
export interface Turn {
  readonly quarters: number;
  readonly flipped: boolean;
}

/** Letters at the top, right, bottom and left: of the camera where the image lies in the patient, else what a projection says of itself. */
export function edgeLetters(
  frame: Pick<Frame, 'oriented' | 'patientOrientation'> | undefined,
  camera: readonly string[],
  turn: Turn,
): readonly string[] {
  if (frame?.oriented) return camera;
  if (!frame?.patientOrientation) return ['', '', '', ''];
  const [right, bottom] = frame.patientOrientation;
  const edges = [reversed(bottom), right, bottom, reversed(right)];
  const flipped = turn.flipped ? [edges[0]!, edges[3]!, edges[2]!, edges[1]!] : edges;
  return flipped.map((_, edge) => flipped[(edge - turn.quarters + 4) % 4]!);
}
