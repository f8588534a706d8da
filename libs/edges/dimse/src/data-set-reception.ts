import { DIMSE_STATUS } from './command-elements.js';
import type { DataSetIntake } from './gathered-data-set.js';
import type { InstanceWriter, StoreOutcome, StoreRequest, StoreSink } from './store-sink.js';

/** What a small slice costs in memory besides its bytes; without it, tiny fragments would pile up uncounted. */
export const SLICE_OVERHEAD = 128;

/** Told when storing an instance failed on our side. */
export type FailureListener = (error: unknown) => void;

/**
 * One data set on its way to its writer. After a failure the rest of the data set is swallowed, so that the association can
 * go on behind it, and the outcome tells what went wrong.
 */
export class DataSetReception<Caller> implements DataSetIntake {
  private writer: InstanceWriter | null = null;
  private refusal: StoreOutcome | null = null;

  constructor(private readonly onFailure: FailureListener) {}

  /** Opens the writer. A failure is kept for `finish`. */
  async open(sink: StoreSink<Caller>, request: StoreRequest<Caller>): Promise<void> {
    try {
      this.writer = await sink.open(request);
    } catch (error) {
      await this.fail(error);
    }
  }

  /** Takes a piece of the data set; what it returns is to be waited for before the next. */
  take(bytes: Buffer): Promise<void> | undefined {
    if (this.writer === null || bytes.length === 0) return undefined;
    try {
      const written = this.writer.write(bytes);
      return written?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      return this.fail(error);
    }
  }

  /** The data set has ended: commits, and tells how it went. */
  async finish(): Promise<StoreOutcome> {
    if (this.writer !== null) {
      try {
        const outcome = await this.writer.commit();
        this.writer = null;
        return outcome;
      } catch (error) {
        await this.fail(error);
      }
    }
    return this.refusal ?? { status: DIMSE_STATUS.processingFailure };
  }

  /** The rest of the data set will not come. */
  async abandon(reason: string): Promise<void> {
    const { writer } = this;
    this.writer = null;
    if (writer === null) return;
    try {
      await writer.abort(reason);
    } catch (error) {
      this.onFailure(error);
    }
  }

  private async fail(error: unknown): Promise<void> {
    this.refusal = outcomeOfError(error);
    this.onFailure(error);
    await this.abandon('the instance could not be stored');
  }
}

/** How an error of the sink is told to the peer; its message stays here, it may name things the peer should not see. */
export function outcomeOfError(error: unknown): StoreOutcome {
  const { code, kind } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    kind?: unknown;
  };
  if (kind === 'no-room') return { status: DIMSE_STATUS.outOfResources, comment: String(code) };
  return [code, kind].includes('unavailable') || code === 'out-of-resources'
    ? { status: DIMSE_STATUS.outOfResources, comment: 'Storage is not available at present' }
    : { status: DIMSE_STATUS.processingFailure, comment: 'The instance could not be stored' };
}
