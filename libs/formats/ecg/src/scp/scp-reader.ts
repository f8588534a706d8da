import { EcgFormatError } from '../ecg-format-error.js';
import { viewOf } from './scp-container.js';

/** Little-endian numbers one after the other; EcgFormatError damaged beyond the end, which names the section. */
export class ScpReader {
  at = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    private readonly what: string,
  ) {
    this.view = viewOf(bytes);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Uint8Array {
    return this.bytes.subarray(this.step(length), this.at);
  }

  u8(): number {
    return this.view.getUint8(this.step(1));
  }

  u16(): number {
    return this.view.getUint16(this.step(2), true);
  }

  i16(): number {
    return this.view.getInt16(this.step(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.step(4), true);
  }

  private step(length: number): number {
    if (length > this.left) throw new EcgFormatError('damaged', `${this.what} is too short for what it says it holds.`);
    this.at += length;
    return this.at - length;
  }
}
