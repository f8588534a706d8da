import { DIMSE_STATUS } from './command-elements.js';
import type { FinalAnswer } from './dimse-service.js';

/** Longest data set of a request that is not a C-STORE: some 17,000 references of a storage commitment request. */
export const GATHERED_LIMIT = 2 * 1024 * 1024;

/** Where the data set of the message in hand goes. The calls never overlap: `take`…, then `finish` or `abandon`. */
export interface DataSetIntake {
  /** What it returns is to be waited for before the next. */
  take(bytes: Buffer): Promise<void> | undefined;
  /** The data set has ended: does what was asked. Does not reject for a fault of the peer. */
  finish(signal: AbortSignal): Promise<FinalAnswer>;
  /** The rest of the data set will not come. */
  abandon(reason: string): Promise<void>;
}

/** Gathers the data set of a request, then performs it; too long a one is swallowed to its end, and refused. */
export class GatheredDataSet implements DataSetIntake {
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;

  constructor(
    private readonly perform: (dataSet: Buffer, signal: AbortSignal) => Promise<FinalAnswer>,
    private readonly limit = GATHERED_LIMIT,
  ) {}

  /** Copies: a slice would keep the whole read of the socket that it is a part of, however small it is. */
  take(bytes: Buffer): undefined {
    const end = this.length + bytes.length;
    if (end > this.limit) this.bytes = Buffer.alloc(0);
    else {
      if (end > this.bytes.length) {
        const larger = Buffer.alloc(Math.min(this.limit, Math.max(4096, end * 2)));
        this.bytes.copy(larger, 0, 0, this.length);
        this.bytes = larger;
      }
      bytes.copy(this.bytes, this.length);
    }
    this.length = end;
  }

  async finish(signal: AbortSignal): Promise<FinalAnswer> {
    if (this.length > this.limit) {
      return { status: DIMSE_STATUS.resourceLimitation, comment: `Data set of more than ${this.limit} bytes` };
    }
    const dataSet = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.alloc(0);
    return this.perform(dataSet, signal);
  }

  async abandon(): Promise<void> {
    this.bytes = Buffer.alloc(0);
  }
}

/** Lets the data set of a request go by that was refused by its command set already. */
export class SwallowedDataSet implements DataSetIntake {
  constructor(private readonly refusal: FinalAnswer) {}

  take(): undefined {
    return undefined;
  }

  async finish(): Promise<FinalAnswer> {
    return this.refusal;
  }

  async abandon(): Promise<void> {}
}
