/** Formats that a recording may come from. The readers of some are still to join. */
export type EcgSource = 'dicom' | 'aecg' | 'scp' | 'muse' | 'philips' | 'mfer' | 'ishne' | 'edf' | 'wfdb' | 'csv';

/**
 * One lead, in the units it was stored in: microvolt = sample * microvoltsPerUnit + baselineMicrovolts.
 * The time of sample i, in seconds from the start of the recording: startSeconds + (skewSeconds ?? 0) + i / sampleRateHz.
 */
export interface EcgLead {
  /** I, II, III, aVR, aVL, aVF, V1 … V6; anything else as the file names it. */
  readonly name: string;
  readonly samples: Int32Array;
  readonly sampleRateHz: number;
  readonly microvoltsPerUnit: number;
  readonly baselineMicrovolts: number;
  /** True when computed here from I and II; false for every lead that the file stores. */
  readonly derived: boolean;
  readonly startSeconds: number;
  /** How much later than its group this channel was sampled, where the file says so. */
  readonly skewSeconds?: number;
  /** A sample of this value is no measurement: lead off, or padding. */
  readonly missingValue?: number;
  readonly filter?: { readonly lowHz?: number; readonly highHz?: number; readonly notchHz?: number };
}

/** What the device measured. Codes not in the list are the file's own name of the thing. */
export interface EcgMeasurement {
  readonly code: 'HR' | 'PR' | 'QRS' | 'QT' | 'QTc' | 'P-axis' | 'QRS-axis' | 'T-axis' | (string & {});
  readonly value: number;
  readonly unit: string;
}

export interface EcgRecording {
  readonly patient: {
    readonly id?: string;
    readonly name?: string;
    readonly sex?: 'M' | 'F' | 'O';
    /** YYYY-MM-DD */
    readonly birthDate?: string;
  };
  readonly device?: { readonly manufacturer?: string; readonly model?: string; readonly serial?: string };
  /** ISO 8601; local, or with a zone when the file gives one. */
  readonly startTime?: string;
  /** As stored; derived leads are not among them (see `deriveLimbLeads`). Never empty. */
  readonly leads: readonly EcgLead[];
  /** Averaged or median beats that the device computed; never mixed with the rhythm. */
  readonly representativeBeats?: readonly EcgLead[];
  /** The device's own measurements, unconfirmed. */
  readonly measurements: readonly EcgMeasurement[];
  /** The device's own statements, unconfirmed. */
  readonly statements: readonly string[];
  /** What was odd about the file and how it was read, in words. */
  readonly notes: readonly string[];
  readonly source: EcgSource;
}
