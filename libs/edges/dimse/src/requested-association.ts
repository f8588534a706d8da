import { connect, type Socket } from 'node:net';
import { decodeAssociateReply, encodeAssociateRequest, type AssociateProposal } from './associate-reply.js';
import type { DimseResponse, OutgoingCommand } from './command-set.js';
import { AssociationEnded } from './association-ended.js';
import type { AssociationLine } from './dimse-service.js';
import { MessageExchange } from './message-exchange.js';
import type { DataSource } from './message-writer.js';
import type { AcceptedContext } from './negotiation.js';
import { ABORT_REASON, PDU, PduReader, type AbortReason, type ControlPduType, type PdvFragment } from './pdu-reader.js';
import { encodeAbort, encodePdu, encodeReleaseResponse, type AbortCause } from './pdu-writer.js';
import {
  REQUESTOR_ACTIONS,
  REQUESTOR_TABLE,
  type RequestorAction,
  type RequestorEvent,
  type RequestorState,
} from './requestor.states.js';

/** Whom to call and what for. Times are in milliseconds. */
export interface AssociationRequest extends AssociateProposal {
  readonly host: string;
  readonly port: number;
  /** For the connection, and again for the answer to the A-ASSOCIATE-RQ and to the release. Default 20 s. */
  readonly artimMs?: number;
  /** For the response to a request. Default 60 s. */
  readonly responseMs?: number;
}

const CONTROL_EVENTS: Readonly<Record<ControlPduType, RequestorEvent>> = {
  [PDU.associateRequest]: 'Evt6',
  [PDU.associateAccept]: 'Evt3',
  [PDU.associateReject]: 'Evt4',
  [PDU.releaseRequest]: 'Evt12',
  [PDU.releaseResponse]: 'Evt13',
  [PDU.abort]: 'Evt16',
};
const RELEASE_REQUEST = encodePdu(PDU.releaseRequest, Buffer.alloc(4));

/** An association that this side asked for, to be the user of the peer's services (or, by role selection, their provider). */
export class RequestedAssociation implements AssociationLine {
  private state: RequestorState = 'Sta1';
  private readonly socket: Socket;
  private readonly reader: PduReader;
  private exchange: MessageExchange<null> | null = null;
  private readonly opened: Promise<void>;
  private readonly closed: Promise<void>;
  private settleOpened: { resolve: () => void; reject: (error: Error) => void } | null = null;
  private timer: NodeJS.Timeout | null = null;
  private gone: string | null = null;
  private wake: (() => void) | null = null;
  private fragments: PdvFragment[] = [];
  private handling = false;

  private constructor(private readonly request: AssociationRequest) {
    this.opened = new Promise((resolve, reject) => (this.settleOpened = { resolve, reject }));
    this.reader = new PduReader({
      control: (type, body) => this.takeControl(type, body),
      fragment: (fragment) => this.takeFragment(fragment),
      invalid: (reason, detail) => this.happen('Evt19', detail, reason),
    });
    this.happen('Evt1');
    this.socket = connect({ host: request.host, port: request.port, noDelay: true, keepAlive: true });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.startTimer();
    this.socket.on('connect', () => this.happen('Evt2'));
    this.socket.on('data', (chunk) => this.reader.push(chunk));
    this.socket.on('drain', () => this.wake?.());
    this.socket.on('error', (error) => this.happen('Evt17', error.message));
    this.socket.on('end', () => this.happen('Evt17', 'the peer closed the connection'));
    this.socket.on('close', () => this.happen('Evt17', 'the connection is closed'));
  }

  /** @throws AssociationEnded with the reason: no connection, no answer, a refusal (with result, source and reason) */
  static async open(request: AssociationRequest): Promise<RequestedAssociation> {
    const association = new RequestedAssociation(request);
    await association.opened;
    return association;
  }

  get contexts(): readonly AcceptedContext[] {
    return this.exchange?.contexts ?? [];
  }

  async invoke(contextId: number, command: OutgoingCommand, dataSet: DataSource | null): Promise<DimseResponse> {
    if (this.gone !== null || this.exchange === null) throw new AssociationEnded(this.gone ?? 'not established');
    return this.exchange.invoke(contextId, command, dataSet);
  }

  /** Ends the association in order; where the peer does not answer, it is closed all the same. Never rejects. */
  async release(): Promise<void> {
    this.happen('Evt11');
    await this.closed;
  }

  /** Ends the association at once. */
  async abort(): Promise<void> {
    this.happen('Evt15', 'aborted here');
    this.socket.destroySoon();
    await this.closed;
  }

  private takeControl(type: ControlPduType, body: Buffer): void {
    const event = CONTROL_EVENTS[type];
    if (event === 'Evt3' && this.state === 'Sta5') return this.accepted(body);
    const [, result, source, reason] = body;
    const detail = event === 'Evt4' ? `refused (result ${result}, source ${source}, reason ${reason})` : '';
    this.happen(event, detail || `PDU type ${type} in ${this.state}`, ABORT_REASON.unexpectedPdu);
  }

