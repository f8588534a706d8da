import { utilities as toolUtilities } from '@cornerstonejs/tools';
import { useEffect, useMemo, useState } from 'react';
import { drawFailure, registerMetadata, type DrawFailure } from '../images/rendering.js';
import { dropFrames, registerFrames } from '../images/frame-registry.js';
import type { Frame, LoadedSeries } from '../images/series.js';
import { PLANES, type PlaneName } from './plane.js';
import {
  dropVolume,
  loadVolume,
  planeImageIds,
  straightPlanes,
  turnPlanes,
  volumeOfImages,
  type Slab,
  type Turned,
} from './plane-images.js';
import type { Irregular, NoVolume, Vector } from './volume.js';

/** A plane as the cells show it: a series of its own. */
export interface LoadedPlane {
  readonly name: PlaneName;
  readonly loaded: LoadedSeries;
  /** Its values were computed between the slices. */
  readonly irregular: Irregular | null;
  /** Turned by so many degrees, with letters for what its images follow each other towards; null: it lies as the voxels do. */
  readonly oblique: { readonly degrees: number; readonly towards: string } | null;
}

export type PlanesState =
  | { readonly step: 'off' }
  | { readonly step: 'refused'; readonly why: NoVolume }
  | { readonly step: 'loading'; readonly done: number; readonly all: number }
  | { readonly step: 'failed'; readonly failure: DrawFailure }
  | {
      readonly step: 'ready';
      readonly planes: readonly LoadedPlane[];
      /** As they lie now; its `id` is 0 while they are not turned. */
      readonly lie: Turned;
      /** Turns the other two in one of them, about a place. */
      readonly turnIn: (name: PlaneName, radians: number, pivot: Vector) => void;
      readonly straighten: (pivot: Vector) => void;
    };

/** Measured like the images they were cut from; they have no SOP Instance UID, and what is drawn on them is not kept. */
function framesOf(key: string, name: PlaneName, slab: Slab | null, turn: number, like: Frame): Frame[] {
  return planeImageIds(key, name, slab, turn).map((imageId, index) => ({
    ...like,
    imageId,
    sopInstanceUid: '',
    frame: index + 1,
    instanceNumber: '',
    oriented: true,
    patientOrientation: null,
  }));
}

const { orientation } = toolUtilities;

type Progress =
  Exclude<PlanesState, { step: 'ready' | 'off' }> | { readonly step: 'there'; readonly irregular: Irregular | null };

/** The three planes through a series. @param loaded null: none are wanted */
export function usePlanes(loaded: LoadedSeries | null, slab: Slab | null): PlanesState {
  const key = loaded?.uid ?? '';
  const [now, setNow] = useState<{ of: LoadedSeries; progress: Progress } | null>(null);
  useEffect(() => {
    if (!loaded) return undefined;
    registerMetadata(loaded);
    const tell = (progress: Progress): void => setNow({ of: loaded, progress });
    const measured = loaded.frames.every(({ spacing }) => spacing.of === 'patient');
    const volume = measured ? volumeOfImages(loaded.frames.map(({ imageId }) => imageId)) : 'unplaced';
    if (typeof volume === 'string') {
      tell({ step: 'refused', why: volume });
      return undefined;
    }
    const controller = new AbortController();
    const all = volume.imageIds.length;
    tell({ step: 'loading', done: 0, all });
    loadVolume(loaded.uid, volume, (done) => tell({ step: 'loading', done, all }), controller.signal).then(
      () => tell({ step: 'there', irregular: volume.irregular }),
      (error: unknown) => {
        if (!controller.signal.aborted) tell({ step: 'failed', failure: drawFailure(error) });
      },
    );
    return () => {
      controller.abort();
      dropVolume(loaded.uid);
      // Wanted again, the same series is fetched again: what is dropped is not ready.
      setNow(null);
    };
  }, [loaded]);
  const progress = now && now.of === loaded ? now.progress : null;
  const there = progress?.step === 'there' ? progress : null;
  const [last, setTurned] = useState<{ of: Progress | null; turned: Turned | null }>({ of: null, turned: null });
  const turn = there && last.of === there ? last.turned : null;
  const planes = useMemo(() => {
    const [first] = loaded?.frames ?? [];
    if (!there || !loaded || !first) return [];
    const like = { ...first, over: null, lossy: loaded.frames.some(({ lossy }) => lossy) };
    return PLANES.map((name): LoadedPlane => {
      const own = turn?.planes.find((one) => one.name === name);
      const frames = framesOf(key, name, slab, turn?.id ?? 0, like);
      return {
        name,
        irregular: there.irregular,
        oblique:
          turn && own && own.degrees > 0
            ? { degrees: own.degrees, towards: orientation.getOrientationStringLPS([...turn.normals[name]]) }
            : null,
        loaded: {
          uid: `${key}/${name}`,
          frames,
          framesPerSecond: null,
          opensAt: frames.length >> 1,
          metadata: [],
          ...(own ? { goesTo: own } : {}),
        },
      };
    });
  }, [there, key, slab, turn, loaded]);
  useEffect(() => {
    for (const plane of planes) registerFrames(plane.loaded.frames);
    return () => {
      for (const plane of planes) dropFrames(plane.loaded.frames);
    };
  }, [planes]);
  if (!progress) return { step: 'off' };
  if (progress.step !== 'there') return progress;
  const lie = turn ?? straightPlanes(key, [0, 0, 0]);
  if (!lie) return { step: 'off' };
  return {
    step: 'ready',
    planes,
    lie,
    turnIn: (name, radians, pivot) => {
      const next = turnPlanes(key, lie.normals, name, radians, pivot);
      if (next) setTurned({ of: progress, turned: next });
    },
    straighten: (pivot) => setTurned({ of: progress, turned: straightPlanes(key, pivot) }),
  };
}
