import { describe, expect, it } from '@jest/globals';
import type { DicomJson } from '../../api/dicom-web.js';
import type { HangingRule } from '../../api/types.js';
import { asksForPlane, plan, type Examined } from './plan.js';
import { unitsOf, type Unit } from './unit.js';

const rule = (part: Partial<HangingRule>): HangingRule => ({
  id: part.name ?? 'rule',
  own: false,
  enabled: true,
  version: 1,
  name: 'rule',
  condition: {},
  steps: [{ rows: 1, columns: 1 }],
  ...part,
});
const unit = (part: Partial<Unit>): Unit => ({
  uid: part.description ?? part.view ?? '',
  at: null,
  description: '',
  modality: 'MR',
  view: '',
  laterality: null,
  plane: null,
  scout: false,
  lesser: false,
  ...part,
});
const exam = (part: Partial<Examined> = {}): Examined => ({ modality: 'MR', about: '', images: 99, ...part });
const uids = (found: ReturnType<typeof plan>, step = 0) =>
  found.steps[step]!.cells.map((cell) => cell.unit?.uid ?? null);

describe('the rule that holds', () => {
  const units = [unit({ uid: 'a' }), unit({ uid: 'b' }), unit({ uid: 'scout', scout: true })];
  const chosen = (condition: HangingRule['condition'], about: Partial<Examined> = {}, among = units) =>
    plan([rule({ condition, name: 'it' })], exam(about), among).rule?.name;

  it('is the first that is switched on and fits', () => {
    const rules = [
      rule({ name: 'off', enabled: false }),
      rule({ name: 'CT', condition: { modalities: ['CT'] } }),
      rule({ name: 'first' }),
      rule({ name: 'second' }),
    ];
    expect(plan(rules, exam(), units).rule!.name).toBe('first');
  });

  it('is asked for modality, words, side, views and counts, scouts apart', () => {
    expect(chosen({ modalities: ['CT', 'MR'] })).toBe('it');
    expect(chosen({ words: ['KNEE', '膝'] }, { about: '左膝关节MR' })).toBe('it');
    expect(chosen({ words: ['KNEE'] }, { about: 'HEAD' })).toBeUndefined();
    expect(chosen({ series: 2 })).toBe('it');
    expect(chosen({ series: 3 })).toBeUndefined();
    expect(chosen({ images: 100 })).toBeUndefined();
    const left = [unit({ view: 'AP', laterality: 'L' })];
    expect(chosen({ laterality: 'L', views: ['AP'] }, {}, left)).toBe('it');
    expect(chosen({ laterality: 'R' }, {}, left)).toBeUndefined();
    expect(chosen({ laterality: 'L' }, {}, [...left, unit({ laterality: 'R' })])).toBeUndefined();
    expect(chosen({ views: ['AP', 'LL'] }, {}, left)).toBeUndefined();
  });

  it('without one, one cell shows the first picture', () => {
    expect(uids(plan([], exam(), [unit({ uid: 'scout', scout: true }), unit({ uid: 'a' })]))).toEqual(['a']);
    expect(uids(plan([], exam(), []))).toEqual([null]);
  });
});

