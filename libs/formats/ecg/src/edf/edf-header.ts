import { EcgFormatError } from '../ecg-format-error.js';
import { undeclaredText } from '../field-text.js';

export interface EdfSignal {
  readonly label: string;
  readonly transducer: string;
  readonly dimension: string;
  readonly physicalMinimum: number;
  readonly physicalMaximum: number;
  readonly digitalMinimum: number;
  readonly digitalMaximum: number;
  readonly prefiltering: string;
  readonly samplesPerRecord: number;
  /** of its first sample within a record */
  readonly offsetInRecord: number;
}

export interface EdfHeader {
  readonly patient: string;
  readonly recording: string;
  readonly notes: readonly string[];
  /** dd.mm.yy */
  readonly startDate: string;
  /** hh.mm.ss */
  readonly startTime: string;
  /** '' plain EDF; C continuous and D discontinuous EDF+ */
  readonly plus: '' | 'C' | 'D';
  readonly headerBytes: number;
  /** whole records that the file holds */
  readonly records: number;
  readonly recordBytes: number;
  readonly recordSeconds: number;
  readonly signals: readonly EdfSignal[];
}

const FIXED = 256;

/** Whether these bytes begin as an EDF does: version 0, a date and a header length that fits the number of signals. */
export function looksLikeEdf(bytes: Uint8Array): boolean {
  if (bytes.length < FIXED || ascii(bytes, 0, 8) !== '0') return false;
  const signals = Number(ascii(bytes, 252, 4));
  return /^\d\d\.\d\d\.\d\d$/.test(ascii(bytes, 168, 8)) && Number(ascii(bytes, 184, 8)) === FIXED * (signals + 1);
}

/**
 * The header of an EDF or EDF+ file (Kemp 1992, Kemp and Olivan 2003) of `size` bytes, each field validated; `bytes` may be its beginning
 * alone. @throws EcgFormatError
 */
export function readEdfHeader(bytes: Uint8Array, size = bytes.length): EdfHeader {
  if (bytes.length < FIXED) throw new EcgFormatError('truncated', 'The file ends within its EDF header.');
  if (!looksLikeEdf(bytes)) throw new EcgFormatError('not-ecg', 'The file has no valid EDF header.');
  const count = integer(bytes, 252, 4, 'number of signals');
  if (count < 1) throw new EcgFormatError('no-waveform', 'The EDF file has no signals.');
  const headerBytes = FIXED * (count + 1);
  if (bytes.length < headerBytes) throw new EcgFormatError('truncated', 'The file ends within its EDF header.');
  const declared = integer(bytes, 236, 8, 'number of records');
  const recordSeconds = decimal(bytes, 244, 8, 'duration of a record');
  if (recordSeconds < 0) throw new EcgFormatError('unsupported', 'The EDF records have a negative duration.');
  const signals = readSignals(bytes, count);
  const last = signals.at(-1);
  const recordBytes = last ? last.offsetInRecord + last.samplesPerRecord * 2 : 0;
  if (recordBytes === 0) throw new EcgFormatError('no-waveform', 'The EDF records hold no samples.');
  const held = Math.floor((size - headerBytes) / recordBytes);
  if (declared > held)
    throw new EcgFormatError('truncated', `The EDF header declares ${declared} records, the file holds ${held}.`);
  const records = declared === -1 ? held : declared;
  if (records < 1) throw new EcgFormatError('no-waveform', 'The EDF file has no records.');
  const notes: string[] = [];
  const said = (at: number): string =>
    undeclaredText(
      bytes.subarray(at, at + 80).map((byte) => byte || 0x20),
      notes,
    );
  const plus = /^EDF\+([CD])/.exec(ascii(bytes, 192, 44))?.[1];
  return {
    patient: said(8),
    recording: said(88),
    notes,
    startDate: ascii(bytes, 168, 8),
    startTime: ascii(bytes, 176, 8),
    plus: plus === 'C' || plus === 'D' ? plus : '',
    headerBytes,
    records,
    recordBytes,
    recordSeconds,
    signals,
  };
}

/** The fields stand one after the other, each for all signals. */
function readSignals(bytes: Uint8Array, count: number): EdfSignal[] {
  const at = (before: number, width: number, signal: number): number => FIXED + before * count + width * signal;
  let offsetInRecord = 0;
  return Array.from({ length: count }, (_, i) => {
    const label = ascii(bytes, at(0, 16, i), 16);
    const signal = {
      label,
      transducer: ascii(bytes, at(16, 80, i), 80),
      dimension: ascii(bytes, at(96, 8, i), 8),
      physicalMinimum: decimal(bytes, at(104, 8, i), 8, `physical minimum of '${label}'`),
      physicalMaximum: decimal(bytes, at(112, 8, i), 8, `physical maximum of '${label}'`),
      digitalMinimum: integer(bytes, at(120, 8, i), 8, `digital minimum of '${label}'`),
      digitalMaximum: integer(bytes, at(128, 8, i), 8, `digital maximum of '${label}'`),
      prefiltering: ascii(bytes, at(136, 80, i), 80),
      samplesPerRecord: integer(bytes, at(216, 8, i), 8, `samples in a record of '${label}'`),
      offsetInRecord,
    };
    if (signal.samplesPerRecord < 0)
      throw new EcgFormatError('unsupported', `The EDF signal '${label}' has a negative length.`);
    offsetInRecord += signal.samplesPerRecord * 2;
    return signal;
  });
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder('latin1')
    .decode(bytes.subarray(at, at + length))
    .replace(/\0/g, ' ')
    .trim();
}

function decimal(bytes: Uint8Array, at: number, length: number, what: string): number {
  const text = ascii(bytes, at, length);
  const value = Number(text);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) || !Number.isFinite(value))
    throw new EcgFormatError('unsupported', `The EDF header has '${text}' as ${what}.`);
  return value;
}

function integer(bytes: Uint8Array, at: number, length: number, what: string): number {
  const value = decimal(bytes, at, length, what);
  if (!Number.isInteger(value)) throw new EcgFormatError('unsupported', `The EDF header has ${value} as ${what}.`);
  return value;
}
