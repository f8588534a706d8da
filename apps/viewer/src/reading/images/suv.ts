import { items, numbers, text, type DicomJson } from '../../api/dicom-web.js';

/** What of an image a standardised uptake value cannot be computed without, and is missing or makes no sense. */
export type SuvLack = 'units' | 'corrections' | 'decay' | 'weight' | 'dose' | 'half-life' | 'times';

/** What an activity concentration in Bq/ml is multiplied by to have SUV by body weight (g/ml), or why it cannot. */
export type Suv = { readonly factor: number } | { readonly lacks: readonly SuvLack[] };

const tag = {
  SeriesDate: '00080021',
  AcquisitionDate: '00080022',
  SeriesTime: '00080031',
  AcquisitionTime: '00080032',
  AcquisitionDateTime: '0008002A',
  TimezoneOffsetFromUTC: '00080201',
  PatientWeight: '00101030',
  RadiopharmaceuticalStartTime: '00181072',
  RadionuclideTotalDose: '00181074',
  RadionuclideHalfLife: '00181075',
  RadiopharmaceuticalStartDateTime: '00181078',
  ActualFrameDuration: '00181242',
  CorrectedImage: '00280051',
  RadiopharmaceuticalInformationSequence: '00540016',
  Units: '00541001',
  SUVType: '00541006',
  DecayCorrection: '00541102',
  FrameReferenceTime: '00541300',
} as const;

/** Less was injected in nobody; some writers give MBq in place of Bq. */
const LEAST_DOSE_BQ = 100_000;
const DAY_S = 86_400;
/** After so many nothing is left to be seen: one of the times is wrong. */
const MOST_HALF_LIVES = 10;

/**
 * By the vendor-neutral algorithm of QIBA's FDG-PET profile: activity in Bq/ml, corrected for attenuation and decay, over what is left of
 * the dose at the time that the decay is corrected to, for each gram of the patient.
 * @param earliest the beginning of the first acquisition of the series, of `acquisitionOf`
 */
export function suvOf(dataset: DicomJson, earliest: number | null): Suv {
  const units = text(dataset, tag.Units);
  const type = text(dataset, tag.SUVType);
  if (units === 'GML' && (type === '' || type === 'BW')) return { factor: 1 };
  if (units !== 'BQML') return { lacks: ['units'] };
  const corrected = new Set((dataset[tag.CorrectedImage]?.Value ?? []).map(String));
  const [drug = {}] = items(dataset, tag.RadiopharmaceuticalInformationSequence);
  const [weight = 0] = numbers(dataset, tag.PatientWeight);
  const [dose = 0] = numbers(drug, tag.RadionuclideTotalDose);
  const [halfLife = 0] = numbers(drug, tag.RadionuclideHalfLife);
  const reference = text(dataset, tag.DecayCorrection);
  const decayed = reference === 'ADMIN' ? 0 : halfLife > 0 ? decayTime(dataset, drug, halfLife, earliest) : null;
  const lacks = (
    [
      ['corrections', corrected.has('ATTN') && corrected.has('DECY')],
      ['decay', reference === 'START' || reference === 'ADMIN'],
      ['weight', weight > 0],
      ['dose', dose >= LEAST_DOSE_BQ],
      ['half-life', halfLife > 0 || reference === 'ADMIN'],
      ['times', decayed !== null || halfLife <= 0],
    ] as const
  ).flatMap(([what, there]) => (there ? [] : [what]));
  if (lacks.length > 0) return { lacks };
  return { factor: (weight * 1000) / (dose * 2 ** (-decayed! / (halfLife || 1))) };
}

/** Seconds from the injection to the time that the decay is corrected to; null where they make no sense. */
function decayTime(dataset: DicomJson, drug: DicomJson, halfLife: number, earliest: number | null): number | null {
  const scan = scanTime(dataset, halfLife, earliest);
  if (scan === null) return null;
  const whole = moment(text(drug, tag.RadiopharmaceuticalStartDateTime), text(dataset, tag.TimezoneOffsetFromUTC));
  const timeOfDay = secondsOf(text(drug, tag.RadiopharmaceuticalStartTime));
  let injected = whole;
  if (injected === null && timeOfDay !== null) {
    // Only the time of day is told: the injection was before the scan, if need be on the day before.
    injected = Math.floor(scan / DAY_S) * DAY_S + timeOfDay;
    if (injected > scan) injected -= DAY_S;
  }
  const passed = injected === null ? -1 : scan - injected;
  return passed >= 0 && passed <= MOST_HALF_LIVES * halfLife ? passed : null;
}

/** The series' time, unless it is a later one than that of its images: then it is that of another processing. */
function scanTime(dataset: DicomJson, halfLife: number, earliest: number | null): number | null {
  const series = moment(text(dataset, tag.SeriesDate) + text(dataset, tag.SeriesTime));
  const acquired = acquisitionOf(dataset);
  if (series !== null && (earliest === null || series <= earliest)) return series;
  const [reference] = numbers(dataset, tag.FrameReferenceTime);
  const [duration = 0] = numbers(dataset, tag.ActualFrameDuration);
  if (acquired === null || reference === undefined || reference <= 0 || duration <= 0) return null;
  const decay = (Math.LN2 / halfLife) * (duration / 1000);
  const averageCountTime = (halfLife / Math.LN2) * Math.log(decay / (1 - Math.exp(-decay)));
  return acquired - reference / 1000 + averageCountTime;
}

/** When an image was begun, in seconds of local time; null where it does not say. */
export const acquisitionOf = (dataset: DicomJson): number | null =>
  moment(text(dataset, tag.AcquisitionDate) + text(dataset, tag.AcquisitionTime)) ??
  moment(text(dataset, tag.AcquisitionDateTime), text(dataset, tag.TimezoneOffsetFromUTC));

/** HHMMSS.FFFFFF as seconds of the day. */
function secondsOf(time: string): number | null {
  const parts = /^(\d\d)(\d\d)?(\d\d)?(\.\d+)?/.exec(time);
  if (!parts) return null;
  return Number(parts[1]) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0) + Number(parts[4] ?? 0);
}

/** A date and time as seconds; one that names its zone is brought into `zone`, that of the other times. */
function moment(value: string, zone = ''): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d{2,6}(?:\.\d+)?)([+-]\d{4})?$/.exec(value);
  const seconds = parts && secondsOf(parts[4]!);
  if (!parts || seconds === null) return null;
  const shift = parts[5] && zone ? offset(zone) - offset(parts[5]) : 0;
  return Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) / 1000 + seconds! + shift;
}

const offset = (zone: string): number => {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60);
};
