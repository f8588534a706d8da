import { DicomFormatError } from './dicom-format-error.js';

/** Bytes that a parser walks: a Buffer, or ones that are fetched where they are looked at. */
export interface ByteView {
  readonly length: number;
  readUInt8(at: number): number;
  readUInt16LE(at: number): number;
  readUInt16BE(at: number): number;
  readUInt32LE(at: number): number;
  readUInt32BE(at: number): number;
  subarray(start: number, end: number): Buffer;
}

/** Fetched at once when they follow on what was looked at before, and when they lie elsewhere. */
const FOLLOWING = 256 * 1024;
const ELSEWHERE = 4096;
/** What may be handed out in all: values are looked at twice, and a header beyond half of this is made to fill memory. */
const MOST_HANDED_OUT = 24 * 1024 * 1024;

/**
 * The bytes of something large, of which only what is looked at is ever held: one window of at most 256 kB, and the values handed out.
 * @throws DicomFormatError `too-large` when more than 24 MiB are handed out
 */
export class FetchedBytes implements ByteView {
  private window: Buffer = Buffer.alloc(0);
  private start = 0;
  private handedOut = 0;

  /** `fetch` gives exactly the bytes asked for, at once. */
  constructor(
    readonly length: number,
    private readonly fetch: (start: number, length: number) => Buffer,
  ) {}

  /** Where in the window `count` bytes at `at` stand. */
  private locate(at: number, count: number): number {
    if (at < this.start || at + count > this.start + this.window.length) {
      if (at + count > this.length) throw new RangeError(`no bytes at ${at}`);
      const follows = at >= this.start && at <= this.start + this.window.length + ELSEWHERE;
      this.window = this.fetch(at, Math.min(follows ? FOLLOWING : ELSEWHERE, this.length - at));
      this.start = at;
    }
    return at - this.start;
  }

  readUInt8(at: number): number {
    const place = this.locate(at, 1);
    return this.window.readUInt8(place);
  }

  readUInt16LE(at: number): number {
    const place = this.locate(at, 2);
    return this.window.readUInt16LE(place);
  }

  readUInt16BE(at: number): number {
    const place = this.locate(at, 2);
    return this.window.readUInt16BE(place);
  }

  readUInt32LE(at: number): number {
    const place = this.locate(at, 4);
    return this.window.readUInt32LE(place);
  }

  readUInt32BE(at: number): number {
    const place = this.locate(at, 4);
    return this.window.readUInt32BE(place);
  }

  subarray(start: number, end: number): Buffer {
    const length = Math.max(0, Math.min(end, this.length) - start);
    this.handedOut += length;
    if (this.handedOut > MOST_HANDED_OUT)
      throw new DicomFormatError('too-large', 'The header of the data set is too large.');
    return this.fetch(start, length);
  }
}
