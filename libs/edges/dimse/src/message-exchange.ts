import {
  COMMAND_ELEMENT,
  COMMAND_FIELD,
  CommandSetError,
  DIMSE_STATUS,
  decodeRequest,
  encodeResponse,
  isResponse,
  mayBeUid,
  type DimseAnswer,
  type DimseRequest,
} from './command-set.js';
import { DataSetReception, SLICE_OVERHEAD } from './data-set-reception.js';
import type { AcceptedContext } from './negotiation.js';
import { ABORT_REASON, type PdvFragment } from './pdu-reader.js';
import type { AbortCause } from './pdu-writer.js';
import type { StoreOutcome, StoreRequest, StoreSink } from './store-sink.js';

/** Longest command set taken; those of the services here stay far below one kB. */
const COMMAND_LIMIT = 16 * 1024;
/** What may arrive of a data set before its command set is whole. */
const EARLY_LIMIT = 256 * 1024;

/** What the exchange needs from the association it runs on. */
export interface ExchangeLine<Caller> {
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  /** Who is at the other end: the part of a store request that all instances of the association share. */
  readonly peer: Pick<StoreRequest<Caller>, 'caller' | 'callingAe' | 'remoteAddress'>;
  /** Sends a command set, and waits while the peer does not read. */
  reply(contextId: number, command: Buffer): Promise<void>;
  abort(cause: AbortCause, detail: string): void;
  /** Told after each C-STORE, with the error if our side failed. */
  stored(request: DimseRequest, outcome: StoreOutcome): void;
  failed(request: DimseRequest, error: unknown): void;
}

interface Exchange<Caller> {
  readonly contextId: number;
  readonly request: DimseRequest;
  /** Null where the data set is only to be swallowed, and `answer` is known already. */
  readonly reception: DataSetReception<Caller> | null;
  readonly answer: DimseAnswer;
}

/** Messages on an established association: puts fragments together, serves C-ECHO and C-STORE, one message at a time. */
export class MessageExchange<Caller> {
  private command: Buffer = Buffer.alloc(0);
  private commandContextId = 0;
  private early: PdvFragment[] = [];
  private earlyLength = 0;
  private current: Exchange<Caller> | null = null;

  constructor(
    private readonly sink: StoreSink<Caller>,
    private readonly line: ExchangeLine<Caller>,
  ) {}

  /** True between messages. */
  get idle(): boolean {
    return this.current === null && this.command.length === 0 && this.early.length === 0;
  }

  /** Takes the next fragment; what it returns is to be waited for before the next. */
  take(fragment: PdvFragment): Promise<void> | undefined {
    if (!this.line.contexts.has(fragment.contextId)) {
      return this.protest(
        ABORT_REASON.invalidParameterValue,
        `presentation context ${fragment.contextId} is not accepted`,
      );
    }
    return fragment.kind === 'command' ? this.takeCommand(fragment) : this.takeData(fragment);
  }

  /** The association has ended. */
  async abandon(reason: string): Promise<void> {
    const { current } = this;
    this.current = null;
    this.early = [];
    await current?.reception?.abandon(reason);
  }

  private takeCommand(fragment: PdvFragment): Promise<void> | undefined {
    if (this.command.length > 0 && fragment.contextId !== this.commandContextId) {
      return this.protest(ABORT_REASON.invalidParameterValue, 'a command set changes its presentation context');
    }
    if (this.command.length + fragment.bytes.length > COMMAND_LIMIT) {
      return this.protest(ABORT_REASON.invalidParameterValue, `a command set of more than ${COMMAND_LIMIT} bytes`);
    }
    this.commandContextId = fragment.contextId;
    this.command = Buffer.concat([this.command, fragment.bytes]);
    if (!fragment.last) return undefined;
    const bytes = this.command;
    this.command = Buffer.alloc(0);
    return this.begin(fragment.contextId, bytes);
  }

  private takeData(fragment: PdvFragment): Promise<void> | undefined {
    const { current } = this;
    if (current === null) return this.hold(fragment);
    if (fragment.contextId !== current.contextId) {
      return this.protest(
        ABORT_REASON.invalidParameterValue,
        'a data set is not on the presentation context of its command',
      );
    }
    const taken = current.reception?.take(fragment.bytes);
    if (!fragment.last) return taken;
    return this.end(current, taken);
  }

