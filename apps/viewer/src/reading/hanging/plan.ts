import type { HangingCell, HangingCondition, HangingRule, HangingStep } from '../../api/types.js';
import type { Side, Unit } from './unit.js';
import { findsOne } from './words.js';

/** What rules ask of an examination beside its pictures. */
export interface Examined {
  readonly modality: string;
  /** body part, item and descriptions */
  readonly about: string;
  readonly images: number;
}

export interface PlannedCell {
  /** null: nothing of that name is there, or no more pictures are */
  readonly unit: Unit | null;
  readonly name: string;
  readonly window: string | null;
  /** whose side it is for */
  readonly laterality: Side | null;
}

export type PlannedStep = Omit<HangingStep, 'cells'> & { readonly cells: readonly PlannedCell[] };

export interface Plan {
  readonly rule: HangingRule | null;
  readonly steps: readonly PlannedStep[];
}

function fitsCell(unit: Unit, { words = [], views = [], laterality, plane }: HangingCell): boolean {
  if (laterality && unit.laterality !== laterality) return false;
  if (plane && unit.plane !== plane) return false;
  // Of an image that says its view its words do not matter.
  if (views.length > 0 && unit.view) return views.includes(unit.view);
  if (words.length > 0) return findsOne(unit.description, words);
  return views.length === 0;
}

const asks = ({ words = [], views = [], laterality, plane }: HangingCell): boolean =>
  words.length > 0 || views.length > 0 || laterality !== undefined || plane !== undefined;

/** What hangs in each cell: of what fits one the picture that fits the fewest others, so that T2 is not taken by T2 FLAIR. */
function planStep(step: HangingStep, units: readonly Unit[]): PlannedStep {
  const cells = Array.from({ length: step.rows * step.columns }, (_, at): HangingCell => step.cells?.[at] ?? {});
  const free = new Set(units.filter(({ scout }) => !scout));
  const taken = cells.map((cell): Unit | null => {
    if (!asks(cell)) return null;
    const wanted = (unit: Unit): number =>
      (unit.lesser ? cells.length : 0) + cells.filter((other) => asks(other) && fitsCell(unit, other)).length;
    const [best] = [...free].filter((unit) => fitsCell(unit, cell)).sort((a, b) => wanted(a) - wanted(b));
    if (best) free.delete(best);
    return best ?? null;
  });
  const left = [...free].sort((a, b) => Number(a.lesser) - Number(b.lesser));
  left.push(...units.filter(({ scout }) => scout));
  return {
    ...step,
    cells: cells.map((cell, at) => ({
      unit: taken[at] ?? (cell.name ? null : (left.shift() ?? null)),
      name: cell.name ?? '',
      window: cell.window ?? null,
      laterality: cell.laterality ?? null,
    })),
  };
}

/** Every cell of it is for something, and nothing of that is there. */
const isVoid = ({ cells }: PlannedStep): boolean => cells.every(({ unit, name }) => name !== '' && unit === null);

function holds(condition: HangingCondition, exam: Examined, units: readonly Unit[]): boolean {
  const { modalities = [], words = [], laterality, views = [], series = 0, images = 0 } = condition;
  const sides = new Set(units.map((unit) => unit.laterality).filter((side) => side !== null));
  const proper = new Set(units.filter(({ scout }) => !scout).map(({ uid }) => uid));
  return (
    (modalities.length === 0 || modalities.includes(exam.modality)) &&
    (words.length === 0 || findsOne(exam.about, words)) &&
    (laterality === undefined || (sides.has(laterality) && sides.size === 1)) &&
    views.every((view) => units.some((unit) => unit.view === view)) &&
    proper.size >= series &&
    exam.images >= images
  );
}

const PLAIN: HangingStep = { rows: 1, columns: 1 };

/** The first rule that holds says how an examination is hung; steps that would show nothing are left out. */
export function plan(rules: readonly HangingRule[], exam: Examined, units: readonly Unit[]): Plan {
  for (const rule of rules) {
    if (!rule.enabled || !holds(rule.condition, exam, units)) continue;
    const steps = rule.steps.map((step) => planStep(step, units)).filter((step) => !isVoid(step));
    if (steps.length > 0) return { rule, steps };
  }
  return { rule: null, steps: [planStep(PLAIN, units)] };
}

/** Whether a rule asks for the plane of images, which only their metadata tells for sure. */
export const asksForPlane = (rule: HangingRule | null): boolean =>
  rule !== null && rule.steps.some(({ cells = [] }) => cells.some(({ plane }) => plane !== undefined));
