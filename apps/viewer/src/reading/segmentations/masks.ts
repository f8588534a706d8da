import { frameUrl, octets } from '../../api/dicom-web.js';
import { sampleBytes } from '../images/drawing.js';
import type { Segmentation } from './segmentation.js';

/** Bytes of masks that are kept; those unused for longest go first. */
const MOST_KEPT = 64 * 1024 * 1024;
/** Images themselves need the line too. */
const AT_ONCE = 3;
/** Milliseconds in which arrivals are told of together. */
const TOGETHER = 60;

/** By pixel: how much of it is within a segment, or the number of the one that it is in. */
export type Mask = Uint8Array | Uint16Array;

/** The pixels of a segmentation's frames, fetched when they are first asked for. */
export class Masks {
  private readonly here = new Map<string, Mask>();
  private readonly coming = new Set<string>();
  private readonly waiting = new Map<string, () => Promise<void>>();
  private readonly failed = new Map<string, unknown>();
  private kept = 0;
  private telling: ReturnType<typeof setTimeout> | undefined;

  /** @param arrived told when frames are here, or could not be fetched */
  constructor(
    private readonly study: string,
    private readonly arrived: () => void,
  ) {}

  /** The pixels, `coming` while they are on their way, or why there are none. */
  of(segmentation: Segmentation, frame: number): Mask | 'coming' | { error: unknown } {
    const key = `${segmentation.uid}/${frame}`;
    const mask = this.here.get(key);
    if (mask) {
      this.here.delete(key);
      this.here.set(key, mask);
      return mask;
    }
    if (this.failed.has(key)) return { error: this.failed.get(key) };
    if (!this.coming.has(key)) this.waiting.set(key, () => this.fetch(key, segmentation, frame));
    this.pump();
    return 'coming';
  }

  /** What failed is tried again when it is next asked for. */
  forgive(): void {
    this.failed.clear();
  }

  /** What has not been begun is not needed any more, unless it is asked for again. */
  forgetWaiting(): void {
    this.waiting.clear();
  }

  close(): void {
    this.waiting.clear();
    clearTimeout(this.telling);
  }

  private pump(): void {
    for (const [key, fetch] of this.waiting) {
      if (this.coming.size >= AT_ONCE) return;
      this.waiting.delete(key);
      void fetch();
    }
  }

  private async fetch(
    key: string,
    { uid, seriesUid, type, bytes: size, rows, columns }: Segmentation,
    frame: number,
  ): Promise<void> {
    this.coming.add(key);
    try {
      const fetched = await octets(new URL(frameUrl(this.study, seriesUid, uid, frame)).pathname);
      const bits = type === 'binary' ? 1 : 8;
      // Uncompressed frames of single bits begin at whole bytes; some writers give a binary one a byte for each pixel.
      const packed = bits === 1 && fetched.length < rows * columns;
      const bytes = packed
        ? sampleBytes(fetched, { bitsAllocated: 1, bitsStored: 1, highBit: 0, signed: false, colour: false })
        : fetched;
      const mask = size === 2 ? new Uint16Array(bytes.slice(0, bytes.length & ~1).buffer) : bytes;
      if (mask.length < rows * columns) throw new RangeError(`frame ${frame} has too few pixels`);
      this.keep(key, mask.subarray(0, rows * columns));
    } catch (error) {
      this.failed.set(key, error);
    } finally {
      this.coming.delete(key);
      this.telling ??= setTimeout(() => {
        this.telling = undefined;
        this.arrived();
      }, TOGETHER);
      this.pump();
    }
  }

  private keep(key: string, mask: Mask): void {
    this.here.set(key, mask);
    this.kept += mask.byteLength;
    for (const [old, { byteLength }] of this.here) {
      if (this.kept <= MOST_KEPT || old === key) break;
      this.here.delete(old);
      this.kept -= byteLength;
    }
  }
}
