import type { WritableDataset, WritableElement } from '#libs/formats/dicom';
import { EcgFormatError } from '../ecg-format-error.js';
import type { EcgLead } from '../ecg-recording.js';
import { leadNumberByName } from '../lead-names.js';
import { exactDecimal, exactProduct, nearestDecimal } from './decimal-string.js';
import { type MultiplexGroup, waveformData } from './multiplex-groups.js';

/** Samples `from` to before `to` of a group; `startSeconds` is when the first of them was taken, on the instance's clock. */
export interface GroupPart {
  readonly group: MultiplexGroup;
  readonly from: number;
  readonly to: number;
  readonly startSeconds: number;
}

export const one = (vr: string, value: string | number): WritableElement => ({ vr, Value: [value] });

/** A code sequence of one item: value, scheme, meaning. SCPECG has versions, the codes of PS3.16 are those of 1.3 (CID 3227). */
export function coded(value: string, scheme: string, meaning: string): WritableElement {
  const item = {
    '00080100': one('SH', value),
    '00080102': one('SH', scheme),
    ...(scheme === 'SCPECG' ? { '00080103': one('SH', '1.3') } : {}),
    '00080104': one('LO', meaning),
  };
  return { vr: 'SQ', Value: [item] };
}

/** LO and SH may hold neither a backslash nor control characters (PS3.5 section 6.2). */
export function plain(text: string): string {
  return text.replace(/[\\\p{Cc}]+/gu, ' ').trim();
}

/** One item of WaveformSequence (PS3.3 section C.10.9). */
export function waveformItem({ group, from, to, startSeconds }: GroupPart): WritableDataset {
  const { leads, bits, padding, beat, sampleRateHz } = group;
  return {
    ...(startSeconds === 0 ? {} : { '00181068': one('DS', nearestDecimal(startSeconds * 1000)) }),
    '003A0004': one('CS', beat ? 'DERIVED' : 'ORIGINAL'),
    '003A0005': one('US', leads.length),
    '003A0010': one('UL', to - from),
    '003A001A': one('DS', nearestDecimal(sampleRateHz)),
    '003A0020': one('SH', beat ? 'MEDIAN BEAT' : 'RHYTHM'),
    '003A0200': { vr: 'SQ', Value: leads.map((lead, index) => channel(lead, index, bits)) },
    '54001004': one('US', bits),
    '54001006': one('CS', bits === 16 ? 'SS' : 'SL'),
    ...(padding === undefined ? {} : { '5400100A': { vr: 'OW', bytes: paddingBytes(padding, bits) } }),
    '54001010': { vr: 'OW', bytes: waveformData(group, from, to) },
  };
}

function paddingBytes(padding: number, bits: 16 | 32): Uint8Array {
  const view = new DataView(new ArrayBuffer(bits / 8));
  if (bits === 16) view.setInt16(0, padding, true);
  else view.setInt32(0, padding, true);
  return new Uint8Array(view.buffer);
}

function channel(lead: EcgLead, index: number, bits: number): WritableDataset {
  const filter = { '003A0220': lead.filter?.lowHz, '003A0221': lead.filter?.highHz, '003A0222': lead.filter?.notchHz };
  const filters = Object.entries(filter).flatMap(([tag, hertz]) =>
    hertz === undefined ? [] : [[tag, one('DS', nearestDecimal(hertz))] as const],
  );
  return {
    '003A0202': one('IS', index + 1),
    '003A0203': one('SH', plain(lead.name).slice(0, 16) || `channel ${index + 1}`),
    '003A0208': source(lead.name, index),
    ...scale(lead),
    ...skew(lead),
    '003A021A': one('US', bits),
    ...Object.fromEntries(filters),
  };
}

/** CID 3001: MDC block 2 by lead number; a name that has no number keeps its name under a code of the house. */
function source(name: string, index: number): WritableElement {
  const number = leadNumberByName(name);
  if (number !== undefined) return coded(`2:${number}`, 'MDC', `Lead ${name}`);
  const meaning = plain(name);
  if (meaning === '' || meaning.length > 64)
    throw new EcgFormatError('unsupported', `Channel ${index + 1} has a name that DICOM cannot hold.`);
  return coded(`CHANNEL${index + 1}`, '99QIAO', meaning);
}

const UNITS = [
  ['uV', 1, 'microvolt'],
  ['mV', 1000, 'millivolt'],
  ['nV', 0.001, 'nanovolt'],
] as const;

/** The first unit in which 16 characters lose neither the scale nor the baseline; a baseline no unit holds is the nearest, in microvolt. */
function scale({ name, microvoltsPerUnit, baselineMicrovolts }: EcgLead): WritableDataset {
  if (!Number.isFinite(microvoltsPerUnit) || microvoltsPerUnit === 0 || !Number.isFinite(baselineMicrovolts))
    throw new EcgFormatError('unsupported', `Lead ${name} has no scale in microvolts.`);
  const [exact] = UNITS.flatMap(([unit, microvolts, meaning]) => {
    const baseline = exactDecimal(Number((baselineMicrovolts / microvolts).toPrecision(15)));
    const product = exactProduct(Number((microvoltsPerUnit / microvolts).toPrecision(microvolts === 1 ? 17 : 15)));
    if (baseline === undefined || product === undefined || Number(baseline) * microvolts !== baselineMicrovolts)
      return [];
    if (Number(product.sensitivity) * Number(product.factor) * microvolts !== microvoltsPerUnit) return [];
    return [{ unit, meaning, baseline, ...product }];
  });
  const product = exactProduct(microvoltsPerUnit);
  if (!exact && !product)
    throw new EcgFormatError('unsupported', `Lead ${name} has a scale that DICOM cannot hold without loss.`);
  const { unit, meaning, sensitivity, factor, baseline } = exact ?? {
    unit: 'uV',
    meaning: 'microvolt',
    sensitivity: product?.sensitivity ?? '',
    factor: product?.factor ?? '',
    baseline: nearestDecimal(baselineMicrovolts),
  };
  return {
    '003A0210': one('DS', sensitivity),
    '003A0211': coded(unit, 'UCUM', meaning),
    '003A0212': one('DS', factor),
    '003A0213': one('DS', baseline),
  };
}

/** In seconds where 16 characters hold it, else in samples. */
function skew({ skewSeconds = 0, sampleRateHz }: EcgLead): WritableDataset {
  if (skewSeconds === 0) return { '003A0215': one('DS', '0') };
  const seconds = exactDecimal(skewSeconds);
  if (seconds !== undefined) return { '003A0214': one('DS', seconds) };
  return { '003A0215': one('DS', nearestDecimal(skewSeconds * sampleRateHz)) };
}
