import { items, numbers, text, type DicomJson } from '../../api/dicom-web.js';
import type { KeyImage } from '../../api/types.js';
import type { Series } from '../images/series.js';
import { findsOne } from './words.js';

export type AnatomicalPlane = 'axial' | 'coronal' | 'sagittal';
export type Side = 'L' | 'R';

/** What can hang in a cell: an image of a projection, or a series. */
export interface Unit {
  readonly uid: string;
  /** the image it opens on; null: as the series does */
  readonly at: KeyImage | null;
  readonly description: string;
  readonly modality: string;
  /** View Position; empty where nothing says it */
  readonly view: string;
  readonly laterality: Side | null;
  readonly plane: AnatomicalPlane | null;
  /** an image to plan the others by */
  readonly scout: boolean;
  /** hangs only where nothing better does: pixels for machines, a spot of a view that is there whole */
  readonly lesser: boolean;
}

/** Images of these are hung one by one. */
const PROJECTIONS: ReadonlySet<string> = new Set(['MG', 'CR', 'DX', 'RG', 'IO', 'PX']);
export const isProjection = (modality: string): boolean => PROJECTIONS.has(modality);

const SCOUT = ['SCOUT', 'TOPO', 'TOPOGRAM', 'LOCALIZER', 'LOCALISER', 'SURVIEW', 'SURVEY', '定位'];
const PLANES: readonly (readonly [AnatomicalPlane, readonly string[]])[] = [
  ['axial', ['AX', 'AXI', 'AXIAL', 'TRA', 'TRANS', '横', '轴位']],
  ['coronal', ['COR', 'CORONAL', '冠']],
  ['sagittal', ['SAG', 'SAGITTAL', '矢']],
];
/** SNOMED CT and RT of PS3.16 CID 4014. */
const VIEW_CODES: Readonly<Record<string, string>> = {
  'R-10242': 'CC',
  '399162004': 'CC',
  'R-10226': 'MLO',
  '399368009': 'MLO',
  'R-10224': 'ML',
  '399260004': 'ML',
  'R-10228': 'LM',
  '399352003': 'LM',
};

const tag = {
  PresentationIntentType: '00080068',
  SOPInstanceUID: '00080018',
  CodeValue: '00080100',
  ViewPosition: '00185101',
  Laterality: '00200060',
  ImageLaterality: '00200062',
  ImageOrientationPatient: '00200037',
  InstanceNumber: '00200013',
  ViewCodeSequence: '00540220',
  ViewModifierCodeSequence: '00540222',
} as const;

const sideOf = (said: string): Side | null => (said === 'L' || said === 'R' ? said : null);

/** "L" by itself is a side of a breast, and a lumbar spine elsewhere. */
function sideInWords(description: string, modality: string): Side | null {
  const breast = modality === 'MG';
  const [left, right] = [
    ['LT', 'LEFT', '左', ...(breast ? ['L', 'LCC', 'LMLO'] : [])],
    ['RT', 'RIGHT', '右', ...(breast ? ['R', 'RCC', 'RMLO'] : [])],
  ].map((words) => findsOne(description, words));
  return left === right ? null : left ? 'L' : 'R';
}

function viewOf(dataset: DicomJson, modality: string, description: string): string {
  const coded = items(dataset, tag.ViewCodeSequence).map((item) => VIEW_CODES[text(item, tag.CodeValue)]);
  const said = text(dataset, tag.ViewPosition).toUpperCase() || coded.find(Boolean) || '';
  if (said || modality !== 'MG') return said;
  if (findsOne(description, ['CC', 'LCC', 'RCC'])) return 'CC';
  return findsOne(description, ['MLO', 'LMLO', 'RMLO']) ? 'MLO' : '';
}

/** By the direction that its normal is nearest to; null where it says no direction. */
function planeOf(dataset: DicomJson | undefined): AnatomicalPlane | null {
  const [a, b, c, d, e, f] = dataset ? numbers(dataset, tag.ImageOrientationPatient) : [];
  if (f === undefined) return null;
  const normal = [b! * f - c! * e!, c! * d! - a! * f, a! * e! - b! * d!].map(Math.abs);
  const most = Math.max(...normal);
  return most === normal[2] ? 'axial' : most === normal[1] ? 'coronal' : 'sagittal';
}

export const planeInWords = (description: string): AnatomicalPlane | null => {
  const found = PLANES.filter(([, words]) => findsOne(description, words));
  return found.length === 1 ? found[0]![0] : null;
};

/** @param datasets the metadata of its images, where they are known */
export function unitsOf(series: Series, datasets: readonly DicomJson[] | undefined): Unit[] {
  const { uid, description, modality } = series;
  const common = { uid, description, modality, scout: findsOne(description, SCOUT) };
  if (!isProjection(modality) || !datasets || datasets.length === 0) {
    const middle = datasets?.[datasets.length >> 1];
    const plane = planeInWords(description) ?? planeOf(middle);
    return [{ ...common, at: null, view: '', laterality: sideInWords(description, modality), plane, lesser: false }];
  }
  return [...datasets]
    .sort((a, b) => (numbers(a, tag.InstanceNumber)[0] ?? 0) - (numbers(b, tag.InstanceNumber)[0] ?? 0))
    .map((dataset) => ({
      ...common,
      at: { sopInstanceUid: text(dataset, tag.SOPInstanceUID), frame: 1 },
      view: viewOf(dataset, modality, description),
      laterality:
        sideOf(text(dataset, tag.ImageLaterality)) ??
        sideOf(text(dataset, tag.Laterality)) ??
        sideInWords(description, modality),
      plane: null,
      lesser:
        text(dataset, tag.PresentationIntentType) === 'FOR PROCESSING' ||
        items(dataset, tag.ViewCodeSequence).some((item) => items(item, tag.ViewModifierCodeSequence).length > 0),
    }));
}