describe('cells', () => {
  it('take what fits them, the one that fits fewest others, and then what is left', () => {
    const head = rule({
      steps: [
        { rows: 2, columns: 2, cells: [{ words: ['T2'], plane: 'axial' }, { words: ['FLAIR'] }, { words: ['DWI'] }] },
      ],
    });
    const units = [
      unit({ description: 'survey', scout: true }),
      unit({ description: 't2_flair_tra', plane: 'axial' }),
      unit({ description: 't1_sag', plane: 'sagittal' }),
      unit({ description: 't2_tse_cor', plane: 'coronal' }),
      unit({ description: 't2_tse_tra', plane: 'axial' }),
    ];
    expect(uids(plan([head], exam(), units))).toEqual(['t2_tse_tra', 't2_flair_tra', 't1_sag', 't2_tse_cor']);
    expect(asksForPlane(head)).toBe(true);
    expect(asksForPlane(rule({}))).toBe(false);
  });

  it('of mammography stay empty with their names, and a step without a picture is left out', () => {
    const cell = (view: string, laterality: 'L' | 'R') => ({
      views: [view],
      laterality,
      name: `${laterality}-${view}`,
    });
    const four = [cell('CC', 'R'), cell('CC', 'L'), cell('MLO', 'R'), cell('MLO', 'L')];
    const breasts = rule({
      condition: { modalities: ['MG'] },
      steps: [
        { rows: 2, columns: 2, cells: four },
        { rows: 1, columns: 2, cells: four.slice(2) },
        { rows: 1, columns: 2, cells: four.slice(0, 2) },
      ],
    });
    const mg = (view: string, laterality: 'L' | 'R', lesser = false) =>
      unit({ uid: `${laterality} ${view}${lesser ? ' raw' : ''}`, modality: 'MG', view, laterality, lesser });
    const found = plan([breasts], exam({ modality: 'MG' }), [
      mg('CC', 'L', true),
      mg('CC', 'L'),
      mg('CC', 'R'),
      mg('ML', 'L'),
    ]);
    expect(uids(found)).toEqual(['R CC', 'L CC', null, null]);
    expect(found.steps[0]!.cells.map(({ name }) => name)).toEqual(['R-CC', 'L-CC', 'R-MLO', 'L-MLO']);
    expect(found.steps).toHaveLength(2);
    expect(uids(found, 1)).toEqual(['R CC', 'L CC']);
    expect(plan([breasts], exam({ modality: 'MG' }), [unit({ modality: 'MG' })]).rule).toBeNull();
  });

  it('of a projection believe the view before the words', () => {
    const chest = rule({
      steps: [
        {
          rows: 1,
          columns: 2,
          cells: [
            { views: ['PA'], words: ['正位'] },
            { views: ['LL'], words: ['侧位'] },
          ],
        },
      ],
    });
    const units = [
      unit({ uid: 'side', view: 'LL', description: '胸部正位' }),
      unit({ uid: 'front', view: '', description: '胸部正位' }),
    ];
    expect(uids(plan([chest], exam(), units))).toEqual(['front', 'side']);
  });
});

describe('what can hang in a cell', () => {
  const series = { uid: '1', number: '1', description: '', modality: 'MG', bodyPart: '', instances: 2 };
  const value = (...Value: unknown[]) => ({ vr: 'CS', Value });

  it('is each image of a projection, with its view and side from wherever they are said', () => {
    const images: DicomJson[] = [
      {
        '00080018': value('1.2'),
        '00200013': value(2),
        '00540220': value({ '00080100': value('R-10226') }),
        '00200062': value('L'),
        '00080068': value('FOR PROCESSING'),
      },
      { '00080018': value('1.1'), '00200013': value(1), '00185101': value('CC'), '00200060': value('R') },
    ];
    expect(unitsOf(series, images)).toMatchObject([
      { at: { sopInstanceUid: '1.1', frame: 1 }, view: 'CC', laterality: 'R', lesser: false },
      { at: { sopInstanceUid: '1.2' }, view: 'MLO', laterality: 'L', lesser: true },
    ]);
    const [said] = unitsOf({ ...series, description: 'L-MLO' }, [{ '00080018': value('1.3') }]);
    expect(said).toMatchObject({ view: 'MLO', laterality: 'L' });
  });

  it('is a whole series otherwise, with the plane of its words or of its images', () => {
    const mr = { ...series, modality: 'MR', description: 'T2 SAG L-SPINE' };
    expect(unitsOf(mr, undefined)).toMatchObject([{ at: null, plane: 'sagittal', laterality: null }]);
    const oblique = { '00200037': value(1, 0, 0, 0, 0.3, -0.95) };
    expect(unitsOf({ ...mr, description: 'PD' }, [oblique])).toMatchObject([{ plane: 'coronal' }]);
    expect(unitsOf({ ...mr, description: '定位像' }, undefined)).toMatchObject([{ scout: true, plane: null }]);
  });
});