  private accepted(body: Buffer): void {
    try {
      const { contexts, maximumLength } = decodeAssociateReply(body, this.request.contexts);
      this.happen('Evt3');
      this.exchange = new MessageExchange<null>(
        { sink: null, isStorage: () => false, others: [] },
        {
          contexts,
          extended: new Map(),
          peer: { caller: null, callingAe: this.request.calledAe, remoteAddress: this.request.host, associationId: '' },
          peerMaximumLength: maximumLength,
          window: 1,
          responseMs: this.request.responseMs ?? 60_000,
          write: (pdus) => this.write(pdus),
          abort: (cause, detail) => this.fault(cause, detail),
          answered: () => undefined,
          failed: () => undefined,
          settled: () => undefined,
        },
      );
      this.settleOpened?.resolve();
    } catch (error) {
      this.happen('Evt19', (error as Error).message, ABORT_REASON.invalidParameterValue);
    }
  }

  private takeFragment(fragment: PdvFragment): void {
    const action = this.happen('Evt10', `P-DATA-TF in ${this.state}`, ABORT_REASON.unexpectedPdu);
    // Behind our own release nothing is waited for any more.
    if (action !== 'DT-2') return;
    this.fragments.push(fragment);
    void this.handleFragments();
  }

  /** One after the other; the socket waits meanwhile, so that a peer cannot pile them up. */
  private async handleFragments(): Promise<void> {
    if (this.handling) return;
    this.handling = true;
    this.socket.pause();
    try {
      while (this.fragments.length > 0 && this.gone === null) await this.exchange?.take(this.fragments.shift()!);
    } catch (error) {
      this.happen('Evt15', (error as Error).message);
    } finally {
      this.handling = false;
      this.socket.resume();
    }
  }

  private write(pdus: Buffer): Promise<void> | undefined {
    if (this.gone !== null || this.happen('Evt9') === null) throw new AssociationEnded(this.gone ?? 'being released');
    if (this.socket.write(pdus)) return undefined;
    return this.drained();
  }

  /** A peer that does not read holds us no longer than one that does not answer. */
  private async drained(): Promise<void> {
    const timer = setTimeout(() => this.happen('Evt15', 'the peer does not read'), this.request.responseMs ?? 60_000);
    await new Promise<void>((resolve) => (this.wake = resolve));
    clearTimeout(timer);
    if (this.gone !== null) throw new AssociationEnded(this.gone);
  }

  private fault(cause: AbortCause, detail: string): void {
    if (cause.source === 'service-provider') this.happen('Evt19', detail, cause.reason);
    else this.happen('Evt15', detail);
  }

  /** Goes through the table; an empty cell is a wish that has come too late. */
  private happen(
    event: RequestorEvent,
    detail = '',
    reason: AbortReason = ABORT_REASON.notSpecified,
  ): RequestorAction | null {
    const action = REQUESTOR_TABLE[this.state][event] ?? null;
    if (action === null) return null;
    this.state = REQUESTOR_ACTIONS[action];
    this.perform(action, detail, reason);
    return action;
  }

  private perform(action: RequestorAction, detail: string, reason: AbortReason): void {
    switch (action) {
      case 'AE-2':
        this.startTimer();
        this.socket.write(encodeAssociateRequest(this.request));
        return;
      case 'AE-3':
        return this.stopTimer();
      case 'AR-1':
        this.startTimer();
        this.socket.write(RELEASE_REQUEST);
        return this.leave('released');
      case 'AR-2':
      case 'AR-8':
        this.happen('Evt14');
        return;
      case 'AR-4':
      case 'AR-9':
        this.socket.write(encodeReleaseResponse());
        this.startTimer();
        return this.leave('the peer released the association');
      case 'AA-1':
      case 'AA-7':
      case 'AA-8':
        this.socket.write(
          encodeAbort(action === 'AA-1' ? { source: 'service-user' } : { source: 'service-provider', reason }),
        );
        this.startTimer();
        return this.leave(detail);
      case 'AE-4':
      case 'AR-3':
      case 'AR-5':
      case 'AA-2':
      case 'AA-3':
      case 'AA-4':
        this.stopTimer();
        this.leave(action === 'AA-3' ? 'the peer aborted the association' : detail || 'the connection is closed');
        this.socket.destroySoon();
        return;
      default:
        // AE-1, DT-1, DT-2, AR-6 are done where the event arises; AA-6 ignores.
        return;
    }
  }

  private leave(reason: string): void {
    if (this.gone !== null) return;
    this.gone = reason;
    this.settleOpened?.reject(new AssociationEnded(`${this.request.calledAe}: ${reason}`));
    this.wake?.();
    void this.exchange?.abandon(reason);
  }

  private startTimer(): void {
    this.stopTimer();
    this.timer = setTimeout(() => this.expire(), this.request.artimMs ?? 20_000);
  }

  /** The table starts ARTIM behind an abort alone; the waits for a connection, an answer and a release must end too. */
  private expire(): void {
    if (this.happen('Evt18') === null) this.happen('Evt15', 'no answer in time');
    this.stopTimer();
    this.socket.destroy();
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
