import { AssociationEnded } from './association-ended.js';
import { encodeData } from './pdu-writer.js';

/** A data set at hand, or one that flows. */
export type DataSource = Buffer | AsyncIterable<Uint8Array>;

/** Longest P-DATA-TF written where the peer sets no limit or a larger one. */
const LARGEST_PDU = 256 * 1024;

/** The data set broke off in the middle of its message: only an abort can tell the peer. */
export class BrokenMessage extends Error {
  override readonly name = 'BrokenMessage';
}

/** Writes messages one behind the other, never one into another, in PDUs of a length that the peer takes. */
export class MessageWriter {
  private last: Promise<void> = Promise.resolve();
  private readonly length: number;

  /**
   * @param peerMaximumLength as the peer announced it; 0 is no limit
   * @param write hands PDUs to the transport; waits while the peer does not read, throws AssociationEnded when there is none
   */
  constructor(
    peerMaximumLength: number,
    private readonly write: (pdus: Buffer) => Promise<void> | undefined,
  ) {
    this.length = peerMaximumLength === 0 ? LARGEST_PDU : Math.min(peerMaximumLength, LARGEST_PDU);
  }

  /** @throws AssociationEnded, or BrokenMessage with the error of `dataSet` as its cause */
  send(contextId: number, command: Buffer, dataSet: DataSource | null = null): Promise<void> {
    const sent = this.last.then(() => this.sendNow(contextId, command, dataSet));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  private async sendNow(contextId: number, command: Buffer, dataSet: DataSource | null): Promise<void> {
    const head = encodeData(contextId, 'command', command, this.length);
    if (dataSet === null) return this.write(head);
    if (Buffer.isBuffer(dataSet)) {
      return this.write(Buffer.concat([head, encodeData(contextId, 'data', dataSet, this.length)]));
    }
    await this.write(head);
    try {
      await this.stream(contextId, dataSet);
    } catch (error) {
      if (error instanceof AssociationEnded) throw error;
      throw new BrokenMessage('the data set broke off', { cause: error });
    }
  }

  /** Full PDUs as they fill; what is left at the end is the last fragment. */
  private async stream(contextId: number, dataSet: AsyncIterable<Uint8Array>): Promise<void> {
    const room = Math.max(2, (this.length - 6) & ~1);
    let held: Buffer[] = [];
    let length = 0;
    for await (const chunk of dataSet) {
      held.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      length += chunk.length;
      // One byte more than the room: the last fragment must not be empty.
      if (length <= room) continue;
      const bytes = held.length === 1 ? held[0]! : Buffer.concat(held);
      const full = Math.floor((length - 1) / room) * room;
      await this.write(encodeData(contextId, 'data', bytes.subarray(0, full), this.length, true));
      held = [bytes.subarray(full)];
      length -= full;
    }
    await this.write(encodeData(contextId, 'data', Buffer.concat(held), this.length));
  }
}
