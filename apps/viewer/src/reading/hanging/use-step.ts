import { useEffect, useRef } from 'react';
import type { CellHandle } from '../images/image-cell.js';
import { presetsFor } from '../images/presets.js';
import type { PlannedStep } from './plan.js';

interface Switches {
  setTogether: (on: boolean) => void;
  setLines: (on: boolean) => void;
}

/** Begins a step: scrolling together, reference lines, and each cell's window once its picture is there. @param step null: hung by hand */
export function useStep(
  step: PlannedStep | null,
  handleOf: (index: number) => CellHandle | undefined,
  { setTogether, setLines }: Switches,
): void {
  const switched = useRef<PlannedStep | null>(null);
  useEffect(() => {
    if (!step || switched.current === step) return;
    // What was switched by hand stays where no step has said otherwise.
    if (step.together || switched.current?.together) setTogether(step.together === true);
    if (step.lines || switched.current?.lines) setLines(step.lines === true);
    switched.current = step;
  }, [step, setTogether, setLines]);
  const windowed = useRef(new WeakMap<PlannedStep, Set<string>>());
  useEffect(() => {
    if (!step) return;
    const done = windowed.current.get(step) ?? new Set();
    windowed.current.set(step, done);
    for (const [index, { unit, window }] of step.cells.entries()) {
      const handle = handleOf(index);
      const key = `${index} ${unit?.uid}`;
      if (!unit || !window || !handle?.drawn || handle.series?.uid !== unit.uid || done.has(key)) continue;
      const preset = presetsFor(unit.modality, handle.frame?.values ?? { unit: 'grey', factor: 1 }).find(
        ({ name }) => name === window,
      );
      done.add(key);
      if (preset) handle.act((viewport) => viewport.setWindow(preset.width, preset.center));
    }
  });
}
