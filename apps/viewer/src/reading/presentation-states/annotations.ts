import { bulkBytes, items, numbers, text, type DicomAttribute, type DicomJson } from '../../api/dicom-web.js';
import { fromCieLab, type Colour } from '../images/cie-lab.js';

/** pixel: of the image, from the upper left corner of its first; display: 0 to 1 over the displayed area */
export type Units = 'pixel' | 'display';
export type Point = readonly [number, number];
interface Placed {
  readonly units: Units;
}

export type Annotation = { readonly colour: Colour } & (
  | (Placed & {
      readonly kind: 'shape';
      readonly shape: 'point' | 'polyline' | 'interpolated' | 'circle' | 'ellipse';
      readonly points: readonly Point[];
      readonly filled: boolean;
      readonly dashed: boolean;
    })
  | {
      readonly kind: 'text';
      readonly lines: readonly string[];
      readonly box: (Placed & { readonly corners: readonly [Point, Point]; readonly align: CanvasTextAlign }) | null;
      /** `tied`: a line leads from the words to it */
      readonly anchor: (Placed & { readonly at: Point; readonly tied: boolean }) | null;
    }
);

const tag = {
  GraphicAnnotationSequence: '00700001',
  GraphicLayer: '00700002',
  BoundingBoxAnnotationUnits: '00700003',
  AnchorPointAnnotationUnits: '00700004',
  GraphicAnnotationUnits: '00700005',
  UnformattedTextValue: '00700006',
  TextObjectSequence: '00700008',
  GraphicObjectSequence: '00700009',
  BoundingBoxTopLeftHandCorner: '00700010',
  BoundingBoxBottomRightHandCorner: '00700011',
  BoundingBoxTextHorizontalJustification: '00700012',
  AnchorPoint: '00700014',
  AnchorPointVisibility: '00700015',
  GraphicData: '00700022',
  GraphicType: '00700023',
  GraphicFilled: '00700024',
  GraphicLayerSequence: '00700060',
  GraphicLayerOrder: '00700062',
  GraphicLayerRecommendedDisplayGrayscaleValue: '00700066',
  GraphicLayerRecommendedDisplayRGBValue: '00700067',
  GraphicLayerRecommendedDisplayCIELabValue: '00700401',
  TextStyleSequence: '00700231',
  LineStyleSequence: '00700232',
  TextColorCIELabValue: '00700241',
  PatternOnColorCIELabValue: '00700251',
  LineDashingStyle: '00700254',
} as const;

/** What has no colour of its own; no mark of the reading has it. */
const USUAL: Colour = [120, 220, 255];
const UNITS: Readonly<Record<string, Units>> = { PIXEL: 'pixel', DISPLAY: 'display' };
const SHAPES: Readonly<Record<string, (Annotation & { kind: 'shape' })['shape']>> = {
  POINT: 'point',
  POLYLINE: 'polyline',
  INTERPOLATED: 'interpolated',
  CIRCLE: 'circle',
  ELLIPSE: 'ellipse',
};
const ALIGN: Readonly<Record<string, CanvasTextAlign>> = { LEFT: 'left', CENTER: 'center', RIGHT: 'right' };

export interface GraphicLayer {
  readonly order: number;
  readonly colour: Colour;
}

/** By name (PS3.3 C.10.7). */
export function layersOf(state: DicomJson): ReadonlyMap<string, GraphicLayer> {
  const parts = (values: number[]): Colour => values.map((value) => value >> 8) as unknown as Colour;
  return new Map(
    items(state, tag.GraphicLayerSequence).map((item) => {
      const lab = numbers(item, tag.GraphicLayerRecommendedDisplayCIELabValue);
      const rgb = numbers(item, tag.GraphicLayerRecommendedDisplayRGBValue);
      const [grey] = numbers(item, tag.GraphicLayerRecommendedDisplayGrayscaleValue);
      const plain = grey === undefined ? USUAL : parts([grey, grey, grey]);
      const colour = lab.length === 3 ? fromCieLab(lab) : rgb.length === 3 ? parts(rgb) : plain;
      return [text(item, tag.GraphicLayer), { order: numbers(item, tag.GraphicLayerOrder)[0] ?? 0, colour }];
    }),
  );
}

