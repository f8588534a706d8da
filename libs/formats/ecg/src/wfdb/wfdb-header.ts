import { EcgFormatError } from '../ecg-format-error.js';

export interface WfdbSignal {
  readonly file: string;
  readonly format: number;
  readonly samplesPerFrame: number;
  /** frames that come before the first of the record */
  readonly skew: number;
  /** bytes before the first sample of the file */
  readonly byteOffset: number;
  /** units of the converter in one physical unit */
  readonly gain: number;
  readonly baseline: number;
  readonly units: string;
  readonly initialValue: number | undefined;
  readonly checksum: number | undefined;
  readonly description: string;
}

export interface WfdbHeader {
  readonly record: string;
  readonly frameRateHz: number;
  /** frames; undefined when not given */
  readonly length: number | undefined;
  readonly baseTime: string | undefined;
  readonly baseDate: string | undefined;
  readonly signals: readonly WfdbSignal[];
  readonly comments: readonly string[];
}

const DEFAULT_RATE = 250;
const DEFAULT_GAIN = 200;
const MOST_SIGNALS = 1000;
const LONGEST = 4000;
const NUMBER = '[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?';
const RECORD = new RegExp(
  `^(\\S+?)(/\\d+)?\\s+(\\d+)(?:\\s+(${NUMBER})(?:/\\S*)?(?:\\s+(\\d+)(?:\\s+(\\S+)(?:\\s+(\\S+))?)?)?)?\\s*$`,
);
const SIGNAL =
  /^(\S+)\s+(\d+)(?:x(\d+))?(?::(-?\d+))?(?:\+(\d+))?(?:\s+(\S+)(?:\s+(-?\d+)(?:\s+(-?\d+)(?:\s+(-?\d+)(?:\s+(-?\d+)(?:\s+(\d+)(?:\s+(.*))?)?)?)?)?)?)?$/;
const GAIN = new RegExp(`^(${NUMBER})(?:\\((-?\\d+)\\))?(?:/(\\S+))?$`);

/** A WFDB header (.hea), as header(5) of the WFDB Applications Guide describes it. @throws EcgFormatError */
export function readWfdbHeader(bytes: Uint8Array): WfdbHeader {
  const lines = new TextDecoder('utf-8').decode(bytes.subarray(0, 1 << 20)).split(/\r?\n|\r/);
  const comments = lines.filter((line) => line.startsWith('#')).map((line) => line.slice(1).trim());
  const [first = '', ...rest] = lines.filter((line) => !line.startsWith('#') && line.trim() !== '');
  if (lines.some((line) => line.length > LONGEST))
    throw new EcgFormatError('damaged', 'The WFDB header has a line without end.');
  const parts = RECORD.exec(first);
  if (!parts) throw new EcgFormatError('not-ecg', 'The WFDB header has no record line.');
  const [, record = '', segments, count = '0', rate, length, baseTime, baseDate] = parts;
  if (segments !== undefined) throw new EcgFormatError('unsupported', 'A WFDB record of several segments is not read.');
  const signalCount = Number(count);
  if (signalCount === 0) throw new EcgFormatError('no-waveform', 'The WFDB record has no signals.');
  if (signalCount > MOST_SIGNALS) throw new EcgFormatError('unsupported', `The WFDB record has ${count} signals.`);
  if (rest.length < signalCount)
    throw new EcgFormatError('truncated', `The WFDB header describes ${rest.length} of ${signalCount} signals.`);
  const frameRateHz = rate === undefined ? DEFAULT_RATE : Number(rate);
  if (!(frameRateHz > 0)) throw new EcgFormatError('unsupported', `The WFDB header gives ${rate} Hz.`);
  return {
    record,
    frameRateHz,
    length: length === undefined || Number(length) === 0 ? undefined : Number(length),
    baseTime,
    baseDate,
    signals: rest.slice(0, signalCount).map(readSignal),
    comments: comments.filter((comment) => comment !== ''),
  };
}

function readSignal(line: string): WfdbSignal {
  const parts = SIGNAL.exec(line.trim());
  if (!parts) throw new EcgFormatError('unsupported', `A WFDB signal line cannot be read: '${line.slice(0, 80)}'.`);
  const [, file = '', format = '', perFrame, skew, offset, scale] = parts;
  const [zero, initial, checksum, , description] = parts.slice(8);
  const [, gainText, baselineText, units = 'mV'] = GAIN.exec(scale ?? String(DEFAULT_GAIN)) ?? [];
  const gain = Number(gainText);
  if (!Number.isFinite(gain)) throw new EcgFormatError('unsupported', `A WFDB signal has the gain '${scale}'.`);
  const samplesPerFrame = Number(perFrame ?? 1);
  if (samplesPerFrame < 1 || samplesPerFrame > 1 << 16)
    throw new EcgFormatError('unsupported', `A WFDB signal has ${samplesPerFrame} samples in a frame.`);
  const whole = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return {
    file,
    format: Number(format),
    samplesPerFrame,
    skew: Number(skew ?? 0),
    byteOffset: Number(offset ?? 0),
    gain: gain === 0 ? DEFAULT_GAIN : gain,
    baseline: Number(baselineText ?? zero ?? 0),
    units,
    initialValue: whole(initial ?? zero),
    checksum: whole(checksum),
    description: description?.trim() ?? '',
  };
}
