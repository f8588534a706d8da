import { EcgFormatError } from '../ecg-format-error.js';
import { leadNameByNumber } from '../lead-names.js';
import { ScpReader } from './scp-reader.js';

/** A lead of section 3: samples `start` to `end`, both counted from 1 and both included. */
export interface ScpLead {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Section 3 (EN 1064, 5.6). */
export interface ScpLeads {
  readonly leads: readonly ScpLead[];
  readonly subtracted: boolean;
  readonly simultaneous: boolean;
}

/** A zone of samples, counted from 1, both ends included. */
export interface ScpZone {
  readonly start: number;
  readonly end: number;
}

/** Section 4 (EN 1064, 5.7): where reference beat 0 was subtracted, and where bimodal compression kept every sample. */
export interface ScpBeats {
  readonly referenceMilliseconds: number;
  /** The sample of the reference beat that lies on each `fiducial`, counted from 1. */
  readonly referenceFiducial: number;
  readonly subtractions: readonly (ScpZone & { readonly fiducial: number })[];
  readonly protectedZones: readonly ScpZone[];
}

/** Section 5 or 6 (EN 1064, 5.8 and 5.9): scale, time and the encoded bytes of each lead. */
export interface ScpSignal {
  readonly nanovolts: number;
  readonly microseconds: number;
  readonly differences: number;
  readonly bimodal: boolean;
  readonly data: readonly Uint8Array[];
}

export function readLeads(section: Uint8Array): ScpLeads {
  const reader = new ScpReader(section, 'Section 3');
  const count = reader.u8();
  const flags = reader.u8();
  const leads = Array.from({ length: count }, () => {
    const [start, end, id] = [reader.u32(), reader.u32(), reader.u8()];
    if (end < start) throw new EcgFormatError('damaged', `A lead ends at sample ${end}, before its start ${start}.`);
    return { name: leadNameByNumber(id) ?? `lead ${id}`, start, end };
  });
  return { leads, subtracted: (flags & 1) !== 0, simultaneous: (flags & 4) !== 0 };
}

export function readBeats(section: Uint8Array): ScpBeats {
  const reader = new ScpReader(section, 'Section 4');
  const [referenceMilliseconds, referenceFiducial, count] = [reader.u16(), reader.u16(), reader.u16()];
  const subtractions: (ScpZone & { fiducial: number })[] = [];
  for (let i = 0; i < count; i++) {
    const [type, start, fiducial, end] = [reader.u16(), reader.u32(), reader.u32(), reader.u32()];
    // Only beats of type 0 look like the reference beat; the others have no zone (EN 1064, 5.7.4).
    if (type === 0 && end > 0) subtractions.push({ start, end, fiducial });
  }
  const protectedZones: ScpZone[] = [];
  for (let i = 0; i < count && reader.left >= 8; i++) {
    const [start, end] = [reader.u32(), reader.u32()];
    if (end > 0) protectedZones.push({ start, end });
  }
  checkOrder(subtractions, 'Subtraction zones');
  checkOrder(protectedZones, 'Protected zones');
  return { referenceMilliseconds, referenceFiducial, subtractions, protectedZones };
}

export function readSignal(section: Uint8Array, id: 5 | 6, leads: number): ScpSignal {
  const reader = new ScpReader(section, `Section ${id}`);
  const [nanovolts, microseconds, differences, bimodal] = [reader.u16(), reader.u16(), reader.u8(), reader.u8()];
  if (nanovolts === 0 || microseconds === 0)
    throw new EcgFormatError('unsupported', `Section ${id} gives no scale in volts or no time between samples.`);
  if (differences > 2)
    throw new EcgFormatError('unsupported', `Section ${id} has differences of order ${differences}; 0 to 2 are known.`);
  const lengths = Array.from({ length: leads }, () => reader.u16());
  const data = lengths.map((length) => reader.take(length));
  return { nanovolts, microseconds, differences, bimodal: id === 6 && bimodal === 1, data };
}

/** Zones that overlap could not have been made by the standard's encoder, and would cost time without end. */
function checkOrder(zones: readonly ScpZone[], what: string): void {
  let last = 0;
  for (const { start, end } of zones) {
    if (start <= last || end < start)
      throw new EcgFormatError('damaged', `${what} of section 4 overlap or are not in order.`);
    last = end;
  }
}
