import { EcgFormatError } from '../ecg-format-error.js';
import { joinedName, undeclaredText } from '../field-text.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { distinctNames } from '../lead-names.js';
import { type EcgReel, type EcgStretch, samplePlace } from '../reel/ecg-reel.js';

const HEADER = 522;
const MOST_LEADS = 12;

/** Lead specification codes of the standard's table. */
const LEADS = ', , X, Y, Z, I, II, III, aVR, aVL, aVF, V1, V2, V3, V4, V5, V6, ES, AS, AI'.split(', ');

/** What the header says, and where the samples lie: lead after lead for each instant, 16 bits little endian. */
interface IshneHeader {
  /** All but the samples, of which each lead has none. */
  readonly recording: EcgRecording;
  readonly sampleRateHz: number;
  /** Byte of the first sample. */
  readonly start: number;
  /** Samples of a lead. */
  readonly length: number;
}

/**
 * An ECG from an ISHNE Holter file (Standard output file format for Holter data, version 1.0): little endian, one interleaved block of
 * 16-bit samples, resolution in nV. The CRC of the header must hold; a CRC of 0 counts as not given and is noted.
 *
 * @throws EcgFormatError not-ecg (no ISHNE header), truncated, no-waveform, damaged (the CRC), unsupported (no rate, scale or leads).
 */
export function readIshne(bytes: Uint8Array): EcgRecording {
  const header = readHeader(bytes, bytes.length);
  return withSamples(header, bytes.subarray(header.start), 0, header.length);
}

/** A file of `size` bytes of which only the beginning is at hand. @throws as `readIshne` */
export function openIshneReel(head: Uint8Array, size: number): EcgReel {
  const header = readHeader(head, size);
  const { recording, sampleRateHz, start, length } = header;
  const bytesOfInstant = recording.leads.length * 2;
  const places = ({ fromSeconds, seconds }: EcgStretch): [number, number] => {
    const [from, to] = [fromSeconds, fromSeconds + seconds].map((at) => samplePlace(at, sampleRateHz, length));
    return [from!, to!];
  };
  return {
    recording,
    seconds: length / sampleRateHz,
    bytesOf(stretch) {
      const [from, to] = places(stretch);
      return { start: start + from * bytesOfInstant, length: (to - from) * bytesOfInstant };
    },
    cut(bytes, stretch) {
      return withSamples(header, bytes, ...places(stretch));
    },
  };
}

/** `bytes` begins with the instant `from`. */
function withSamples(
  { recording, sampleRateHz }: IshneHeader,
  bytes: Uint8Array,
  from: number,
  to: number,
): EcgRecording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = recording.leads.length * 2;
  const leads = recording.leads.map((lead, channel): EcgLead => {
    const samples = new Int32Array(Math.min(to - from, Math.floor(bytes.length / step)));
    for (let i = 0, at = channel * 2; i < samples.length; i += 1, at += step) samples[i] = view.getInt16(at, true);
    return { ...lead, samples, startSeconds: from / sampleRateHz };
  });
  return { ...recording, leads };
}