  /** Some senders let the data set begin before the last fragment of its command set. */
  private hold(fragment: PdvFragment): undefined {
    this.earlyLength += fragment.bytes.length + SLICE_OVERHEAD;
    if (this.earlyLength > EARLY_LIMIT) return this.protest(ABORT_REASON.unexpectedPdu, 'a data set without a command');
    this.early.push(fragment);
    return undefined;
  }

  private async begin(contextId: number, bytes: Buffer): Promise<void> {
    const request = this.decode(bytes);
    // A C-CANCEL finds nothing to cancel here: neither C-ECHO nor C-STORE can be.
    if (request === null || request.commandField === COMMAND_FIELD.cCancelRequest) return;
    if (this.current !== null || isResponse(request.commandField)) {
      this.protest(ABORT_REASON.unexpectedPdu, 'a message nobody waits for');
      return;
    }
    const answer = this.judge(contextId, request);
    if (!request.hasDataSet) {
      if (this.early.length > 0) this.protest(ABORT_REASON.unexpectedPdu, 'a data set without a command');
      else await this.answer(contextId, request, answer);
      return;
    }
    const stores = request.commandField === COMMAND_FIELD.cStoreRequest && answer.status === DIMSE_STATUS.success;
    const reception = stores ? new DataSetReception<Caller>((error) => this.line.failed(request, error)) : null;
    // Set before the writer opens: should the association end meanwhile, it is this one that is abandoned.
    this.current = { contextId, request, reception, answer };
    await reception?.open(this.sink, this.storeRequest(contextId, request));
    const held = this.early;
    this.early = [];
    this.earlyLength = 0;
    for (const fragment of held) await this.takeData(fragment);
  }

  private async end(exchange: Exchange<Caller>, taken: Promise<void> | undefined): Promise<void> {
    await taken;
    const outcome = await exchange.reception?.finish();
    this.current = null;
    await this.answer(exchange.contextId, exchange.request, outcome ?? exchange.answer);
  }

  private async answer(contextId: number, request: DimseRequest, answer: DimseAnswer): Promise<void> {
    if (request.commandField === COMMAND_FIELD.cStoreRequest) this.line.stored(request, answer);
    await this.line.reply(contextId, encodeResponse(request, answer));
  }

  private decode(bytes: Buffer): DimseRequest | null {
    try {
      return decodeRequest(bytes);
    } catch (error) {
      if (!(error instanceof CommandSetError)) throw error;
      // Without a message id there is nothing to answer.
      this.line.abort({ source: 'service-user' }, error.message);
      return null;
    }
  }

  /** What can be said from the command set alone; success where the data set decides. */
  private judge(contextId: number, request: DimseRequest): DimseAnswer {
    if (request.commandField === COMMAND_FIELD.cEchoRequest) return { status: DIMSE_STATUS.success };
    if (request.commandField !== COMMAND_FIELD.cStoreRequest) {
      const { unrecognizedOperation: status } = DIMSE_STATUS;
      return { status, comment: 'Operation not supported', offendingElement: COMMAND_ELEMENT.commandField };
    }
    if (request.affectedSopClassUid !== this.line.contexts.get(contextId)?.abstractSyntax) {
      const { sopClassNotSupported: status } = DIMSE_STATUS;
      const comment = 'SOP class is not that of the presentation context';
      return { status, comment, offendingElement: COMMAND_ELEMENT.affectedSopClassUid };
    }
    if (!mayBeUid(request.affectedSopInstanceUid)) {
      const { invalidSopInstance: status } = DIMSE_STATUS;
      const comment = 'SOP instance UID is missing or not a UID';
      return { status, comment, offendingElement: COMMAND_ELEMENT.affectedSopInstanceUid };
    }
    if (!request.hasDataSet) {
      const { mistypedArgument: status } = DIMSE_STATUS;
      return { status, comment: 'C-STORE without a data set', offendingElement: COMMAND_ELEMENT.commandDataSetType };
    }
    return { status: DIMSE_STATUS.success };
  }

  private storeRequest(contextId: number, request: DimseRequest): StoreRequest<Caller> {
    return {
      ...this.line.peer,
      transferSyntaxUid: this.line.contexts.get(contextId)?.transferSyntaxUid ?? '',
      affectedSopClassUid: request.affectedSopClassUid ?? '',
      affectedSopInstanceUid: request.affectedSopInstanceUid ?? '',
      messageId: request.messageId,
    };
  }

  private protest(reason: (typeof ABORT_REASON)[keyof typeof ABORT_REASON], detail: string): undefined {
    this.line.abort({ source: 'service-provider', reason }, detail);
    return undefined;
  }
}
