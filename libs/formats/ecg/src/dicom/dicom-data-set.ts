import { inflateRawSync } from 'node:zlib';
import dicomParser, { type DataSet } from 'dicom-parser';
import { decodeText } from '#libs/formats/dicom';
import { EcgFormatError } from '../ecg-format-error.js';

/** A deflated ECG that grows beyond this is no ECG; samples of 8 bits take four times of it again. */
const INFLATED_LIMIT = 32 << 20;

/**
 * In implicit VR only a dictionary tells a sequence from samples that happen to begin like an item (FE FF 00 E0). These are the elements
 * that this room reads and that could be mistaken.
 */
const VALUE_REPRESENTATIONS: Readonly<Record<string, string>> = {
  x54001010: 'OW', // WaveformData
  x5400100a: 'OW', // WaveformPaddingValue
  x54000100: 'SQ', // WaveformSequence
  x003a0200: 'SQ', // ChannelDefinitionSequence
  x003a0208: 'SQ', // ChannelSourceSequence
  x003a0211: 'SQ', // ChannelSensitivityUnitsSequence
  x0040b020: 'SQ', // WaveformAnnotationSequence
  x00400555: 'SQ', // AcquisitionContextSequence
  x0040a043: 'SQ', // ConceptNameCodeSequence
  x0040a168: 'SQ', // ConceptCodeSequence
  x004008ea: 'SQ', // MeasurementUnitsCodeSequence
};

/** The data set of a Part 10 file. EcgFormatError not-ecg without the DICM mark, truncated when it ends inside an element. */
export function parsePart10(bytes: Uint8Array): DataSet {
  if (String.fromCharCode(...bytes.subarray(128, 132)) !== 'DICM')
    throw new EcgFormatError('not-ecg', 'This is not a DICOM Part 10 file.');
  try {
    return dicomParser.parseDicom(bytes, {
      vrCallback: (tag: string) => VALUE_REPRESENTATIONS[tag],
      inflater: (all: Uint8Array, position: number) => {
        const body = inflateRawSync(all.subarray(position), { maxOutputLength: INFLATED_LIMIT });
        const whole = new Uint8Array(position + body.length);
        whole.set(all.subarray(0, position));
        whole.set(body, position);
        return whole;
      },
    } as Parameters<typeof dicomParser.parseDicom>[1]);
  } catch {
    throw new EcgFormatError('truncated', 'The DICOM file ends inside an element, or its structure is broken.');
  }
}

/** Reads one data set or item with the character set and byte order of the file it lies in. */
export class DicomItem {
  constructor(
    private readonly set: DataSet,
    private readonly file: { readonly characterSet: readonly string[]; readonly littleEndian: boolean },
  ) {}

  static ofFile(set: DataSet): DicomItem {
    const characterSet = (set.string('x00080005') ?? '').split('\\').map((term) => term.trim());
    return new DicomItem(set, {
      characterSet,
      littleEndian: set.string('x00020010')?.trim() !== '1.2.840.10008.1.2.2',
    });
  }

  /** The value as text in the file's character set, without padding; undefined when absent or empty. */
  text(tag: string): string | undefined {
    const bytes = this.bytes(tag);
    const text =
      bytes &&
      decodeText(bytes, this.file.characterSet)
        .replace(/[\0\s]+$/, '')
        .trimStart();
    return text === '' ? undefined : text;
  }

  /** The first value of a DS or IS. */
  decimal(tag: string): number | undefined {
    const text = this.text(tag)?.split('\\')[0];
    const value = text === undefined || text.trim() === '' ? NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
  }

  uint16(tag: string): number | undefined {
    const bytes = this.bytes(tag);
    return bytes && bytes.length >= 2 ? viewOf(bytes).getUint16(0, this.littleEndian) : undefined;
  }

  uint32(tag: string): number | undefined {
    const bytes = this.bytes(tag);
    return bytes && bytes.length >= 4 ? viewOf(bytes).getUint32(0, this.littleEndian) : undefined;
  }

  bytes(tag: string): Uint8Array | undefined {
    const element = this.set.elements[tag];
    return element && this.set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  }

  items(tag: string): DicomItem[] {
    const items = this.set.elements[tag]?.items ?? [];
    return items.flatMap(({ dataSet }) => (dataSet ? [new DicomItem(dataSet, this.file)] : []));
  }

  /** The first item of a code sequence; absent parts are empty. */
  code(tag: string): { readonly value: string; readonly meaning: string } | undefined {
    const [item] = this.items(tag);
    return item && { value: item.text('x00080100') ?? '', meaning: item.text('x00080104') ?? '' };
  }

  has(tag: string): boolean {
    return this.set.elements[tag] !== undefined;
  }

  get littleEndian(): boolean {
    return this.file.littleEndian;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
