/** How a rule is found in what was measured, or said by the device. Rates are beats a minute, voltages microvolts, times milliseconds. */
export type CriticalTest =
  | { readonly kind: 'rr-at-least'; readonly milliseconds: number }
  | { readonly kind: 'rate-below'; readonly perMinute: number }
  | { readonly kind: 'wide-run'; readonly perMinute: number; readonly seconds: number }
  | { readonly kind: 'narrow-run'; readonly perMinute: number }
  | { readonly kind: 'stated-rate'; readonly statement: RegExp; readonly perMinute: number }
  | { readonly kind: 'stated-rr-below'; readonly statement: RegExp; readonly milliseconds: number }
  | { readonly kind: 'st-elevation'; readonly limbAndLateralAtLeast: number; readonly rightAbove: number }
  | { readonly kind: 'stated'; readonly statement: RegExp };

export interface CriticalRule {
  readonly code: string;
  readonly name: string;
  readonly test: CriticalTest;
  /** True where the province's own limit is not at hand and that of the set it is based on stands in. */
  readonly inherited?: boolean;
}

/** One issue of one province's list. A later issue is a further set; none is changed once it has been used. */
export interface CriticalRuleSet {
  readonly id: string;
  readonly province: string;
  readonly version: string;
  readonly source: string;
  readonly rules: readonly CriticalRule[];
}

const FIBRILLATION = /atrial (fibrillation|flutter)|心房颤动|心房扑动|房颤|房扑/i;
const PRE_EXCITED = /pre-?excit|wolff|\bwpw\b|预激/i;

const ZHEJIANG_RULES: readonly CriticalRule[] = [
  { code: 'rr-3s', name: 'R-R ≥ 3.0 s', test: { kind: 'rr-at-least', milliseconds: 3000 } },
  { code: 'rate-35', name: '平均心室率 < 35 次/分', test: { kind: 'rate-below', perMinute: 35 } },
  {
    code: 'avb-3',
    name: '新发三度房室传导阻滞',
    test: {
      kind: 'stated',
      statement: /(third|3rd)[- ]degree|complete (av|heart) block|三度房室|III\s*[°度]\s*(avb|房室)/i,
    },
  },
  { code: 'vt', name: '室性心动过速 ≥ 150 次/分, ≥ 30 s', test: { kind: 'wide-run', perMinute: 150, seconds: 30 } },
  {
    code: 'vt-polymorphic',
    name: '尖端扭转型, 多形性室性心动过速, 心室颤动',
    test: {
      kind: 'stated',
      statement: /torsade|polymorphic v|ventricular (fibrillation|flutter)|尖端扭转|多形性室|室颤|心室颤动/i,
    },
  },
  { code: 'svt', name: '室上性心动过速 ≥ 230 次/分', test: { kind: 'narrow-run', perMinute: 230 } },
  {
    code: 'af-180',
    name: '心房颤动或扑动 ≥ 180 次/分',
    test: { kind: 'stated-rate', statement: FIBRILLATION, perMinute: 180 },
  },
  {
    code: 'af-pre-excited',
    name: '预激伴心房颤动, 最短 R-R < 250 ms',
    test: { kind: 'stated-rr-below', statement: PRE_EXCITED, milliseconds: 250 },
  },
  {
    code: 'st-elevation',
    name: '急性心肌梗死图形: ST 抬高 ≥ 0.1 mV (肢体导联, V4–V6), > 0.3 mV (V1–V3)',
    test: { kind: 'st-elevation', limbAndLateralAtLeast: 100, rightAbove: 300 },
  },
];

/** The limits as the project's field rules hold them; the issued text of each province is to be compared before use. */
export const CRITICAL_ECG_RULE_SETS: readonly CriticalRuleSet[] = [
  {
    id: 'zhejiang-1',
    province: '浙江',
    version: '1',
    source: 'Zhejiang list of ECG critical values, as summarised in the field rules of the project',
    rules: ZHEJIANG_RULES,
  },
  {
    id: 'shanxi-1',
    province: '山西',
    version: '1',
    source:
      'Shanxi list, of which only the SVT limit is at hand; the other limits are those of zhejiang-1 and marked inherited',
    rules: ZHEJIANG_RULES.map((rule): CriticalRule =>
      rule.code === 'svt'
        ? { code: 'svt', name: '室上性心动过速 ≥ 180 次/分', test: { kind: 'narrow-run', perMinute: 180 } }
        : { ...rule, inherited: true },
    ),
  },
];
