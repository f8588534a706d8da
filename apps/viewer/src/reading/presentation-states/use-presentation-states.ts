import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { seriesMetadata } from '../../api/dicom-web.js';
import { useFetched } from '../../office/use-fetched.js';
import { addPainter } from '../images/picture-cover.js';
import { presentationOf, presentImages } from '../images/presented.js';
import type { LoadedSeries, Series } from '../images/series.js';
import { presentationStateOf, refersTo, type Lack, type PresentationState } from './presentation-state.js';
import { showAsState, type ShownAsState } from './show-as-state.js';

/** What a series is shown by. */
export interface AppliedState {
  readonly state: PresentationState;
  readonly lacks: readonly Lack[];
}

export interface PresentationStatesControl {
  /** Of the series that is looked at. */
  readonly fitted: readonly PresentationState[];
  /** Of them the one that is chosen. */
  readonly chosen: PresentationState | null;
  readonly choose: (state: PresentationState | null) => void;
  /** Takes it off, and puts on the one that was taken off, else the first. */
  readonly toggle: () => void;
  /** By the series that is shown so. */
  readonly applied: ReadonlyMap<string, AppliedState>;
  /** The list of them, or what one of them needs, could not be fetched. */
  readonly error: unknown;
}

/** By series: those of its images. */
type Fits = ReadonlyMap<string, { readonly loaded: LoadedSeries; readonly states: readonly PresentationState[] }>;
const none: Fits = new Map();

let painted = false;
/** Once: behind what else is drawn over pictures. */
function paintAnnotations(): void {
  if (painted) return;
  painted = true;
  addPainter((imageId) => presentationOf(imageId)?.drawing ?? null);
}

/**
 * The presentation states of a study, for the images that they are of. What they are is fetched when the first picture is on the screen;
 * none is applied until somebody chooses it.
 * @param looked at in the active cell
 */
export function usePresentationStates(
  study: string,
  series: readonly Series[],
  looked: LoadedSeries | null,
  pictureIsThere: boolean,
): PresentationStatesControl {
  const wanted = pictureIsThere
    ? series
        .filter(({ modality }) => modality === 'PR')
        .map(({ uid, instances }) => `${uid} ${instances}`)
        .join('\n')
    : '';
  const load = useCallback(
    async (signal: AbortSignal): Promise<PresentationState[]> => {
      const uids = wanted.split('\n').filter(Boolean);
      const datasets = await Promise.all(uids.map((one) => seriesMetadata(study, one.split(' ')[0]!, signal)));
      const states = datasets.flat().flatMap((dataset) => presentationStateOf(dataset) ?? []);
      return states.sort((a, b) => a.created.localeCompare(b.created));
    },
    [study, wanted],
  );
  const listed = useFetched(load);
  const all = listed.value;
  const seen = useRef(none);
  const fit = useCallback(async (): Promise<Fits> => {
    if (!all || all.length === 0 || !looked) return seen.current;
    const states = all.filter(({ refers }) => looked.frames.some((frame) => refersTo(refers, frame)));
    seen.current = new Map(seen.current).set(looked.uid, { loaded: looked, states });
    return seen.current;
  }, [all, looked]);
  const known = useFetched(fit).value ?? none;

  const [choices, setChoices] = useState<ReadonlyMap<string, string>>(new Map());
  const before = useRef(new Map<string, string>());
  const made = useRef(new Map<string, { loaded: LoadedSeries; shown: Promise<ShownAsState> }>());
  const show = useCallback(
    async (signal: AbortSignal): Promise<Map<string, AppliedState & ShownAsState>> => {
      const shown = new Map<string, AppliedState & ShownAsState>();
      for (const [uid, { loaded, states }] of known) {
        const state = states.find((one) => one.uid === choices.get(uid));
        if (!state) continue;
        const key = `${uid} ${state.uid}`;
        // Made once: what is shown already is not placed and windowed anew because another series is.
        if (made.current.get(key)?.loaded !== loaded)
          made.current.set(key, { loaded, shown: showAsState(state, loaded) });
        try {
          shown.set(uid, { state, ...(await made.current.get(key)!.shown) });
        } catch (error) {
          made.current.delete(key);
          throw error;
        }
        signal.throwIfAborted();
      }
      return shown;
    },
    [known, choices],
  );
  const { value: shown, error } = useFetched(show);
  useEffect(() => {
    paintAnnotations();
    presentImages(new Map([...(shown?.values() ?? [])].flatMap(({ images }) => [...images])));
  }, [shown]);
  useEffect(() => () => presentImages(new Map()), []);

  const uid = looked?.uid ?? '';
  const fitted = known.get(uid)?.states ?? [];
  const chosen = fitted.find((one) => one.uid === choices.get(uid)) ?? null;
  const choose = (state: PresentationState | null): void => {
    if (state?.kind === 'other') return;
    if (chosen) before.current.set(uid, chosen.uid);
    const next = new Map(choices);
    if (state) next.set(uid, state.uid);
    else next.delete(uid);
    setChoices(next);
  };
  return {
    fitted,
    chosen,
    choose,
    toggle: () => {
      const last = fitted.find((one) => one.uid === before.current.get(uid));
      choose(chosen ? null : (last ?? fitted.find(({ kind }) => kind !== 'other') ?? null));
    },
    applied: useMemo(() => shown ?? new Map<string, AppliedState>(), [shown]),
    error: listed.error ?? error,
  };
}
