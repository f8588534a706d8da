import { Injectable } from '@nestjs/common';
import { DicomFormatError, isVideo, locateFramesBy, videoType, type ByteRange } from '#libs/formats/dicom';
import { Spool } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import type { FrameSource } from './read-frames.js';
import { openDataSet } from './stored-data-set.js';

const REMEMBERED = 64;
const PIECE = 256 * 1024;
/** Two packets of a transport stream and a byte tell it from other things. */
const HEAD = 384;

/** The one bit stream of a video: its fragments joined. */
export interface VideoStream {
  readonly size: number;
  /** What its first bytes say it is; the transfer syntax names the coding alone. */
  readonly type: string;
  stream(start?: number, length?: number): AsyncIterable<Buffer>;
}

interface Lies {
  readonly fragments: readonly ByteRange[];
  readonly size: number;
  readonly type: string;
}

/** Video as it was stored, any part of it, never held whole. */
@Injectable()
export class ReadVideo {
  private readonly known = new Map<string, Lies>();

  constructor(
    private readonly objects: ObjectStore,
    private readonly spool: Spool,
  ) {}

  isVideo(instance: FrameSource): boolean {
    return isVideo(instance.transferSyntaxUid) && instance.pixelData !== null;
  }

  /** @throws Refusal `conflict` / malformed, truncated */
  async of(instance: FrameSource): Promise<VideoStream> {
    const lies = this.known.get(instance.digest) ?? (await this.locate(instance));
    return {
      size: lies.size,
      type: lies.type,
      stream: (start = 0, length = lies.size) => this.pieces(instance, lies, start, start + length),
    };
  }

  private async locate(instance: FrameSource): Promise<Lies> {
    const source = await openDataSet(this.objects, this.spool, instance);
    try {
      const { transferSyntaxUid, attributes, pixelData } = instance;
      const table = await locateFramesBy((range) => source.read(range), transferSyntaxUid, attributes, pixelData!);
      const fragments = (table.frames[0]?.fragments ?? []).filter(({ length }) => length > 0);
      const first = fragments[0];
      const head = first
        ? await source.read({ offset: first.offset, length: Math.min(HEAD, first.length) })
        : Buffer.alloc(0);
      const size = fragments.reduce((sum, { length }) => sum + length, 0);
      const lies = { fragments, size, type: videoType(head) };
      if (this.known.size >= REMEMBERED) this.known.delete(this.known.keys().next().value!);
      this.known.set(instance.digest, lies);
      return lies;
    } catch (error) {
      if (!(error instanceof DicomFormatError)) throw error;
      throw new Refusal('conflict', error.code, error.message);
    } finally {
      await source.close();
    }
  }

  private async *pieces(
    instance: FrameSource,
    { fragments }: Lies,
    start: number,
    end: number,
  ): AsyncGenerator<Buffer> {
    const source = await openDataSet(this.objects, this.spool, instance);
    try {
      let before = 0;
      for (const { offset, length } of fragments) {
        const [from, to] = [Math.max(start - before, 0), Math.min(end - before, length)];
        for (let at = from; at < to; at += PIECE) {
          const piece = await source.read({ offset: offset + at, length: Math.min(PIECE, to - at) });
          if (piece.length === 0) throw new Error('the object ends before its pixel data');
          yield piece;
        }
        before += length;
      }
    } finally {
      await source.close();
    }
  }
}
