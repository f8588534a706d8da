import { COMMAND_FIELD, DIMSE_STATUS } from './command-elements.js';
import { CommandSetError, decodeCommand, encodeResponse } from './command-set.js';
import type { DimseAnswer, DimseRequest, DimseResponse, OutgoingCommand } from './command-set.js';
import { DataSetReception, SLICE_OVERHEAD } from './data-set-reception.js';
import { AssociationEnded } from './association-ended.js';
import type { AssociationLine, FinalAnswer, Peer } from './dimse-service.js';
import { GatheredDataSet, SwallowedDataSet, type DataSetIntake } from './gathered-data-set.js';
import { judgeRequest, type Services, type Verdict } from './judge-request.js';
import { MessageWriter, type DataSource } from './message-writer.js';
import type { AcceptedContext } from './negotiation.js';
import { answerOfError, RunningOperations } from './operations.js';
import { OutgoingRequests } from './outgoing-requests.js';
import { ABORT_REASON, type PdvFragment } from './pdu-reader.js';
import type { AbortCause } from './pdu-writer.js';
import type { StoreRequest } from './store-sink.js';

/** Longest command set taken; those of the services here stay far below one kB. */
const COMMAND_LIMIT = 16 * 1024;
/** What may arrive of a data set before its command set is whole. */
const EARLY_LIMIT = 256 * 1024;

/** What the exchange needs from the association it runs on. */
export interface ExchangeLine<Caller> {
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  /** Answers to extended negotiations by SOP class. */
  readonly extended: ReadonlyMap<string, Buffer>;
  /** Who is at the other end: the part of a request that all messages of the association share. */
  readonly peer: Peer<Caller>;
  /** PDU-length that the peer takes; 0 is no limit. */
  readonly peerMaximumLength: number;
  /** Requests performed at the same time. */
  readonly window: number;
  /** How long the peer may take for a response, in milliseconds. */
  readonly responseMs: number;
  /** Sends PDUs, and waits while the peer does not read. @throws AssociationEnded */
  write(pdus: Buffer): Promise<void> | undefined;
  abort(cause: AbortCause, detail: string): void;
  /** Told with each last response, and with each error of our side. */
  answered(request: DimseRequest, answer: DimseAnswer): void;
  failed(request: DimseRequest, error: unknown): void;
  /** An operation has ended: the exchange may be idle now. */
  settled(): void;
}

interface Incoming {
  readonly contextId: number;
  /** Null: a response, whose data set is of no use. */
  readonly request: DimseRequest | null;
  readonly intake: DataSetIntake;
}

/**
 * Messages on an established association: puts fragments together, hands each request to its service, and carries requests of our
 * own. Data sets come in one after the other; up to `window` requests are performed behind them at the same time.
 */
export class MessageExchange<Caller> implements AssociationLine {
  readonly contexts: readonly AcceptedContext[];
  private command: Buffer = Buffer.alloc(0);
  private commandContextId = 0;
  private early: PdvFragment[] = [];
  private earlyLength = 0;
  private current: Incoming | null = null;
  private readonly writer: MessageWriter;
  private readonly outgoing: OutgoingRequests;
  private readonly operations: RunningOperations;

  constructor(
    private readonly services: Services<Caller>,
    private readonly line: ExchangeLine<Caller>,
  ) {
    this.contexts = [...line.contexts.values()];
    this.writer = new MessageWriter(line.peerMaximumLength, (pdus) => line.write(pdus));
    this.outgoing = new OutgoingRequests(this.writer, line.responseMs, (detail) =>
      line.abort({ source: 'service-user' }, detail),
    );
    this.operations = new RunningOperations(line.window, () => line.settled());
  }

  /** True between messages, when no request is being performed. */
  get idle(): boolean {
    return this.current === null && this.command.length === 0 && this.early.length === 0 && !this.operations.busy;
  }

  /** True while the peer waits for us. */
  get busy(): boolean {
    return this.operations.busy;
  }

