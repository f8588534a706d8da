import type { EcgPage, PageLead } from '#libs/formats/ecg-page';

/** A lead; `samples` is base64 of little-endian integers as wide as `encoding` says. */
export interface EcgLeadView extends Omit<PageLead, 'samples'> {
  samples: string;
  encoding: 'int16' | 'int32';
  /** What the device filtered before it stored the samples, where the file says so. */
  filter?: { lowHz?: number; highHz?: number; notchHz?: number };
}

export interface EcgMeasurement {
  code: string;
  value: number;
  unit: string;
}

export interface EcgRecording {
  leads: EcgLeadView[];
  /** Averaged or median beats that the device computed. */
  representativeBeats?: EcgLeadView[];
  device?: { manufacturer?: string; model?: string; serial?: string };
  startTime?: string;
  measurements: EcgMeasurement[];
  statements: string[];
  notes: string[];
}

export type EcgWarningCode =
  'lead-off' | 'arms-reversed' | 'right-arm-and-leg-reversed' | 'saturated' | 'noisy' | 'no-beats';

export interface EcgView {
  /** What of a long recording this is; the leads' times count from where it begins. */
  stretch?: { fromSeconds: number; seconds: number; ofSeconds: number };
  recording: EcgRecording;
  /** Levels against the one before QRS, at J and 60 ms after it; computed. */
  st?: { lead: string; jMicrovolts: number; j60Microvolts: number }[];
  /** Computed. */
  warnings?: { code: EcgWarningCode; leads: string[] }[];
  /** Measured by the server, for the doctor to confirm. */
  computed?: EcgMeasurement[];
  /** Where it found beats, in seconds on the clock of the leads' `startSeconds`. */
  beats?: number[];
}

/** The integers of a lead; throws where they cannot be read. */
function decodeSamples({ samples, encoding }: EcgLeadView): Int16Array | Int32Array {
  const bytes = Uint8Array.from(atob(samples), (character) => character.codePointAt(0) ?? 0);
  const width = encoding === 'int32' ? 4 : 2;
  const view = new DataView(bytes.buffer);
  const count = Math.floor(bytes.length / width);
  const out = width === 4 ? new Int32Array(count) : new Int16Array(count);
  for (let index = 0; index < count; index += 1) {
    out[index] = width === 4 ? view.getInt32(index * 4, true) : view.getInt16(index * 2, true);
  }
  return out;
}

/** Leads with their samples as numbers; `unreadable` names those that cannot be read. */
export function decodeLeads(views: readonly EcgLeadView[]): { leads: PageLead[]; unreadable: string[] } {
  const leads: PageLead[] = [];
  const unreadable: string[] = [];
  for (const view of views) {
    try {
      leads.push({ ...view, samples: decodeSamples(view) });
    } catch {
      unreadable.push(view.name);
    }
  }
  return { leads, unreadable };
}

/** A part of the page, in its millimetres. */
export interface PageBox {
  xMm: number;
  yMm: number;
  widthMm: number;
  heightMm: number;
}

/** What the screen shows of the page: the grid and the line under it. The head of the printed sheet stays off it. */
export function screenBox({ grid, widthMm, heightMm }: EcgPage): PageBox {
  const xMm = Math.max(0, grid.xMm - 4);
  const yMm = Math.max(0, grid.yMm - 4);
  return {
    xMm,
    yMm,
    widthMm: Math.min(widthMm, grid.xMm + grid.widthMm + 4) - xMm,
    heightMm: Math.min(heightMm, grid.yMm + grid.heightMm + 8) - yMm,
  };
}
