export const ECG_LAYOUTS = ['3x4+1', '3x4+3', '6x2', '12x1'] as const;
export type EcgLayout = (typeof ECG_LAYOUTS)[number];

/** A place for a lead; `inverted` for -aVR. */
export interface Place {
  readonly lead: string;
  readonly inverted: boolean;
}

export interface LayoutRows {
  /** Row by row; the columns share the page's time. */
  readonly rows: readonly (readonly Place[])[];
  readonly strips: number;
  /** From baseline to baseline at 10 mm/mV, a whole number of 5 mm; below 25 it is the least, and the leads are given what they take. */
  readonly rowStepMm: number;
}

/** The limb leads as they are printed, and in Cabrera's order of the frontal plane, where aVR is turned over (AHA/ACC/HRS 2007, part I). */
const USUAL = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF'];
const CABRERA = ['aVL', 'I', '-aVR', 'II', 'aVF', 'III'];
const CHEST = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

/** The order in which leads are named in sentences. */
export const LEAD_ORDER = [...USUAL, ...CHEST];

const place = (name: string): Place => ({ lead: name.replace('-', ''), inverted: name.startsWith('-') });

/** With fewer of the twelve leads than this a recording is shown by its own. */
const MOST_LEADS = 6;

/** Whether a recording has so few of the twelve leads, as a Holter's has, that a page for twelve would be empty paper. */
export function hasFewLeads(names: readonly string[]): boolean {
  return names.filter((name) => LEAD_ORDER.includes(name)).length < MOST_LEADS;
}

/** The places of a layout. In one row a lead, a recording that has few of the twelve has its own, the first twelve. */
export function rowsOf(layout: EcgLayout, cabrera: boolean, names: readonly string[]): LayoutRows {
  const twelve = [...(cabrera ? CABRERA : USUAL), ...CHEST].map(place);
  if (layout === '12x1') {
    const own = hasFewLeads(names) ? names.slice(0, 12).map((lead) => ({ lead, inverted: false })) : twelve;
    return { rows: own.map((one) => [one]), strips: 0, rowStepMm: own.length > 6 ? 15 : own.length > 3 ? 25 : 40 };
  }
  const height = layout === '6x2' ? 6 : 3;
  const rows = Array.from({ length: height }, (_, row) => twelve.filter((_one, at) => at % height === row));
  const strips = { '3x4+1': 1, '3x4+3': 3, '6x2': 0 }[layout];
  return { rows, strips, rowStepMm: layout === '3x4+1' ? 35 : 25 };
}
