import { describe, expect, it } from '@jest/globals';
import type { HangingRule } from '../../api/types.js';
import { ruleOf, wordsOf } from './keep-rule.js';
import { plan, type Examined } from './plan.js';
import type { Unit } from './unit.js';

const unit = (part: Partial<Unit>): Unit => ({
  uid: part.description ?? '',
  at: null,
  description: '',
  modality: 'CT',
  view: '',
  laterality: null,
  plane: null,
  scout: false,
  lesser: false,
  ...part,
});
const exam: Examined = { modality: 'CT', about: 'CHEST | 胸部CT', images: 200 };
const kept = (...args: Parameters<typeof ruleOf>): HangingRule => ({
  id: '1',
  own: true,
  enabled: true,
  version: 1,
  ...ruleOf(...args),
});

describe('a rule made of what is on the screen', () => {
  it('hangs the next examination of the kind the same, whatever order its series have', () => {
    const [lung, soft] = [unit({ description: 'Lung 1.0', plane: 'axial' }), unit({ description: 'Soft 5.0' })];
    const now = {
      layout: { rows: 1, columns: 2 },
      cells: [
        { unit: lung, window: 'lung' as const },
        { unit: soft, window: null },
      ],
      together: true,
      lines: false,
      backToBack: false,
    };
    const rule = kept('我的胸部', ['胸'], exam, now);
    expect(rule).toMatchObject({ condition: { modalities: ['CT'], words: ['胸'], series: 2 } });
    const next = plan([rule], exam, [unit({ description: 'Other' }), soft, lung]);
    expect(next.steps).toMatchObject([
      {
        rows: 1,
        columns: 2,
        together: true,
        cells: [
          { unit: lung, window: 'lung' },
          { unit: soft, window: null },
        ],
      },
    ]);
    expect(plan([rule], { ...exam, about: '头颅CT' }, [soft, lung]).rule).toBeNull();
    expect(plan([rule], exam, [lung]).rule).toBeNull();
  });

  it('goes by view and side for projections, and keeps a missing breast’s place', () => {
    const views = (['R', 'L'] as const).map((laterality) =>
      unit({ modality: 'MG', view: 'CC', laterality, uid: laterality }),
    );
    const now = {
      layout: { rows: 1, columns: 2 },
      cells: views.map((one) => ({ unit: one, window: null })),
      together: false,
      lines: false,
      backToBack: true,
    };
    const rule = kept('CC', [], { ...exam, modality: 'MG' }, now);
    expect(rule.condition).toEqual({ modalities: ['MG'] });
    const [step] = plan([rule], { ...exam, modality: 'MG' }, [views[1]!]).steps;
    expect(step).toMatchObject({ backToBack: true, cells: [{ unit: null, name: 'R-CC' }, { unit: views[1] }] });
  });

  it('offers the part of the body as words', () => {
    expect(wordsOf('chest', 'CHEST | 胸部CT')).toEqual(['CHEST', '胸']);
    expect(wordsOf('', '腰椎MR')).toEqual(['腰椎']);
    expect(wordsOf('', '')).toEqual([]);
  });
});
