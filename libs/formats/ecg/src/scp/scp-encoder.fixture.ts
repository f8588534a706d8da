/**
 * Writes SCP-ECG records for the tests, from the description of the format and sharing nothing with the reader: bits are text, the CRC is
 * formed bit by bit, tables are written out.
 */
export type Coding = 'none' | 'default' | 'own';

export interface FixtureLead {
  readonly id: number;
  /** Of the first sample, counted from 1. */
  readonly start: number;
  readonly samples: readonly number[];
}

export interface FixtureBeat {
  readonly type: number;
  readonly start: number;
  readonly fiducial: number;
  readonly end: number;
  /** The protected zone, both ends included. */
  readonly protect: readonly [number, number];
}

export interface ScpFixture {
  readonly leads: readonly FixtureLead[];
  readonly coding: Coding;
  readonly differences: 0 | 1 | 2;
  readonly nanovolts?: number;
  readonly microseconds?: number;
  readonly beats?: readonly FixtureBeat[];
  /** One per lead; the fiducial is counted from 1. */
  readonly reference?: { readonly fiducial: number; readonly samples: readonly (readonly number[])[] };
  readonly subtract?: boolean;
  readonly factor?: number;
  readonly tags?: readonly (readonly [number, readonly number[]])[];
  /** Data parts of further sections. */
  readonly more?: readonly (readonly [number, readonly number[]])[];
}

export const u16 = (value: number): number[] => [value & 255, (value >> 8) & 255];
export const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
export const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

export function encodeScp(fixture: ScpFixture): Uint8Array {
  const { leads, beats, reference, factor = 1, subtract = false } = fixture;
  const microseconds = fixture.microseconds ?? 2000;
  const nanovolts = fixture.nanovolts ?? 2500;
  const section3 = leads.flatMap(({ id, start, samples }) => [...u32(start), ...u32(start + samples.length - 1), id]);
  const sections: (readonly [number, readonly number[]])[] = [
    [1, [...(fixture.tags ?? []).flatMap(([tag, value]) => [tag, ...u16(value.length), ...value]), 255, 0, 0]],
    ...(fixture.coding === 'none' ? [] : [[2, tableSection(fixture.coding)] as const]),
    [3, [leads.length, (subtract ? 1 : 0) + 4 + (leads.length << 3), ...section3]],
  ];
  if (beats && reference) {
    const milliseconds = ((reference.samples[0]?.length ?? 0) * microseconds) / 1000;
    sections.push([4, beatSection(beats, milliseconds, reference.fiducial)]);
    sections.push([5, signalSection(fixture, nanovolts, microseconds, 0, reference.samples)]);
  }
  const stored = leads.map((lead, i) => {
    const residual =
      subtract && beats ? subtractBeats(lead, beats, reference!.fiducial, reference!.samples[i]!) : lead.samples;
    return factor > 1 ? decimate(residual, lead.start, beats ?? [], factor) : residual;
  });
  sections.push([6, signalSection(fixture, nanovolts, microseconds * factor, factor > 1 ? 1 : 0, stored)]);
  return record([...sections, ...(fixture.more ?? [])]);
}

function beatSection(beats: readonly FixtureBeat[], milliseconds: number, fiducial: number): number[] {
  return [
    ...u16(milliseconds),
    ...u16(fiducial),
    ...u16(beats.length),
    ...beats.flatMap((beat) => [
      ...u16(beat.type),
      ...u32(beat.type === 0 ? beat.start : 0),
      ...u32(beat.fiducial),
      ...u32(beat.type === 0 ? beat.end : 0),
    ]),
    ...beats.flatMap(({ protect }) => [...u32(protect[0]), ...u32(protect[1])]),
  ];
}

function subtractBeats(
  lead: FixtureLead,
  beats: readonly FixtureBeat[],
  referenceFiducial: number,
  reference: readonly number[],
): number[] {
  return lead.samples.map((value, i) => {
    const number = lead.start + i;
    const beat = beats.find(({ type, start, end }) => type === 0 && number >= start && number <= end);
    return beat ? value - reference[referenceFiducial - 1 + (number - beat.fiducial)]! : value;
  });
}

function decimate(values: readonly number[], start: number, beats: readonly FixtureBeat[], factor: number): number[] {
  const stored: number[] = [];
  let block: number[] = [];
  const close = (): void => {
    if (block.length > 0) stored.push(Math.round(block.reduce((sum, value) => sum + value, 0) / block.length));
    block = [];
  };
  values.forEach((value, i) => {
    if (beats.some(({ protect }) => start + i >= protect[0] && start + i <= protect[1])) {
      close();
      stored.push(value);
    } else if (block.push(value) === factor) close();
  });
  close();
  return stored;
}

function signalSection(
  { coding, differences }: ScpFixture,
  nanovolts: number,
  microseconds: number,
  bimodal: number,
  leads: readonly (readonly number[])[],
): number[] {
  const encoded = leads.map((values) => encode(differentiate(values, differences), coding));
  return [
    ...u16(nanovolts),
    ...u16(microseconds),
    differences,
    bimodal,
    ...encoded.flatMap((bytes) => u16(bytes.length)),
    ...encoded.flat(),
  ];
}

function differentiate(values: readonly number[], order: number): number[] {
  const at = (i: number): number => values[i]!;
  return values.map((value, i) => {
    if (i < order) return value;
    return [value, value - at(i - 1), value - 2 * at(i - 1) + at(i - 2)][order]!;
  });
}

