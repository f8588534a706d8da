export type Side = '左' | '右';

/** A part of the body of which there are two, with the side that a text gives it. */
export interface SideMention {
  readonly part: string;
  readonly sides: readonly Side[];
  /** as it stands in the text */
  readonly text: string;
  /** of something found there, not of its absence */
  readonly positive: boolean;
}

/**
 * Parts that come in pairs; longer names first where one begins another. What has a side in its name and only one of it (左心室, 右束支, 肝左叶)
 * is none of them.
 */
const PARTS = [
  ['肺门', '肺门'],
  ['肺', '肺'],
  ['胸腔', '胸腔'],
  ['胸膜', '胸膜'],
  ['肋', '肋'],
  ['锁骨', '锁骨'],
  ['肩', '肩'],
  ['肱骨', '肱骨'],
  ['肘', '肘'],
  ['尺骨', '尺骨'],
  ['桡骨', '桡骨'],
  ['腕', '腕'],
  ['手', '手'],
  ['髋', '髋'],
  ['股骨', '股骨'],
  ['膝', '膝'],
  ['髌骨', '膝'],
  ['胫', '小腿'],
  ['腓', '小腿'],
  ['小腿', '小腿'],
  ['踝', '踝'],
  ['足', '足'],
  ['跟骨', '足'],
  ['肾上腺', '肾上腺'],
  ['肾', '肾'],
  ['输尿管', '输尿管'],
  ['乳腺', '乳腺'],
  ['乳房', '乳腺'],
  ['卵巢', '卵巢'],
  ['附件', '附件'],
  ['睾丸', '睾丸'],
  ['甲状腺', '甲状腺'],
  ['腮腺', '腮腺'],
  ['上颌窦', '上颌窦'],
  ['基底节', '基底节'],
  ['丘脑', '丘脑'],
  ['放射冠', '放射冠'],
  ['半卵圆中心', '半卵圆中心'],
  ['额叶', '额叶'],
  ['颞叶', '颞叶'],
  ['顶叶', '顶叶'],
  ['枕叶', '枕叶'],
  ['小脑', '小脑'],
  ['颈动脉', '颈动脉'],
] as const;
const GROUPS = new Map<string, string>(PARTS);
/** The beginnings of other words: 肋膈角, 手术, 肺动脉. */
const NOT_BEFORE: Readonly<Record<string, string>> = { 肋: '膈|间', 手: '术', 肺: '动脉|静脉' };
const NAMES = [...GROUPS.keys()]
  .sort((a, b) => b.length - a.length)
  .map((name) => (NOT_BEFORE[name] ? `${name}(?!${NOT_BEFORE[name]})` : name))
  .join('|');
/** What may stand between the side and the part: 左侧第3、4肋, 右上肺, 左肺上叶 has nothing between. */
const MENTION = new RegExp(
  `(左右|双侧|双|两侧|两|左侧|左|右侧|右)[第0-9一二三四五六七八九十、,~～\\-至上中下前后内外]{0,8}(${NAMES})`,
  'gu',
);
const ABSENT = /未见|未触及|未探及|无(?:明显|殊|异常)|清晰|正常|通畅|对称|居中|不大|光滑|完整/u;
const FOUND = /(?<!未)(?:可)?见(?!异常)|(?<!未)提示|考虑|骨折|增大|增厚|积液|结节|肿块|占位|梗死|出血|炎/u;

/** Every paired part with its side, clause by clause. */
export function sideMentions(text: string): SideMention[] {
  return text.split(/[。；;\n]/u).flatMap((sentence) =>
    sentence.split(/[，,]/u).flatMap((clause) =>
      [...clause.matchAll(MENTION)].map(([found, side = '', name = '']) => ({
        part: GROUPS.get(name)!,
        sides: /[双两]|左右/u.test(side) ? (['左', '右'] as const) : [side[0] as Side],
        text: found,
        positive: !ABSENT.test(clause) || FOUND.test(clause.replaceAll(/未见[^，。；]*/gu, '')),
      })),
    ),
  );
}
