/** A modality or VOI LUT (PS3.3 C.11.1.1 and C.11.2.1.1): the entry for value `firstMapped + i` is `entries[i]`, of so many bits. */
export interface LookupTable {
  readonly firstMapped: number;
  readonly entries: ArrayLike<number>;
  readonly bits: number;
}

/** Values outside the table take its first or last entry, as the standard says. */
export function lookedUp({ firstMapped, entries }: LookupTable, value: number): number {
  return entries[Math.min(entries.length - 1, Math.max(0, Math.round(value) - firstMapped))]!;
}
