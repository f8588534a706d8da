import { getShouldUseCPURendering, metaData } from '@cornerstonejs/core';
import { items, numbers, text, type DicomJson } from '../../api/dicom-web.js';
import { fromCieLab, type Colour } from '../images/cie-lab.js';
import { paletteOf, tableOf, type LookupTable } from '../images/lookup-tables.js';
import { overlayPlanesOf, type DrawnOver, type OverlayPlane } from '../images/overlay-planes.js';
import type { ImagePresentation, Tones, View } from '../images/presented.js';
import type { Frame, LoadedSeries } from '../images/series.js';
import { shutterOf } from '../images/shutter.js';
import { annotationsOf, colourOfLayer, layersOf, type GraphicLayer } from './annotations.js';
import { shapeOfPixels, viewOf, wantsTrueSize } from './displayed-area.js';
import { drawingOf } from './draw-annotations.js';
import { itemsFor, lacksOf, refersTo, type Lack, type PresentationState } from './presentation-state.js';
import { tonesOf, type ImageValues, type Pipeline } from './tones.js';

/** Images of a series as a presentation state wants them, by image id, and what of it could not be done. */
export interface ShownAsState {
  readonly images: ReadonlyMap<string, ImagePresentation>;
  readonly lacks: readonly Lack[];
}

const tag = {
  ShutterShape: '00181600',
  ShutterPresentationValue: '00181622',
  ShutterOverlayGroup: '00181623',
  ShutterPresentationColorCIELabValue: '00181624',
  WindowCenter: '00281050',
  WindowWidth: '00281051',
  RescaleIntercept: '00281052',
  RescaleSlope: '00281053',
  VOILUTFunction: '00281056',
  ModalityLUTSequence: '00283000',
  VOILUTSequence: '00283010',
  SoftcopyVOILUTSequence: '00283110',
  GraphicAnnotationSequence: '00700001',
  DisplayedAreaSelectionSequence: '0070005A',
  PresentationLUTSequence: '20500010',
  PresentationLUTShape: '20500020',
} as const;

/** What is looked up once for every image of a state. */
interface Shared {
  readonly modality: Pipeline['modality'];
  readonly presentation: Pipeline['presentation'];
  readonly palette: Pipeline['palette'];
  readonly layers: ReadonlyMap<string, GraphicLayer>;
}

const once = <Made>(): ((key: string, make: () => Made) => Made) => {
  const made = new Map<string, Made>();
  return (key, make) => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key)!;
  };
};

/** @throws ApiError where a table or long graphics could not be fetched */
export async function showAsState(
  state: PresentationState,
  { frames }: LoadedSeries,
  signal?: AbortSignal,
): Promise<ShownAsState> {
  const { dataset } = state;
  const lacks = new Set(lacksOf(state));
  const images = new Map<string, ImagePresentation>();
  if (state.kind === 'other') return { images, lacks: [...lacks] };
  const shared = await sharedOf(state, signal);
  const identities = new Map<DicomJson, number>();
  const keyOf = (...parts: unknown[]): string =>
    parts
      .map((part) => {
        if (typeof part !== 'object' || part === null) return String(part);
        if (!identities.has(part as DicomJson)) identities.set(part as DicomJson, identities.size);
        return `#${identities.get(part as DicomJson)}`;
      })
      .join(' ');
  const [vois, tones, views] = [once<Promise<Pipeline['voi']>>(), once<Tones | null>(), once<View>()];
  for (const frame of frames) {
    if (!refersTo(state.refers, frame)) continue;
    const { rows, columns } = frame.over ?? { rows: 0, columns: 0 };
    const [area] = itemsFor(dataset, tag.DisplayedAreaSelectionSequence, frame);
    const view = views(keyOf(area, rows, columns), () => viewOf(dataset, area, rows, columns));
    if (wantsTrueSize(area)) lacks.add('true-size');
    if (!sameShape(frame, shapeOfPixels(area))) lacks.add('aspect');
    const [voiItem] = itemsFor(dataset, tag.SoftcopyVOILUTSequence, frame);
    const values = state.kind === 'color' ? null : valuesOf(frame);
    let own: Tones | null = null;
    if (values) {
      const voi = await vois(keyOf(voiItem), () => voiOf(voiItem, signal));
      const through = { ...shared, voi };
      own = tones(keyOf(voiItem, ...Object.values(values.modality), ...values.stored), () => tonesOf(values, through));
      // Without WebGL there is a straight line only.
      if (!own || (own.curve && getShouldUseCPURendering())) lacks.add('modality');
    }
    const groups = itemsFor(dataset, tag.GraphicAnnotationSequence, frame);
    const annotations = await annotationsOf(groups, shared.layers, signal);
    const known = annotations.filter((one) => one !== null);
    if (known.length < annotations.length) lacks.add('matrix');
    images.set(frame.imageId, {
      tones: own,
      view,
      over: overOf(dataset, frame, shared.layers),
      drawing: known.length > 0 ? drawingOf(known, view) : null,
    });
  }
  return { images, lacks: [...lacks] };
}

