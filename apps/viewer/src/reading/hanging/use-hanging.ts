import { useCallback, useMemo, useState } from 'react';
import { api } from '../../api/client.js';
import { seriesMetadata, type DicomJson } from '../../api/dicom-web.js';
import type { HangingRule, ReadDetail } from '../../api/types.js';
import { useFetched } from '../../office/use-fetched.js';
import { holdsPictures, type Series } from '../images/series.js';
import { asksForPlane, plan, type Examined, type Plan, type PlannedStep } from './plan.js';
import { isProjection, unitsOf, type Unit } from './unit.js';

/** As they were last fetched: the next case is hung without waiting for them. */
let known: readonly HangingRule[] | null = null;
const NONE: readonly HangingRule[] = [];

function useHangingRules() {
  const load = useCallback(async (signal: AbortSignal) => {
    const { items } = await api.hangingRules(signal);
    // The same rules are the same array: nothing is hung anew.
    known = JSON.stringify(items) === JSON.stringify(known) ? known : items;
    return known;
  }, []);
  const { value, error, retry } = useFetched(load);
  return { rules: value ?? known ?? (error ? NONE : null), error: value ? null : error, again: retry };
}

type Metadata = ReadonlyMap<string, readonly DicomJson[]>;
const NOTHING: Metadata = new Map();

async function metadataOf(study: string, uids: readonly string[], signal: AbortSignal): Promise<Metadata> {
  try {
    return new Map(
      await Promise.all(uids.map(async (uid) => [uid, await seriesMetadata(study, uid, signal)] as const)),
    );
  } catch (error) {
    if (signal.aborted) throw error;
    // The cells say what could not be fetched; here it is hung by what is known.
    return NOTHING;
  }
}

export interface Hanging {
  readonly rules: readonly HangingRule[] | null;
  readonly error: unknown;
  /** after one was changed */
  readonly again: () => void;
  readonly exam: Examined;
  readonly units: readonly Unit[];
  /** null until it is known */
  readonly plan: Plan | null;
  readonly step: PlannedStep | null;
  readonly at: number;
  readonly next: () => void;
}

/** How the examination is hung: by the first rule that holds, step by step. @param series null until they are known */
export function useHanging(read: ReadDetail, series: readonly Series[] | null): Hanging {
  const study = read.studyInstanceUid;
  const { rules, error, again } = useHangingRules();
  const pictures = useMemo(() => series?.filter(holdsPictures) ?? null, [series]);
  const exam = useMemo((): Examined => {
    const all = pictures ?? [];
    return {
      modality: all[0]?.modality ?? '',
      about: [...all.flatMap(({ bodyPart, description }) => [bodyPart, description]), read.item?.name, read.description]
        .filter(Boolean)
        .join(' | '),
      images: all.reduce((sum, { instances }) => sum + Math.max(1, instances), 0),
    };
  }, [pictures, read.item?.name, read.description]);
  const wanted = useMemo(() => {
    if (!pictures || !rules) return null;
    const projections = pictures.filter(({ modality }) => isProjection(modality));
    if (projections.length > 0) return projections.map(({ uid }) => uid).join(' ');
    const units = pictures.flatMap((one) => unitsOf(one, undefined));
    if (!asksForPlane(plan(rules, exam, units).rule)) return '';
    return units
      .filter((unit) => !unit.scout && unit.plane === null)
      .map(({ uid }) => uid)
      .join(' ');
  }, [pictures, rules, exam]);
  const load = useCallback(
    async (signal: AbortSignal) => ({
      wanted,
      metadata: wanted ? await metadataOf(study, wanted.split(' '), signal) : NOTHING,
    }),
    [study, wanted],
  );
  const { value } = useFetched(load);
  const metadata = wanted === '' ? NOTHING : value && value.wanted === wanted ? value.metadata : null;
  const now = useMemo(() => {
    if (!pictures || !rules || wanted === null || !metadata) return null;
    const units = pictures.flatMap((one) => unitsOf(one, metadata.get(one.uid)));
    return { units, plan: plan(rules, exam, units) };
  }, [pictures, rules, exam, wanted, metadata]);
  // While more is being found out about new series it stays as it is.
  const [last, setLast] = useState(now);
  if (now && now !== last) setLast(now);
  const shown = now ?? last;
  const [picked, setPicked] = useState(0);
  const steps = shown?.plan.steps ?? [];
  const at = Math.min(picked, Math.max(0, steps.length - 1));
  return {
    rules,
    error,
    again,
    exam,
    units: shown?.units ?? [],
    plan: shown?.plan ?? null,
    step: steps[at] ?? null,
    at,
    next: () => setPicked((at + 1) % Math.max(1, steps.length)),
  };
}