export const colourOfLayer = (layers: ReadonlyMap<string, GraphicLayer>, name: string): Colour =>
  layers.get(name)?.colour ?? USUAL;

async function points(element: DicomAttribute | undefined, signal?: AbortSignal): Promise<Point[]> {
  if (!element) return [];
  let values = (element.Value ?? []).map(Number);
  if (!element.Value) {
    const bytes = await bulkBytes(element, signal);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    values = Array.from({ length: bytes.length >> 2 }, (_, index) => view.getFloat32(4 * index, true));
  }
  return Array.from(
    { length: values.length >> 1 },
    (_, index) => [values[2 * index]!, values[2 * index + 1]!] as const,
  );
}

async function shapeOf(item: DicomJson, colour: Colour, signal?: AbortSignal): Promise<Annotation | null> {
  const units = UNITS[text(item, tag.GraphicAnnotationUnits)];
  const shape = SHAPES[text(item, tag.GraphicType)];
  if (!units || !shape) return null;
  const [style] = items(item, tag.LineStyleSequence);
  const lab = numbers(style ?? {}, tag.PatternOnColorCIELabValue);
  return {
    kind: 'shape',
    units,
    shape,
    points: await points(item[tag.GraphicData], signal),
    filled: text(item, tag.GraphicFilled) === 'Y',
    dashed: text(style ?? {}, tag.LineDashingStyle) === 'DASHED',
    colour: lab.length === 3 ? fromCieLab(lab) : colour,
  };
}

const pairAt = (item: DicomJson, attribute: string): Point | null => {
  const [x, y] = numbers(item, attribute);
  return x === undefined || y === undefined ? null : [x, y];
};

function textOf(item: DicomJson, colour: Colour): Annotation | null {
  const [from, to] = [
    pairAt(item, tag.BoundingBoxTopLeftHandCorner),
    pairAt(item, tag.BoundingBoxBottomRightHandCorner),
  ];
  const boxUnits = UNITS[text(item, tag.BoundingBoxAnnotationUnits)];
  const anchorUnits = UNITS[text(item, tag.AnchorPointAnnotationUnits)];
  const at = pairAt(item, tag.AnchorPoint);
  const box =
    from && to && boxUnits
      ? {
          units: boxUnits,
          corners: [from, to] as const,
          align: ALIGN[text(item, tag.BoundingBoxTextHorizontalJustification)] ?? 'left',
        }
      : null;
  const tied = text(item, tag.AnchorPointVisibility) === 'Y';
  const anchor = at && anchorUnits ? { units: anchorUnits, at, tied } : null;
  if (!box && !anchor) return null;
  const [style] = items(item, tag.TextStyleSequence);
  const lab = numbers(style ?? {}, tag.TextColorCIELabValue);
  const lines = text(item, tag.UnformattedTextValue).split(/\r\n|\n|\r/);
  return { kind: 'text', lines, box, anchor, colour: lab.length === 3 ? fromCieLab(lab) : colour };
}

/**
 * The annotations of items of GraphicAnnotationSequence, the lowest layer first.
 * @returns `null` for each that has a place or a shape that is not known here
 */
export async function annotationsOf(
  groups: readonly DicomJson[],
  layers: ReadonlyMap<string, GraphicLayer>,
  signal?: AbortSignal,
): Promise<(Annotation | null)[]> {
  const order = (group: DicomJson): number => layers.get(text(group, tag.GraphicLayer))?.order ?? 0;
  const sorted = [...groups].sort((a, b) => order(a) - order(b));
  const drawn = sorted.map(async (group) => {
    const colour = colourOfLayer(layers, text(group, tag.GraphicLayer));
    const shapes = items(group, tag.GraphicObjectSequence).map((item) => shapeOf(item, colour, signal));
    return [
      ...(await Promise.all(shapes)),
      ...items(group, tag.TextObjectSequence).map((item) => textOf(item, colour)),
    ];
  });
  return (await Promise.all(drawn)).flat();
}