async function sharedOf({ kind, dataset }: PresentationState, signal?: AbortSignal): Promise<Shared> {
  const [modalityItem] = items(dataset, tag.ModalityLUTSequence);
  const [slope] = numbers(dataset, tag.RescaleSlope);
  const [lut] = items(dataset, tag.PresentationLUTSequence);
  const straight = slope ? { slope, intercept: numbers(dataset, tag.RescaleIntercept)[0] ?? 0 } : null;
  const table = lut ? await tableOf(lut, signal) : null;
  return {
    modality: modalityItem ? await tableOf(modalityItem, signal) : straight,
    presentation: table ?? (text(dataset, tag.PresentationLUTShape) === 'INVERSE' ? 'inverse' : 'identity'),
    palette: kind === 'pseudo-color' ? await paletteOf(dataset, signal) : null,
    layers: layersOf(dataset),
  };
}

async function voiOf(item: DicomJson | undefined, signal?: AbortSignal): Promise<Pipeline['voi']> {
  if (!item) return null;
  const [center] = numbers(item, tag.WindowCenter);
  const [width] = numbers(item, tag.WindowWidth);
  if (center !== undefined && width !== undefined) {
    const named = text(item, tag.VOILUTFunction);
    const windowFunction = named === 'SIGMOID' || named === 'LINEAR_EXACT' ? named : 'LINEAR';
    return { center, width, windowFunction };
  }
  const [lut] = items(item, tag.VOILUTSequence);
  return lut ? tableOf(lut, signal) : null;
}

/** Null of a picture in colours. */
function valuesOf({ imageId, modalityLut }: Frame): ImageValues | null {
  const pixel = metaData.get('imagePixelModule', imageId) as
    | {
        samplesPerPixel?: number;
        photometricInterpretation?: string;
        bitsStored?: number;
        pixelRepresentation?: number;
      }
    | undefined;
  if (!pixel?.photometricInterpretation?.startsWith('MONOCHROME')) return null;
  const { bitsStored = 16, pixelRepresentation = 0 } = pixel;
  const straight = metaData.get('modalityLutModule', imageId) as
    { rescaleSlope?: number; rescaleIntercept?: number } | undefined;
  const modality: LookupTable | { slope: number; intercept: number } = modalityLut ?? {
    slope: straight?.rescaleSlope || 1,
    intercept: straight?.rescaleIntercept ?? 0,
  };
  const size = 2 ** bitsStored;
  return { modality, stored: pixelRepresentation === 1 ? [-size / 2, size / 2 - 1] : [0, size - 1] };
}

/** The viewport draws pixels in the shape that the image gives them. */
function sameShape({ imageId }: Frame, shape: number | null): boolean {
  const lies = metaData.get('imagePlaneModule', imageId) as
    { rowPixelSpacing?: number; columnPixelSpacing?: number } | undefined;
  const own = (lies?.rowPixelSpacing || 1) / (lies?.columnPixelSpacing || 1);
  return shape === null || Math.abs(shape / own - 1) < 0.01;
}

/** Only what the state turns on, and its own shutter (PS3.4 N.2). */
function overOf(dataset: DicomJson, frame: Frame, layers: ReadonlyMap<string, GraphicLayer>): DrawnOver {
  const { over } = frame;
  const own = overlayPlanesOf(dataset);
  const planeOf = (group: string): OverlayPlane | undefined =>
    own.find((plane) => plane.group === group) ?? over?.overlays.find((plane) => plane.group === group);
  const activated = Object.keys(dataset).flatMap((key) => {
    const [, group] = /^(60[0-9A-F]{2})1001$/.exec(key) ?? [];
    const layer = group ? text(dataset, key) : '';
    const plane = layer ? planeOf(group!) : undefined;
    return plane ? [{ ...plane, colour: colourOfLayer(layers, layer) }] : [];
  });
  const [groupNumber] = numbers(dataset, tag.ShutterOverlayGroup);
  const isBitmap = (dataset[tag.ShutterShape]?.Value ?? []).includes('BITMAP');
  const bitmap = isBitmap && groupNumber ? planeOf(groupNumber.toString(16).toUpperCase()) : undefined;
  const lab = numbers(dataset, tag.ShutterPresentationColorCIELabValue);
  const grey = (numbers(dataset, tag.ShutterPresentationValue)[0] ?? 0) >> 8;
  const colour: Colour = lab.length === 3 ? fromCieLab(lab) : [grey, grey, grey];
  const shutter = shutterOf(dataset);
  return {
    overlays: [...(bitmap ? [{ ...bitmap, type: 'shutter' as const, colour }] : []), ...activated],
    shutter: shutter && { ...shutter, colour },
    rows: over?.rows ?? 0,
    columns: over?.columns ?? 0,
  };
}
