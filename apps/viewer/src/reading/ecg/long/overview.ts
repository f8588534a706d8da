/** Of a recording of more than ten minutes, computed by the server. */
export interface EcgOverview {
  readonly ofSeconds: number;
  /** Leads that can be drawn small. */
  readonly leads: readonly string[];
  /** Beats a minute, minute by minute. */
  readonly trend: readonly {
    readonly mean: number | null;
    readonly lowest: number | null;
    readonly highest: number | null;
  }[];
  readonly pauses: readonly { readonly fromSeconds: number; readonly toSeconds: number; readonly doubt?: string }[];
  readonly fastRuns: readonly {
    readonly fromSeconds: number;
    readonly toSeconds: number;
    readonly beats: number;
    readonly ratePerMinute: number;
    readonly qrsMilliseconds: number | null;
  }[];
}

/** The extremes of a lead; `extremes` is base64 of 16-bit little-endian integers, lowest and highest of each pair by turns. */
export interface EcgLevels {
  readonly lead: string;
  readonly fromSeconds: number;
  readonly seconds: number;
  readonly ofSeconds: number;
  readonly pairsPerSecond: number;
  readonly microvoltsPerUnit: number;
  readonly nothing: number;
  readonly extremes: string;
}

/** What is stepped through by a key, in the order of time. */
export interface EcgEvent {
  readonly kind: 'pause' | 'fast';
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly beats: number;
  readonly ratePerMinute: number;
  readonly doubtful: boolean;
}

export function eventsOf({ pauses, fastRuns }: Pick<EcgOverview, 'pauses' | 'fastRuns'>): EcgEvent[] {
  return [
    ...pauses.map(({ fromSeconds, toSeconds, doubt }) => ({
      kind: 'pause' as const,
      fromSeconds,
      toSeconds,
      beats: 0,
      ratePerMinute: 0,
      doubtful: doubt !== undefined,
    })),
    ...fastRuns.map(({ fromSeconds, toSeconds, beats, ratePerMinute }) => ({
      kind: 'fast' as const,
      fromSeconds,
      toSeconds,
      beats,
      ratePerMinute,
      doubtful: false,
    })),
  ].sort((one, other) => one.fromSeconds - other.fromSeconds);
}

/** The next event after a second, or the last before it; a little to either side of the second is at it. */
export function eventFrom(events: readonly EcgEvent[], second: number, by: 1 | -1): EcgEvent | undefined {
  return by === 1
    ? events.find(({ fromSeconds }) => fromSeconds > second + 0.001)
    : events.findLast(({ fromSeconds }) => fromSeconds < second - 0.001);
}

/** Lowest and highest by turns. */
export function decodeExtremes({ extremes }: EcgLevels): Int16Array {
  const bytes = Uint8Array.from(atob(extremes), (character) => character.codePointAt(0) ?? 0);
  const view = new DataView(bytes.buffer);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(i * 2, true));
}
