import { cache, imageLoader, metaData, utilities, type Types } from '@cornerstonejs/core';
import {
  cutOblique,
  indexAt,
  isOblique,
  normalOf,
  originOf,
  planeAlong,
  turned,
  type ObliquePlane,
} from './oblique.js';
import { cutPlane, cutSlab, planesOf, type Plane, type PlaneName, type SlabMode } from './plane.js';
import { volumeOf, type NoVolume, type PlacedSlice, type Vector, type Volume } from './volume.js';
import { readVoxels, type VoxelReader, type Voxels } from './voxels.js';

const SCHEME = 'plane';

export interface Slab {
  readonly mode: SlabMode;
  readonly millimetres: number;
}

/** A volume whose images are all here; its planes are cut when they are looked at. */
export interface PlaneVolume {
  readonly volume: Volume;
  readonly planes: readonly Plane[];
  /** as they were turned, the latest last */
  readonly turns: Map<number, readonly (Plane | ObliquePlane)[]>;
  readonly voxels: VoxelReader;
  /** an image of it: what is not told of a plane itself is told of this one */
  readonly sample: Types.IImage;
}

const volumes = new Map<string, PlaneVolume>();

interface PlaneImage {
  readonly of: PlaneVolume;
  readonly turn: number;
  readonly plane: Plane | ObliquePlane;
  readonly index: number;
  readonly slab: Slab | null;
}

const planesAt = (of: PlaneVolume, turn: number) => of.turns.get(turn) ?? of.planes;

/** Image ids of a plane, in order. @param turn 0: as the voxels lie */
export function planeImageIds(key: string, name: PlaneName, slab: Slab | null, turn: number): string[] {
  const of = volumes.get(key);
  const plane = of && planesAt(of, turn).find((one) => one.name === name);
  const through = slab ? `${slab.mode}-${slab.millimetres}` : 'single';
  return Array.from(
    { length: plane?.count ?? 0 },
    (_, index) => `${SCHEME}:${key}/${name}/${turn}/${through}/${index}`,
  );
}

export const isPlane = (imageId: string): boolean => imageId.startsWith(`${SCHEME}:`);

function planeImage(imageId: string): PlaneImage | undefined {
  if (!isPlane(imageId)) return undefined;
  const [key = '', name, turn, through = '', index] = imageId.slice(SCHEME.length + 1).split('/');
  const of = volumes.get(key);
  const plane = of && planesAt(of, Number(turn)).find((one) => one.name === name);
  if (!of || !plane) return undefined;
  const [mode, millimetres] = through.split('-');
  const slab = millimetres ? { mode: mode as SlabMode, millimetres: Number(millimetres) } : null;
  return { of, turn: Number(turn), plane, index: Number(index), slab };
}

const asPoint = (vector: Vector): Types.Point3 => [...vector];

/** What tools and viewports ask of an image: where the plane lies is its own, all else is that of the images it was cut from. */
function provide(type: string, imageId: string): unknown {
  const image = typeof imageId === 'string' ? planeImage(imageId) : undefined;
  if (!image) return undefined;
  const { of, plane, index } = image;
  if (type === 'imagePlaneModule') {
    const [columnPixelSpacing, rowPixelSpacing, sliceThickness] = plane.spacing;
    return {
      frameOfReferenceUID: of.volume.frameOfReferenceUid,
      rows: plane.rows,
      columns: plane.columns,
      imageOrientationPatient: [...plane.row, ...plane.column],
      rowCosines: asPoint(plane.row),
      columnCosines: asPoint(plane.column),
      imagePositionPatient: asPoint(originOf(of.volume, plane, index)),
      pixelSpacing: [rowPixelSpacing, columnPixelSpacing],
      rowPixelSpacing,
      columnPixelSpacing,
      sliceThickness,
    };
  }
  if (type === 'calibratedPixelSpacing' || type === 'calibrationModule') return undefined;
  const told: unknown = metaData.get(type, of.sample.imageId);
  return type === 'imagePixelModule' ? { ...(told as object), rows: plane.rows, columns: plane.columns } : told;
}

function pixelsOf({ of, plane, index, slab }: PlaneImage) {
  if (isOblique(plane)) return cutOblique(of.volume, of.voxels, plane, index, slab);
  if (!slab) return cutPlane(of.volume, of.voxels, plane, index);
  const thickness = Math.max(1, Math.round(slab.millimetres / plane.spacing[2]));
  return cutSlab(of.volume, of.voxels, plane, index, { mode: slab.mode, thickness });
}

function load(imageId: string): Types.IImage {
  const image = planeImage(imageId);
  if (!image) throw new Error(`no such plane: ${imageId}`);
  const { of, plane } = image;
  const pixels = pixelsOf(image);
  let [least, most] = [Infinity, -Infinity];
  for (const value of pixels) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  remember(imageId);
  const { columns: width, rows: height, spacing } = plane;
  const scalarData = pixels as Types.PixelDataTypedArray;
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({ width, height, scalarData, id: imageId });
  return {
    ...of.sample,
    imageId,
    minPixelValue: least,
    maxPixelValue: most,
    rows: height,
    columns: width,
    height,
    width,
    columnPixelSpacing: spacing[0],
    rowPixelSpacing: spacing[1],
    sizeInBytes: pixels.byteLength,
    dataType: pixels.constructor.name as Types.PixelDataTypedArrayString,
    getPixelData: () => scalarData,
    voxelManager: voxelManager as NonNullable<Types.IImage['voxelManager']>,
  };
}

