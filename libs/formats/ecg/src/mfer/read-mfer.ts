import { isoDateTime } from '../date-times.js';
import { EcgFormatError } from '../ecg-format-error.js';
import { joinedName } from '../field-text.js';
import type { EcgLead, EcgRecording } from '../ecg-recording.js';
import { leadNameByNumber } from '../lead-names.js';
import { tidy } from '../microvolts.js';
import { mferOffset, mferSample, mferSamples } from './mfer-samples.js';
import { hex, type MferItem, mferInteger, mferItems, mferQuantity, mferText } from './mfer-values.js';

/** Waveform types of ISO 22077-1 tag 0x08 that are ECG, and their monitoring kin. */
const ECG_TYPES = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 30]);
const MOST_CHANNELS = 256;
/** 1 kHz, 1 microvolt, blocks of one, 16 bits. */
const DEFAULTS = { blockLength: 1, dataType: 0, intervalSeconds: 0.001, microvolts: 1 };

/** What a channel says, over what the file says for all. */
interface Attributes {
  blockLength?: number;
  dataType?: number;
  intervalSeconds?: number;
  microvolts?: number;
  offset?: Uint8Array;
  missing?: Uint8Array;
  lead?: number;
}

/**
 * An ECG from an MFER file (ISO 22077-1, medical waveform format encoding rules) with one waveform. Compressed waveforms and several
 * waveforms in one file are refused.
 *
 * @throws EcgFormatError not-ecg (another kind of waveform, no MFER), no-waveform, truncated, damaged, unsupported.
 */
export function readMfer(bytes: Uint8Array): EcgRecording {
  if (mferText(bytes.subarray(0, 5)) !== '@ MFR') throw new EcgFormatError('not-ecg', 'The file is no MFER file.');
  const file = new MferFile();
  for (const item of mferItems(bytes)) file.take(item);
  return file.recording();
}

class MferFile {
  private little = false;
  private encoding: string | undefined;
  private channelCount = 1;
  private sequences: number | undefined;
  private readonly common: Attributes = {};
  private readonly own = new Map<number, Attributes>();
  private waveform: { data: Uint8Array; little: boolean } | undefined;
  private readonly patient: { id?: string; name?: string; sex?: 'M' | 'F'; birthDate?: string } = {};
  private device: EcgRecording['device'];
  private startTime: string | undefined;
  private readonly notes: string[] = [];
  private noted = 0;

  take({ tag, channel, value }: MferItem): void {
    const number = (): number => mferInteger(value, this.little);
    if (tag === 0x01) this.little = number() === 1;
    else if (tag === 0x05) this.channelCount = number();
    else if (tag === 0x06) this.sequences = number();
    else if (tag === 0x08) this.takeType(number());
    else if (tag === 0x0e) throw new EcgFormatError('unsupported', 'A compressed MFER waveform is not read.');
    else if (tag === 0x1e) this.takeWaveform(value);
    else if (tag === 0x3f) this.takeChannel(channel, value);
    else if (tag === 0x16) this.note('', value);
    else if (tag === 0x03) this.encoding = mferText(value).slice(0, 40);
    else if (tag === 0x17) this.takeDevice(this.text(value));
    else if (!this.takePerson(tag, value)) this.takeAttribute(this.common, tag, value);
  }

  recording(): EcgRecording {
    if (!this.waveform) throw new EcgFormatError('no-waveform', 'The MFER file has no waveform.');
    if (this.channelCount < 1 || this.channelCount > MOST_CHANNELS)
      throw new EcgFormatError('unsupported', `The MFER file declares ${this.channelCount} channels.`);
    const { data, little } = this.waveform;
    const channels = Array.from({ length: this.channelCount }, (_, i) => ({
      ...DEFAULTS,
      ...this.common,
      ...this.own.get(i),
    }));
    for (const { blockLength, intervalSeconds, microvolts } of channels)
      if (blockLength < 1 || !(intervalSeconds > 0) || !(microvolts > 0) || !Number.isFinite(1 / intervalSeconds))
        throw new EcgFormatError('unsupported', 'An MFER channel has no length, rate or resolution.');
    const samples = mferSamples(data, channels, this.sequences, little);
    const leads = channels.map((channel, i): EcgLead => {
      const { dataType, intervalSeconds, microvolts, missing, lead } = channel;
      const offset = channel.offset ? mferOffset(channel.offset, dataType, little) : 0;
      return {
        name: (lead === undefined ? undefined : leadNameByNumber(lead)) ?? `Channel ${i + 1}`,
        samples: samples[i] ?? new Int32Array(),
        sampleRateHz: tidy(1 / intervalSeconds),
        microvoltsPerUnit: tidy(microvolts),
        baselineMicrovolts: offset === 0 ? 0 : tidy(-offset * microvolts),
        derived: false,
        startSeconds: 0,
        ...(missing && { missingValue: mferSample(missing, dataType, little) }),
      };
    });
    return {
      patient: this.patient,
      ...(this.device && { device: this.device }),
      ...(this.startTime !== undefined && { startTime: this.startTime }),
      leads,
      measurements: [],
      statements: [],
      notes: this.notes,
      source: 'mfer',
    };
  }

