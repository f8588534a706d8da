import {
  ECG_LAYOUTS,
  HIGH_PASS_HZ,
  LOW_PASS_HZ,
  type EcgFilters,
  type EcgLayout,
  type PageLead,
  startOf,
} from '#libs/formats/ecg-page';
import type { Messages } from '../../text/index.js';
import type { EcgLeadView } from './ecg-view.js';

export const SPEEDS = [25, 50, 12.5] as const;
export const GAINS = [10, 20, 5] as const;
/** The paper is as long at every speed: 25 mm/s for ten seconds. */
const PAPER_MM = 250;

/** How a person likes to see an ECG; filters are no part of it, they are chosen anew for each. */
export interface EcgChoice {
  layout: EcgLayout;
  cabrera: boolean;
  speed: number;
  gain: number;
}
export const FIRST_CHOICE: EcgChoice = { layout: '3x4+1', cabrera: false, speed: 25, gain: 10 };

/** What this browser remembers may be of another version. */
export const sound = ({ layout, cabrera, speed, gain }: EcgChoice): EcgChoice => ({
  layout: ECG_LAYOUTS.includes(layout) ? layout : FIRST_CHOICE.layout,
  cabrera: cabrera === true,
  speed: (SPEEDS as readonly number[]).includes(speed) ? speed : FIRST_CHOICE.speed,
  gain: (GAINS as readonly number[]).includes(gain) ? gain : FIRST_CHOICE.gain,
});

/** The one after it, and after the last the first. */
export const after = <T>(list: readonly T[], one: T): T => list[(list.indexOf(one) + 1) % list.length]!;

const HIGH = [null, ...HIGH_PASS_HZ];
const LOW = [null, ...LOW_PASS_HZ.toReversed()];
export const nextHighPass = (filters: EcgFilters): EcgFilters => ({
  ...filters,
  highPassHz: after<number | null>(HIGH, filters.highPassHz),
});
export const nextLowPass = (filters: EcgFilters): EcgFilters => ({
  ...filters,
  lowPassHz: after<number | null>(LOW, filters.lowPassHz),
});

export const layoutName = (layout: EcgLayout): string => layout.replace('x', '×');

/** How long the recording is, from its first lead's start to its last one's end. */
export function lengthOf(leads: readonly PageLead[]): number {
  if (leads.length === 0) return 0;
  const from = Math.min(...leads.map(startOf));
  return Math.max(...leads.map((lead) => startOf(lead) + lead.samples.length / lead.sampleRateHz)) - from;
}

/** What one page holds: never more than the recording, but ten seconds at least where the paper holds them. */
export const pageSeconds = (speed: number, length: number): number =>
  Math.min(PAPER_MM / speed, Math.max(10, Math.ceil(length)));

/** How many pages; a rest below a tenth of a second is none. */
export const pageCount = (length: number, seconds: number): number => Math.max(1, Math.ceil((length - 0.1) / seconds));

/** What is filtered, in words for the page. */
export function filterText({ highPassHz, lowPassHz, notch50Hz }: EcgFilters, t: Messages): string {
  const words = t.ecg.filters;
  const list = [
    highPassHz === null ? '' : words.high(highPassHz),
    lowPassHz === null ? '' : words.low(lowPassHz),
    notch50Hz ? words.notch : '',
  ].filter(Boolean);
  return list.length === 0 ? words.none : words.shown(list.join(' · '));
}

/** What the device filtered before it stored anything, where all leads say the same. */
export function deviceFilterText(leads: readonly EcgLeadView[], t: Messages): string {
  const stored = leads.filter(({ derived }) => !derived);
  const [first] = stored;
  if (!first?.filter || stored.some((one) => JSON.stringify(one.filter) !== JSON.stringify(first.filter))) return '';
  const { lowHz, highHz, notchHz } = first.filter;
  const band = lowHz === undefined && highHz === undefined ? '' : `${lowHz ?? ''}–${highHz ?? ''} Hz`;
  const list = [band, notchHz ? `${notchHz} Hz` : ''].filter(Boolean);
  return list.length > 0 ? t.ecg.filters.device(list.join(', ')) : '';
}
