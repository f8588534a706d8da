import { sideMentions, type Side, type SideMention } from './sides.js';

export const CONTRADICTION_CODES = [
  /** the impression gives a lesion the side that the findings do not */
  'side-in-report',
  /** the request names one side, the report only the other */
  'side-against-request',
  /** the images are of one side, the report names only the other */
  'side-against-images',
  /** organs or words of the other sex */
  'sex',
  /** one number with two units of length or volume */
  'unit',
] as const;
export type ContradictionCode = (typeof CONTRADICTION_CODES)[number];

/** Something that cannot be true as it is written: what is written, and what it contradicts. */
export interface Contradiction {
  readonly code: ContradictionCode;
  readonly field: 'findings' | 'impression';
  readonly text: string;
  readonly against: string;
}

interface Report {
  readonly findings: string;
  readonly impression: string;
}
/** What is known of the examination beside what is written about it. */
export interface ReportBackground {
  readonly sex: 'M' | 'F' | 'O' | null;
  /** 申请单: clinical information, item, description */
  readonly request: string;
  /** (0020,0060) and (0020,0062) of the images that have one */
  readonly lateralities: readonly string[];
}

const FIELDS = ['findings', 'impression'] as const;

/**
 * What a report says against itself, its request or its images (左右, 男女, 单位). It errs on the side of silence: a side counts only of a
 * part that comes in pairs, and only where the text never names the right one.
 */
export function contradictions(report: Report, about: ReportBackground): Contradiction[] {
  return [
    ...sidesWithin(report),
    ...sidesAgainst(report, about),
    ...otherSex(report, about.sex),
    ...unitsWithin(report),
  ];
}

/** By which an author says that one is meant as it is. */
export const contradictionKey = ({ code, text, against }: Contradiction): string => `${code} ${text} ${against}`;

export const keyed = (one: Contradiction) => ({ ...one, key: contradictionKey(one) });

const sidesOf = (mentions: readonly SideMention[], part: string): Set<Side> =>
  new Set(mentions.filter((one) => one.part === part).flatMap(({ sides }) => sides));

function sidesWithin({ findings, impression }: Report): Contradiction[] {
  const found = sideMentions(findings).filter(({ positive }) => positive);
  return sideMentions(impression)
    .filter(({ positive }) => positive)
    .flatMap(({ part, sides, text }) => {
      const there = sidesOf(found, part);
      if (there.size === 0 || sides.every((side) => there.has(side))) return [];
      const against = found.find((one) => one.part === part)!.text;
      return [{ code: 'side-in-report', field: 'impression', text, against } as const];
    });
}

function sidesAgainst(report: Report, { request, lateralities }: ReportBackground): Contradiction[] {
  const written = FIELDS.flatMap((field) => sideMentions(report[field]).map((mention) => ({ field, ...mention })));
  const asked = sideMentions(request);
  const against = [...new Set(asked.map(({ part }) => part))].flatMap((part) => {
    const [wanted, ...more] = sidesOf(asked, part);
    const named = written.filter((one) => one.part === part);
    if (wanted === undefined || more.length > 0 || named.length === 0) return [];
    if (named.some(({ sides }) => sides.includes(wanted))) return [];
    const { field, text } = named[0]!;
    return [
      { code: 'side-against-request', field, text, against: asked.find((one) => one.part === part)!.text } as const,
    ];
  });
  const imaged = new Set(lateralities.map((one) => (one === 'L' ? '左' : one === 'R' ? '右' : null)));
  const [only] = imaged;
  if (imaged.size !== 1 || !only || written.length === 0 || written.some(({ sides }) => sides.includes(only)))
    return against;
  const { field, text } = written[0]!;
  return [...against, { code: 'side-against-images', field, text, against: `${only}侧图像` }];
}

const OF_WOMEN = /子宫|宫颈|宫腔|卵巢|输卵管|阴道|妊娠|孕囊|胎儿|节育器|女性|女患|患者女/u;
const OF_MEN = /前列腺|精囊|睾丸|附睾|阴囊|阴茎|输精管|男性|男患|患者男/u;

function otherSex(report: Report, sex: ReportBackground['sex']): Contradiction[] {
  if (sex !== 'M' && sex !== 'F') return [];
  return FIELDS.flatMap((field) => {
    const [text] = (sex === 'M' ? OF_WOMEN : OF_MEN).exec(report[field]) ?? [];
    return text === undefined ? [] : [{ code: 'sex', field, text, against: sex === 'M' ? '男' : '女' } as const];
  });
}

/** Millimetres or millilitres of one unit. */
const UNITS: Readonly<Record<string, readonly ['length' | 'volume', number]>> = {
  mm: ['length', 1],
  毫米: ['length', 1],
  cm: ['length', 10],
  厘米: ['length', 10],
  ml: ['volume', 1],
  毫升: ['volume', 1],
  l: ['volume', 1000],
  升: ['volume', 1000],
};
const QUANTITY = /((?:\d+(?:\.\d+)?\s*[×xX*]\s*)*\d+(?:\.\d+)?)\s*(mm|cm|ml|毫米|厘米|毫升|l|升)(?![a-z])/giu;

/** `8×6mm` is two lengths. */
const quantities = (text: string) =>
  [...text.matchAll(QUANTITY)].flatMap(([, numbers = '', unit = '']) => {
    const [kind, factor] = UNITS[unit.toLowerCase()]!;
    return numbers.split(/[×xX*]/u).map((number) => ({
      number: Number(number),
      kind,
      size: Number(number) * factor,
      text: `${number.trim()}${unit}`,
    }));
  });

function unitsWithin({ findings, impression }: Report): Contradiction[] {
  const measured = quantities(findings);
  return quantities(impression).flatMap(({ number, kind, size, text }) => {
    const same = measured.filter((one) => one.kind === kind && one.number === number);
    if (same.length === 0 || measured.some((one) => one.kind === kind && Math.abs(one.size - size) < size * 0.01))
      return [];
    return [{ code: 'unit', field: 'impression', text, against: same[0]!.text } as const];
  });
}
