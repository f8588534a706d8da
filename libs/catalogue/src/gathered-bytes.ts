import { Spool, type SpooledFile } from '#libs/ingest';

/** What is gathered stays in memory up to here. */
const IN_MEMORY = 8 * 1024 * 1024;
const PIECE = 256 * 1024;

/** Bytes made piece by piece whose number is known only at the end: in memory while they are few, else in the spool. */
export class GatheredBytes {
  size = 0;
  private pieces: Buffer[] = [];
  private whole: Buffer | undefined;
  private file: SpooledFile | undefined;

  constructor(private readonly spool: Spool) {}

  async append(bytes: Uint8Array): Promise<void> {
    const taken = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.size += taken.length;
    if (this.file) return this.file.append(taken);
    this.pieces.push(taken);
    this.whole = undefined;
    if (this.size <= IN_MEMORY) return;
    this.file = this.spool.create();
    for (const piece of this.pieces.splice(0)) await this.file.append(piece);
  }

  async read(start: number, length: number): Promise<Buffer> {
    if (this.file) return this.file.read(start, length);
    this.whole ??= this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    return this.whole.subarray(start, start + length);
  }

  /** Everything (or a span of it), then discards; also when the reader stops early. */
  async *stream(start = 0, length = this.size): AsyncGenerator<Buffer> {
    try {
      const end = Math.min(this.size, start + length);
      for (let at = start; at < end; at += PIECE) yield await this.read(at, Math.min(PIECE, end - at));
    } finally {
      await this.discard();
    }
  }

  async discard(): Promise<void> {
    this.pieces = [];
    this.whole = undefined;
    const { file } = this;
    this.file = undefined;
    await file?.discard();
  }
}
