import { encodeRequest, type DimseResponse, type OutgoingCommand } from './command-set.js';
import { AssociationEnded } from './association-ended.js';
import { BrokenMessage, type DataSource, type MessageWriter } from './message-writer.js';

interface Awaited {
  readonly resolve: (response: DimseResponse) => void;
  readonly reject: (error: Error) => void;
}

/** Requests of our own on one association: at most one is unanswered at a time. */
export class OutgoingRequests {
  private readonly awaited = new Map<number, Awaited>();
  private last: Promise<unknown> = Promise.resolve();
  private messageId = 0;
  private ended: string | null = null;

  /**
   * @param responseMs how long a response may take once its request has left
   * @param giveUp ends the association, because the peer does not answer or a message broke off
   */
  constructor(
    private readonly writer: MessageWriter,
    private readonly responseMs: number,
    private readonly giveUp: (detail: string) => void,
  ) {}

  /** @throws AssociationEnded */
  invoke(contextId: number, command: OutgoingCommand, dataSet: DataSource | null): Promise<DimseResponse> {
    const answered = this.last.then(() => this.exchange(contextId, command, dataSet));
    this.last = answered.catch(() => undefined);
    return answered;
  }

  /** True where somebody waits for this response. */
  take(response: DimseResponse): boolean {
    const awaited = this.awaited.get(response.messageId);
    this.awaited.delete(response.messageId);
    awaited?.resolve(response);
    return awaited !== undefined;
  }

  /** The association has ended: nothing will be answered any more. */
  end(reason: string): void {
    this.ended ??= reason;
    for (const { reject } of this.awaited.values()) reject(new AssociationEnded(reason));
    this.awaited.clear();
  }

  private async exchange(
    contextId: number,
    command: OutgoingCommand,
    dataSet: DataSource | null,
  ): Promise<DimseResponse> {
    if (this.ended !== null) throw new AssociationEnded(this.ended);
    this.messageId = (this.messageId % 0xffff) + 1;
    const { messageId } = this;
    const response = new Promise<DimseResponse>((resolve, reject) => this.awaited.set(messageId, { resolve, reject }));
    // It may be answered, or the association end, before it has wholly left.
    response.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.writer.send(contextId, encodeRequest(command, messageId, dataSet !== null), dataSet);
      timer = setTimeout(() => this.giveUp(`no response within ${this.responseMs} ms`), this.responseMs);
      return await response;
    } catch (error) {
      if (error instanceof BrokenMessage) this.giveUp('a data set broke off');
      throw error;
    } finally {
      clearTimeout(timer);
      this.awaited.delete(messageId);
    }
  }
}
