import type { HangingCell, HangingCondition, HangingRule, HangingStep } from '../../api/types.js';
import type { Layout } from '../images/layouts.js';
import type { Examined } from './plan.js';
import { isProjection, type Unit } from './unit.js';
import { finds } from './words.js';

/** What is on the screen now. */
export interface Arrangement {
  readonly layout: Layout;
  readonly cells: readonly { readonly unit: Unit | null; readonly window: HangingCell['window'] | null }[];
  readonly together: boolean;
  readonly lines: boolean;
  readonly backToBack: boolean;
}

/** Chinese words for parts of the body, as descriptions and items have them; longer ones first. */
const PARTS = '乳腺 胸椎 腰椎 颈椎 脊柱 骨盆 股骨 肱骨 膝 髋 踝 腕 肘 肩 足 手 头 颅 脑 胸 肺 腹 肝 盆 颈'.split(' ');

/** Words by which others of the kind can be told: the body part of the images, and a Chinese word for one. */
export function wordsOf(bodyPart: string, about: string): string[] {
  const chinese = PARTS.find((part) => finds(about, part));
  return [bodyPart.trim().toUpperCase(), chinese ?? ''].filter(Boolean);
}

function cellOf(unit: Unit, window: HangingCell['window'] | null, backToBack: boolean): HangingCell {
  const { view, laterality, plane, description, modality } = unit;
  const said: HangingCell = { ...(laterality ? { laterality } : {}), ...(window ? { window } : {}) };
  const projection = isProjection(modality);
  if (view) return { ...said, views: [view], ...(backToBack && laterality ? { name: `${laterality}-${view}` } : {}) };
  const words = description.trim().slice(0, 64);
  return { ...said, ...(words ? { words: [words] } : {}), ...(plane && !projection ? { plane } : {}) };
}

/** A rule that hangs other examinations as this one hangs now. @param words none: every examination of the modality */
export function ruleOf(
  name: string,
  words: readonly string[],
  exam: Examined,
  now: Arrangement,
): Pick<HangingRule, 'name' | 'condition' | 'steps'> {
  const { layout, cells, together, lines, backToBack } = now;
  const units = cells.map(({ unit }) => unit).filter((unit) => unit !== null);
  const series = new Set(units.map(({ uid }) => uid)).size;
  const projection = units.some((unit) => isProjection(unit.modality));
  const condition: HangingCondition = {
    modalities: [exam.modality],
    ...(words.length > 0 ? { words: [...words] } : {}),
    // Of breasts a missing view leaves its cell empty; else more cells than pictures are no arrangement.
    ...(backToBack || units.length < 2 ? {} : projection ? { images: units.length } : { series }),
  };
  const step: HangingStep = {
    rows: layout.rows,
    columns: layout.columns,
    cells: cells.map(({ unit, window }) => (unit ? cellOf(unit, window, backToBack) : {})),
    ...(together ? { together } : {}),
    ...(lines ? { lines } : {}),
    ...(backToBack ? { backToBack } : {}),
  };
  return { name, condition, steps: [step] };
}
