import { CobbAngleTool, type Types } from '@cornerstonejs/tools';

type Point = Types.Annotation['data'] extends { handles?: { points?: (infer P)[] } } ? P : never;

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Two lines, drawn as those of a Cobb angle: the greatest width of the heart and that of the thorax (心胸比), in either order. */
export class CardiothoracicTool extends CobbAngleTool {
  static override toolName = 'Cardiothoracic';

  override _calculateCachedStats(annotation: Types.Annotation, engine: unknown, enabledElement: unknown): unknown {
    const stats = super._calculateCachedStats(annotation, engine, enabledElement) as
      Record<string, Record<string, unknown>> | undefined;
    const [a, b, c, d] = annotation.data.handles?.points ?? [];
    if (!stats || !a || !b || !c || !d) return stats;
    const [heart, thorax] = [distance(a, b), distance(c, d)].sort((one, other) => one - other) as [number, number];
    for (const own of Object.values(stats)) {
      Object.assign(own, { ratio: thorax > 0 ? heart / thorax : undefined, heart, thorax });
      // Beside lines that are parallel, as these are, nothing would be written: their angle is 0.
      own['angle'] = 1;
    }
    return stats;
  }
}