  private takeType(type: number): void {
    if (!ECG_TYPES.has(type))
      throw new EcgFormatError('not-ecg', `The MFER waveform is of type ${type}, which is no ECG.`);
  }

  private takeWaveform(data: Uint8Array): void {
    if (this.waveform) throw new EcgFormatError('unsupported', 'An MFER file of several waveforms is not read.');
    this.waveform = { data, little: this.little };
  }

  private takeChannel(channel: number, value: Uint8Array): void {
    if (channel >= this.channelCount || channel >= MOST_CHANNELS)
      throw new EcgFormatError('damaged', `MFER channel ${channel} of ${this.channelCount} is described.`);
    const own = this.own.get(channel) ?? {};
    this.own.set(channel, own);
    for (const item of mferItems(value)) {
      if (item.tag === 0x09) own.lead = mferInteger(item.value.subarray(0, 2), this.little);
      else this.takeAttribute(own, item.tag, item.value);
    }
  }

  private takeAttribute(into: Attributes, tag: number, value: Uint8Array): void {
    if (tag === 0x04) into.blockLength = mferInteger(value, this.little);
    else if (tag === 0x0a) into.dataType = mferInteger(value, this.little);
    else if (tag === 0x0b) {
      const interval = mferQuantity(value, this.little);
      if (interval.unit > 1) throw new EcgFormatError('unsupported', 'An MFER channel is sampled along a distance.');
      into.intervalSeconds = interval.unit === 0 ? 1 / interval.value : interval.value;
    } else if (tag === 0x0c) {
      const resolution = mferQuantity(value, this.little);
      if (resolution.unit !== 0) throw new EcgFormatError('not-ecg', 'An MFER channel is not in volts: it is no ECG.');
      into.microvolts = resolution.value * 1e6;
    } else if (tag === 0x0d) into.offset = value;
    else if (tag === 0x12) into.missing = value;
    else if (tag === 0x0e) throw new EcgFormatError('unsupported', 'A compressed MFER waveform is not read.');
    else if (tag === 0x11) this.note('Filter: ', value);
    else if (tag !== 0x00 && tag !== 0x02 && tag !== 0x03 && tag !== 0x40)
      this.note(`The MFER item ${hex(tag)} is not read.`);
  }

  private text(value: Uint8Array): string {
    return mferText(value, this.encoding);
  }

  /** A line for the reader; a hostile file has millions. */
  private note(words: string, value?: Uint8Array): void {
    if (this.noted >= 100) return;
    this.noted += 1;
    const text = value ? words + this.text(value.subarray(0, 1000)) : words;
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  /** Manufacturer, model, version and serial number, parted by a caret. */
  private takeDevice(text: string): void {
    const [manufacturer, model, , serial] = text.split('^').map((part) => part.trim());
    this.device = { ...(manufacturer && { manufacturer }), ...(model && { model }), ...(serial && { serial }) };
  }

  private takePerson(tag: number, value: Uint8Array): boolean {
    if (tag === 0x81)
      this.patient.name = joinedName(
        this.text(value)
          .split('^')
          .map((part) => part.trim()),
      );
    else if (tag === 0x82) this.patient.id = this.text(value);
    else if (tag === 0x84) {
      if (value[0] === 1 || value[0] === 2) this.patient.sex = value[0] === 1 ? 'M' : 'F';
    } else if (tag === 0x83) {
      const birthDate = value.length >= 7 ? this.date(value.subarray(3)) : undefined;
      if (birthDate !== undefined) this.patient.birthDate = birthDate;
    } else if (tag === 0x85) this.startTime = this.date(value);
    else return false;
    return true;
  }

  /** Year in two bytes, month, day and, where there are more bytes, the time to the millisecond. */
  private date(value: Uint8Array): string | undefined {
    if (value.length < 4) return undefined;
    const parts = [mferInteger(value.subarray(0, 2), this.little), ...value.subarray(2, 7)];
    const digits = parts.map((part, i) => String(part).padStart(i === 0 ? 4 : 2, '0')).join('');
    const fraction = value.length >= 9 ? mferInteger(value.subarray(7, 9), this.little) : 0;
    return isoDateTime(`${digits}${fraction > 0 && fraction < 1000 ? `.${String(fraction).padStart(3, '0')}` : ''}`);
  }
}