/** EN 1064, annex C: the default table as it is printed there, the first bit first. */
const DEFAULT_CODES: Readonly<Record<number, string>> = {
  0: '0',
  1: '100',
  [-1]: '101',
  2: '1100',
  [-2]: '1101',
  3: '11100',
  [-3]: '11101',
  4: '111100',
  [-4]: '111101',
  5: '1111100',
  [-5]: '1111101',
  6: '11111100',
  [-6]: '11111101',
  7: '111111100',
  [-7]: '111111101',
  8: '1111111100',
  [-8]: '1111111101',
};

interface OwnCode {
  readonly code: string;
  readonly extra?: number;
  readonly value: number;
  readonly switches?: true;
}

/** Two tables that lead to each other; the second has a base value that is added to 4 further bits. */
const OWN: readonly (readonly OwnCode[])[] = [
  [
    { code: '00', value: 0 },
    { code: '01', value: 1 },
    { code: '100', value: -1 },
    { code: '101', value: 2, switches: true },
    { code: '110', value: 0, extra: 8 },
    { code: '111', value: 0, extra: 16 },
  ],
  [
    { code: '1', value: 20, extra: 4 },
    { code: '01', value: 1, switches: true },
    { code: '001', value: 0, extra: 16 },
  ],
];

function tableSection(coding: 'default' | 'own'): number[] {
  if (coding === 'default') return u16(19_999);
  return [
    ...u16(OWN.length),
    ...OWN.flatMap((table) => [
      ...u16(table.length),
      ...table.flatMap(({ code, extra = 0, value, switches }) => [
        code.length,
        code.length + extra,
        switches ? 0 : 1,
        ...u16(value & 0xffff),
        ...u32(parseInt(Array.from(code, (_, i) => code[code.length - 1 - i]).join(''), 2)),
      ]),
    ]),
  ];
}

function encode(values: readonly number[], coding: Coding): number[] {
  if (coding === 'none') return values.flatMap((value) => u16(value & 0xffff));
  const bits = coding === 'default' ? values.map(defaultCode).join('') : ownCodes(values);
  return (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
}

function defaultCode(value: number): string {
  const short = DEFAULT_CODES[value];
  if (short !== undefined) return short;
  return value >= -128 && value < 128 ? `1111111110${signed(value, 8)}` : `1111111111${signed(value, 16)}`;
}

/** The second table is taken for what lies around its base value, so that the tables change often. */
function ownCodes(values: readonly number[]): string {
  let bits = '';
  let table = 1;
  for (const value of values) {
    const wanted = value >= 12 && value < 28 ? 2 : 1;
    if (wanted !== table) bits += table === 1 ? '101' : '01';
    table = wanted;
    if (table === 2) bits += `1${signed(value - 20, 4)}`;
    else if (value === 0) bits += '00';
    else if (value === 1) bits += '01';
    else if (value === -1) bits += '100';
    else bits += value >= -128 && value < 128 ? `110${signed(value, 8)}` : `111${signed(value, 16)}`;
  }
  return bits;
}

function signed(value: number, bits: number): string {
  return (value < 0 ? value + 2 ** bits : value).toString(2).padStart(bits, '0');
}

/** Sections 1 to 11 behind section 0, which points to all of them. */
export function record(sections: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  const bodies = Array.from({ length: 12 }, (_, id) => sections.find(([number]) => number === id)?.[1]);
  let place = 7 + 16 + 120;
  const pointers: number[] = [...u16(0), ...u32(136), ...u32(7)];
  const parts: number[][] = [];
  for (let id = 1; id < 12; id++) {
    const body = bodies[id];
    const part = body ? section(id, body) : [];
    pointers.push(...u16(id), ...u32(part.length), ...u32(part.length > 0 ? place : 0));
    place += part.length;
    parts.push(part);
  }
  const all = [...section(0, pointers), ...parts.flat()];
  const rest = [...u32(all.length + 6), ...all];
  return Uint8Array.from([...u16(crc(rest)), ...rest]);
}

function section(id: number, data: readonly number[]): number[] {
  const even = data.length % 2 === 0 ? data : [...data, 0];
  const reserved = id === 0 ? ascii('SCPECG') : [0, 0, 0, 0, 0, 0];
  const rest = [...u16(id), ...u32(even.length + 16), 20, 20, ...reserved, ...even];
  return [...u16(crc(rest)), ...rest];
}

/** CRC-CCITT, a bit at a time. */
function crc(bytes: readonly number[]): number {
  let value = 0xffff;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const out = ((value >> 15) & 1) ^ ((byte >> bit) & 1);
      value = ((value << 1) & 0xffff) ^ (out ? 0x1021 : 0);
    }
  return value;
}

/** Every CRC, or only the record's, made right again after bytes were changed, as far as the pointers still lead somewhere. */
export function reseal(bytes: Uint8Array, sections = true): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = sections ? 142 : 0;
  for (let at = 22; at + 10 <= end; at += 10) {
    const [size, place] = [view.getUint32(at + 2, true), view.getUint32(at + 6, true) - 1];
    if (size >= 16 && place >= 142 && place + size <= bytes.length)
      view.setUint16(place, crc([...bytes.subarray(place + 2, place + size)]), true);
  }
  if (sections) view.setUint16(6, crc([...bytes.subarray(8, 142)]), true);
  view.setUint16(0, crc([...bytes.subarray(2)]), true);
  return bytes;
}
