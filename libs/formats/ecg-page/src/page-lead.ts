/**
 * One lead as the page needs it, stored or derived; an `EcgLead` of formats/ecg fits.
 * microvolt = sample * microvoltsPerUnit + baselineMicrovolts; sample i lies at startSeconds + (skewSeconds ?? 0) + i / sampleRateHz.
 */
export interface PageLead {
  readonly name: string;
  readonly samples: ArrayLike<number>;
  readonly sampleRateHz: number;
  readonly microvoltsPerUnit: number;
  readonly baselineMicrovolts: number;
  readonly derived: boolean;
  readonly startSeconds: number;
  readonly skewSeconds?: number;
  /** A sample of this value is no measurement. */
  readonly missingValue?: number;
}

/** The leads of a recording, derived ones among them and marked so, and what was odd about its file. */
export interface PageRecording {
  readonly leads: readonly PageLead[];
  readonly notes: readonly string[];
  /** Where the leads are a part of a longer recording: how long that is. Their times then count from where it begins. */
  readonly wholeSeconds?: number;
}

/** What the head of a printed sheet is written from. */
export interface SheetRecording extends PageRecording {
  readonly patient: {
    readonly id?: string;
    readonly name?: string;
    readonly sex?: string;
    readonly birthDate?: string;
  };
  readonly device?: { readonly manufacturer?: string; readonly model?: string };
  readonly startTime?: string;
  readonly measurements: readonly { readonly code: string; readonly value: number; readonly unit: string }[];
  readonly statements: readonly string[];
}

/** The recording's second at which the lead begins. */
export function startOf(lead: Pick<PageLead, 'startSeconds' | 'skewSeconds'>): number {
  return lead.startSeconds + (lead.skewSeconds ?? 0);
}

/** A product of decimals as a person would write it. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