function readHeader(bytes: Uint8Array, size: number): IshneHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (String.fromCharCode(...bytes.subarray(0, 8)) !== 'ISHNE1.0')
    throw new EcgFormatError('not-ecg', 'The file is no ISHNE 1.0 ECG.');
  if (bytes.length < HEADER) throw new EcgFormatError('truncated', 'The file ends within its ISHNE header.');
  const int16 = (at: number): number => view.getInt16(at, true);
  const notes: string[] = [];
  const variable = view.getInt32(10, true);
  const declared = view.getInt32(14, true);
  const start = view.getInt32(22, true);
  const leadCount = int16(156);
  const sampleRateHz = view.getUint16(272, true);
  if (variable < 0 || start < HEADER + variable || start > size)
    throw new EcgFormatError('truncated', `The ECG should start at byte ${start}, which this file of ${size} has not.`);
  if (HEADER + variable > bytes.length)
    throw new EcgFormatError('unsupported', `The header of ${HEADER + variable} bytes is too long to be one.`);
  checkCrc(bytes.subarray(10, HEADER + variable), view.getUint16(8, true), notes);
  if (leadCount < 1 || leadCount > MOST_LEADS || sampleRateHz === 0)
    throw new EcgFormatError('unsupported', `The header declares ${leadCount} leads at ${sampleRateHz} Hz.`);
  const length = sampleCount(declared, Math.floor((size - start) / 2), leadCount, notes);

  const names = leadNames(Array.from({ length: leadCount }, (_, i) => int16(158 + i * 2)));
  const leads = names.map((name, channel): EcgLead => {
    const nanovolts = int16(206 + channel * 2);
    if (nanovolts <= 0) throw new EcgFormatError('unsupported', `Lead ${name} has the resolution ${nanovolts} nV.`);
    return {
      name,
      samples: new Int32Array(0),
      sampleRateHz,
      microvoltsPerUnit: nanovolts / 1000,
      baselineMicrovolts: 0,
      derived: false,
      startSeconds: 0,
    };
  });
  const said = (at: number, width: number): string => {
    const field = bytes.subarray(at, at + width);
    const end = field.indexOf(0);
    return undeclaredText(end < 0 ? field : field.subarray(0, end), notes);
  };
  const id = said(108, 20);
  const name = joinedName([said(68, 40), said(28, 40)].filter((part) => part !== 'none'));
  const sex = ({ 1: 'M', 2: 'F' } as const)[int16(128)];
  const birthDate = date(int16(132), int16(134), int16(136));
  const recorded = date(int16(138), int16(140), int16(142));
  const time = clock(int16(150), int16(152), int16(154));
  const model = said(232, 40);
  const recording: EcgRecording = {
    patient: {
      ...(id && { id }),
      ...(name && { name }),
      ...(sex && { sex }),
      ...(birthDate !== undefined && { birthDate }),
    },
    ...(model && { device: { model } }),
    ...(recorded !== undefined && { startTime: time === undefined ? recorded : `${recorded}T${time}` }),
    leads: distinctNames(leads),
    measurements: [],
    statements: [],
    notes,
    source: 'ishne',
  };
  return { recording, sampleRateHz, start, length };
}

/** The standard counts samples of a lead; some writers count those of all leads. The file's own length decides. */
function sampleCount(declared: number, held: number, leadCount: number, notes: string[]): number {
  const perLead = Math.floor(held / leadCount);
  if (perLead === 0) throw new EcgFormatError('no-waveform', 'The file holds no samples.');
  if (declared === perLead || declared === held) return perLead;
  if (declared > 0 && declared < perLead) {
    notes.push(`The file holds ${perLead} samples a lead; its header declares ${declared}, which are shown.`);
    return declared;
  }
  throw new EcgFormatError('truncated', `The header declares ${declared} samples a lead, the file holds ${perLead}.`);
}

/** CRC-CCITT (polynomial 0x1021, from 0xFFFF) over what follows it up to the ECG. */
function checkCrc(covered: Uint8Array, stored: number, notes: string[]): void {
  if (stored === 0) {
    notes.push('The header carries no CRC.');
    return;
  }
  let crc = 0xffff;
  for (const byte of covered) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc & 0x8000 ? 0x1021 : 0) ^ (crc << 1)) & 0xffff;
  }
  if (crc !== stored) throw new EcgFormatError('damaged', 'The header is damaged: its CRC does not hold.');
}

function leadNames(codes: readonly number[]): string[] {
  return codes.map((code, i) => LEADS[code] || `Channel ${i + 1}`);
}

function date(day: number, month: number, year: number): string | undefined {
  const at = new Date(Date.UTC(year, month - 1, day));
  if (year < 1800 || year > 9999 || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined;
  return at.toISOString().slice(0, 10);
}

function clock(hour: number, minute: number, second: number): string | undefined {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  return [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
}
