const MICROVOLTS: Readonly<Record<string, number>> = { V: 1e6, mV: 1e3, uV: 1, µV: 1, μV: 1, nV: 1e-3 };

/** Microvolts in one of a UCUM voltage unit, or undefined when it is no voltage. Both Unicode letters for micro are met in the field. */
export function microvoltsIn(unit: string): number | undefined {
  const bare = unit.trim();
  return Object.hasOwn(MICROVOLTS, bare) ? MICROVOLTS[bare] : undefined;
}

/** A product of decimals as a person would write it: 0.0025 mV is 2.5 µV, not 2.5000000000000004. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