  invoke(contextId: number, command: OutgoingCommand, dataSet: DataSource | null): Promise<DimseResponse> {
    return this.outgoing.invoke(contextId, command, dataSet);
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

  /** The association is ending: nothing that waits for the peer waits any longer. */
  stop(reason: string): void {
    this.outgoing.end(reason);
    this.operations.stop(reason);
  }

  /** The peer wants to release: what it sent is answered first, what it alone could use is stopped. */
  async release(): Promise<void> {
    this.stop('the peer releases the association');
    await this.operations.ended();
  }

  /** The association has ended. */
  async abandon(reason: string): Promise<void> {
    const { current } = this;
    this.current = null;
    this.early = [];
    this.stop(reason);
    await current?.intake.abandon(reason);
    await this.operations.ended();
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
    const taken = current.intake.take(fragment.bytes);
    return fragment.last ? this.end(current, taken) : taken;
  }

  /** Some senders let the data set begin before the last fragment of its command set. */
  private hold(fragment: PdvFragment): undefined {
    this.earlyLength += fragment.bytes.length + SLICE_OVERHEAD;
    if (this.earlyLength > EARLY_LIMIT) return this.protest(ABORT_REASON.unexpectedPdu, 'a data set without a command');
    this.early.push(fragment);
    return undefined;
  }

  private async begin(contextId: number, bytes: Buffer): Promise<void> {
    const command = this.decode(bytes);
    if (command === null) return;
    if ('response' in command) return this.beginResponse(contextId, command.response);
    const { request } = command;
    if (request.commandField === COMMAND_FIELD.cCancelRequest) {
      this.operations.cancel(request.messageId);
      return;
    }
    if (this.current !== null) return this.protest(ABORT_REASON.unexpectedPdu, 'a message inside a data set');
    if (!request.hasDataSet && this.early.length > 0) {
      return this.protest(ABORT_REASON.unexpectedPdu, 'a data set without a command');
    }
    await this.operations.room();
    const verdict = this.judge(contextId, request);
    if (!request.hasDataSet) {
      const answer = verdict.kind === 'refuse' ? verdict.answer : { status: DIMSE_STATUS.success };
      return this.perform(contextId, request, async () => answer);
    }
    await this.receive(contextId, request, verdict);
  }

  private beginResponse(contextId: number, response: DimseResponse): undefined {
    const held = this.early.length > 0;
    if (this.current !== null || held || !this.outgoing.take(response)) {
      return this.protest(ABORT_REASON.unexpectedPdu, 'a message nobody waits for');
    }
    if (response.hasDataSet) {
      this.current = { contextId, request: null, intake: new SwallowedDataSet({ status: DIMSE_STATUS.success }) };
    }
    return undefined;
  }

  private async receive(contextId: number, request: DimseRequest, verdict: Verdict<Caller>): Promise<void> {
    if (verdict.kind === 'store') {
      const reception = new DataSetReception<Caller>((error) => this.line.failed(request, error));
      // Set before the writer opens: should the association end meanwhile, it is this one that is abandoned.
      this.current = { contextId, request, intake: reception };
      await reception.open(verdict.sink, this.storeRequest(contextId, request));
    } else this.current = { contextId, request, intake: this.intakeFor(contextId, request, verdict) };
    const held = this.early;
    this.early = [];
    this.earlyLength = 0;
    for (const fragment of held) await this.takeData(fragment);
  }

  private intakeFor(contextId: number, command: DimseRequest, verdict: Verdict<Caller>): DataSetIntake {
    if (verdict.kind !== 'perform') {
      return new SwallowedDataSet(verdict.kind === 'refuse' ? verdict.answer : { status: DIMSE_STATUS.success });
    }
    const { peer, contexts, extended } = this.line;
    const { abstractSyntax: sopClassUid, transferSyntaxUid } = contexts.get(contextId)!;
    const negotiated = extended.get(sopClassUid) ?? null;
    return new GatheredDataSet((dataSet, signal) =>
      verdict.service.perform(
        { peer, command, sopClassUid, transferSyntaxUid, negotiated, dataSet },
        { signal, association: this, respond: (answer, bytes) => this.respond(contextId, command, answer, bytes) },
      ),
    );
  }

  private async end({ contextId, request, intake }: Incoming, taken: Promise<void> | undefined): Promise<void> {
    await taken;
    this.current = null;
    if (request !== null) this.perform(contextId, request, (signal) => intake.finish(signal));
  }

  private perform(
    contextId: number,
    request: DimseRequest,
    work: (signal: AbortSignal) => Promise<FinalAnswer>,
  ): undefined {
    const duplicate = this.operations.has(request.messageId);
    this.operations.start(request.messageId, async (signal) => {
      const refusal = { status: DIMSE_STATUS.duplicateInvocation, comment: 'Message ID is in use' };
      const answer: FinalAnswer = duplicate ? refusal : await this.outcomeOf(request, () => work(signal));
      this.line.answered(request, answer);
      try {
        await this.respond(contextId, request, answer, answer.dataSet);
        if (answer.afterwards) void answer.afterwards(this).catch((error) => this.line.failed(request, error));
      } catch (error) {
        if (!(error instanceof AssociationEnded)) this.line.failed(request, error);
      }
    });
    return undefined;
  }

  private async outcomeOf(request: DimseRequest, work: () => Promise<FinalAnswer>): Promise<FinalAnswer> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AssociationEnded)) this.line.failed(request, error);
      return answerOfError(error, request.commandField);
    }
  }

  private respond(contextId: number, request: DimseRequest, answer: DimseAnswer, dataSet?: Buffer): Promise<void> {
    return this.writer.send(contextId, encodeResponse(request, answer, dataSet !== undefined), dataSet ?? null);
  }

  private decode(bytes: Buffer): ReturnType<typeof decodeCommand> | null {
    try {
      return decodeCommand(bytes);
    } catch (error) {
      if (!(error instanceof CommandSetError)) throw error;
      // Without a message id there is nothing to answer.
      this.line.abort({ source: 'service-user' }, error.message);
      return null;
    }
  }

  private judge(contextId: number, request: DimseRequest): Verdict<Caller> {
    return judgeRequest(this.line.contexts.get(contextId)!, request, this.services);
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