let started = false;
function start(): void {
  if (started) return;
  started = true;
  metaData.addProvider(provide, 10_000);
  imageLoader.registerImageLoader(SCHEME, (imageId) => ({
    promise: new Promise((resolve) => {
      resolve(load(imageId));
    }),
  }));
}

interface PlaneModule {
  usingDefaultValues?: boolean;
  columns: number;
  rows: number;
  imagePositionPatient: Types.Point3;
  rowCosines: Types.Point3;
  columnCosines: Types.Point3;
  columnPixelSpacing: number;
  rowPixelSpacing: number;
  frameOfReferenceUID?: string;
}

function placed(imageId: string): PlacedSlice {
  const lies = metaData.get('imagePlaneModule', imageId) as PlaneModule;
  const pixels = metaData.get('imagePixelModule', imageId) as { samplesPerPixel?: number } | undefined;
  const known = lies.usingDefaultValues !== true && lies.frameOfReferenceUID !== undefined;
  return {
    imageId,
    columns: lies.columns,
    rows: lies.rows,
    position: known ? [...lies.imagePositionPatient] : null,
    row: [...lies.rowCosines],
    column: [...lies.columnCosines],
    spacing: known ? [lies.columnPixelSpacing, lies.rowPixelSpacing] : null,
    frameOfReferenceUid: lies.frameOfReferenceUID ?? '',
    samplesPerPixel: pixels?.samplesPerPixel ?? 1,
  };
}

/** Whether these images, whose metadata is known, lie as a volume. */
export const volumeOfImages = (imageIds: readonly string[]): Volume | NoVolume => volumeOf(imageIds.map(placed));

/**
 * Fetches every image of the volume; its planes can then be shown under `key`, until it is dropped.
 * @param progress told how many are there
 * @throws what the image loader threw; AbortError
 */
export async function loadVolume(
  key: string,
  volume: Volume,
  progress: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  const images = await Promise.all(
    volume.imageIds.map(async (imageId) => {
      const image = await imageLoader.loadAndCacheImage(imageId, { priority: 5, requestType: 'prefetch' } as never);
      signal.throwIfAborted();
      done += 1;
      progress(done);
      return image;
    }),
  );
  start();
  volumes.set(key, {
    volume,
    planes: planesOf(volume),
    turns: new Map(),
    voxels: readVoxels(
      volume,
      images.map((image) => image.getPixelData() as Voxels),
      images[0]!.columns,
    ),
    sample: images[images.length >> 1]!,
  });
}

export type Normals = Readonly<Record<PlaneName, Vector>>;

/** Planes turned out of the directions of the voxels. */
export interface Turned {
  readonly id: number;
  /** from the first image of each to the last */
  readonly normals: Normals;
  /** where they were turned about */
  readonly pivot: Vector;
  readonly planes: readonly {
    readonly name: PlaneName;
    /** which of its images goes through the place that was turned about */
    readonly index: number;
    /** from the straight plane; 0: it is that */
    readonly degrees: number;
  }[];
}

/** Where an image lies of the planes as they were turned by `turn`; null: it is none of these. */
export function placeOfImage(imageId: string, turn: number): Vector | null {
  const image = planeImage(imageId);
  return image && image.turn === turn ? originOf(image.of.volume, image.plane, image.index) : null;
}

function towards(of: PlaneVolume, id: number, normals: Normals, pivot: Vector): Turned {
  const planes = planesAt(of, id).map((plane) => ({
    name: plane.name,
    index: indexAt(of.volume, plane, pivot),
    degrees: isOblique(plane) ? plane.degrees : 0,
  }));
  return { id, normals, pivot, planes };
}

/** The planes as the voxels lie; null where there is no such volume. @param pivot a place that is to be seen in all */
export function straightPlanes(key: string, pivot: Vector): Turned | null {
  const of = volumes.get(key);
  if (!of) return null;
  const normals = of.planes.map((plane) => [plane.name, normalOf(of.volume, plane)]);
  return towards(of, 0, Object.fromEntries(normals) as Normals, pivot);
}

let turns = 0;
/** Kept for what is still being drawn of them. */
const MOST_TURNS = 4;

/** Turns the other two planes about a place, in the plane `around`, which stays. */
export function turnPlanes(
  key: string,
  before: Normals,
  around: PlaneName,
  radians: number,
  pivot: Vector,
): Turned | null {
  const of = volumes.get(key);
  if (!of) return null;
  const normals = Object.fromEntries(
    of.planes.map(({ name }) => [name, name === around ? before[name] : turned(before[name], before[around], radians)]),
  ) as unknown as Normals;
  turns += 1;
  of.turns.set(
    turns,
    of.planes.map((plane) => planeAlong(of.volume, plane, normals[plane.name], pivot)),
  );
  for (const old of [...of.turns.keys()].slice(0, -MOST_TURNS)) of.turns.delete(old);
  return towards(of, turns, normals, pivot);
}

/** Frees the volume and what was cut from it. */
export function dropVolume(key: string): void {
  volumes.delete(key);
  forget((imageId) => imageId.startsWith(`${SCHEME}:${key}/`));
}

/** Images of planes in Cornerstone's cache, the latest last. They cost a moment to cut again, and a volume of them as much as the volume. */
const cut = new Set<string>();
const MOST_CUT = 48;

function forget(which: (imageId: string) => boolean): void {
  for (const imageId of [...cut].filter(which)) {
    cut.delete(imageId);
    if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true });
  }
}

function remember(imageId: string): void {
  cut.delete(imageId);
  cut.add(imageId);
  const old = new Set([...cut].slice(0, -MOST_CUT));
  if (old.size > 0) forget((one) => old.has(one));
}
