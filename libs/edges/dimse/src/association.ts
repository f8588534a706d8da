import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { AssociateRequestError, decodeAssociateRequest, type AssociateRequest } from './associate-request.js';
import {
  ASSOCIATION_ACTIONS,
  actionFor,
  type AssociationAction,
  type AssociationEvent,
  type AssociationState,
} from './association.states.js';
import { COMMAND_FIELD } from './command-elements.js';
import { SLICE_OVERHEAD } from './data-set-reception.js';
import type { DimseLog } from './dimse-log.js';
import { AssociationEnded } from './association-ended.js';
import type { Peer } from './dimse-service.js';
import type { Services } from './judge-request.js';
import { MessageExchange } from './message-exchange.js';
import { accept, refusalOf, type AcceptedAssociation, type KnownSyntaxes } from './negotiation.js';
import { ABORT_REASON, PDU, PduReader, type AbortReason, type ControlPduType, type PdvFragment } from './pdu-reader.js';
import { REJECTION, encodeAbort, encodeReject, encodeReleaseResponse } from './pdu-writer.js';
import type { AbortCause, Rejection } from './pdu-writer.js';

/** What an association takes from its server. */
export interface AssociationServices<Caller> {
  readonly aeTitle: string;
  readonly resolveCaller: (callingAe: string, remoteAddress: string) => Promise<Caller | null>;
  readonly services: Services<Caller>;
  readonly known: KnownSyntaxes;
  readonly artimMs: number;
  readonly idleMs: number;
  readonly responseMs: number;
  readonly log: DimseLog;
  /** Takes one of the limited places; false where none is left. The place is given back when `finished` settles. */
  readonly admit: (association: Association<Caller>, caller: Caller) => boolean;
}

/** Unprocessed bytes at which the socket is paused, and at which it goes on. */
const QUEUE_HIGH = 512 * 1024;
const QUEUE_LOW = 192 * 1024;

const CONTROL_EVENTS: Readonly<Record<ControlPduType, AssociationEvent>> = {
  [PDU.associateRequest]: 'Evt6',
  [PDU.associateAccept]: 'Evt3',
  [PDU.associateReject]: 'Evt4',
  [PDU.releaseRequest]: 'Evt12',
  [PDU.releaseResponse]: 'Evt13',
  [PDU.abort]: 'Evt16',
};

/**
 * One transport connection from its coming in to its close. PDUs go through the state table as they arrive; fragments and the
 * release then wait in a bounded queue for the exchange, which handles one after the other while the socket goes on filling.
 */
export class Association<Caller> {
  /** Settles when the connection is closed and the sink is done with it. Never rejects. */
  readonly finished: Promise<void>;
  private state: AssociationState = 'Sta1';
  private readonly reader: PduReader;
  private readonly remoteAddress: string;
  private callingAe = '';
  private peer: Peer<Caller> | null = null;
  private exchange: MessageExchange<Caller> | null = null;
  private queue: (PdvFragment | 'release')[] = [];
  private queued = 0;
  private pumping = false;
  /** Waiting for the peer to read, not for the sink to work. */
  private waitingForPeer = false;
  private wake: (() => void) | null = null;
  private gone: string | null = null;
  private draining = false;
  private released = false;
  private abortSent = false;
  private artim: NodeJS.Timeout | null = null;
  private idle: NodeJS.Timeout | null = null;
  private settle: () => void = () => undefined;

  constructor(
    private readonly socket: Socket,
    private readonly services: AssociationServices<Caller>,
  ) {
    this.remoteAddress = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    this.reader = new PduReader({
      control: (type, body) => this.takeControl(type, body),
      fragment: (fragment) => this.takeFragment(fragment),
      invalid: (reason, detail) => this.happen('Evt19', reason, detail),
    });
    const settled = new Promise<void>((resolve) => (this.settle = resolve));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    this.finished = Promise.all([settled, closed]).then(() => undefined);
    socket.on('data', (chunk) => {
      this.idle?.refresh();
      this.reader.push(chunk);
    });
    socket.on('drain', () => this.wake?.());
    // A connection that breaks says so by 'error' and then 'close'; the second is enough.
    socket.on('error', () => undefined);
    socket.on('end', () => this.happen('Evt17', ABORT_REASON.notSpecified, 'the peer closed the connection'));
    socket.on('close', () => this.happen('Evt17', ABORT_REASON.notSpecified, 'the connection is closed'));
    this.happen('Evt5');
  }

  /** Ends the association behind the message it is in. */
  drain(): void {
    this.draining = true;
    if (this.exchange === null || this.state === 'Sta13' || (this.queue.length === 0 && this.exchange.idle))
      this.kill();
  }

  /** Ends the association now, with an A-ABORT where there is one to end. */
  kill(): void {
    this.happen('Evt15', ABORT_REASON.notSpecified, 'the server is closing');
    this.leave('the server is closing');
    this.socket.destroySoon();
  }

  /** Closes the connection without another word. */
  destroy(): void {
    this.leave('the server is closing');
    this.socket.destroy();
  }

  private takeControl(type: ControlPduType, body: Buffer): void {
    const event = CONTROL_EVENTS[type];
    if (event !== 'Evt6' || this.state !== 'Sta2') {
      this.happen(event, ABORT_REASON.unexpectedPdu, `PDU type ${type} in ${this.state}`);
      return;
    }
    let request: AssociateRequest;
    try {
      request = decodeAssociateRequest(body);
    } catch (error) {
      const detail = error instanceof AssociateRequestError ? error.message : String(error);
      this.happen('Evt19', ABORT_REASON.invalidParameterValue, detail);
      return;
    }
    this.happen('Evt6');
    void this.negotiate(request);
  }

  private takeFragment(fragment: PdvFragment): void {
    if (this.step('Evt10', ABORT_REASON.unexpectedPdu, `P-DATA-TF in ${this.state}`) === 'DT-2') {
      this.enqueue(fragment, fragment.bytes.length + SLICE_OVERHEAD);
    }
  }

  private async negotiate(request: AssociateRequest): Promise<void> {
    this.callingAe = request.callingAe;
    const verdict = refusalOf(request, this.services.aeTitle) ?? (await this.identify());
    // The peer may have left, or spoken out of turn, while its name was looked up.
    if (this.state !== 'Sta3') return;
    if (!('caller' in verdict)) return this.refuse(request, verdict);
    if (!this.services.admit(this, verdict.caller)) return this.refuse(request, REJECTION.localLimitExceeded);
    const accepted = accept(request, this.services.known);
    this.exchange = this.openExchange(verdict.caller, request, accepted);
    this.happen('Evt7');
    this.socket.write(accepted.pdu);
    this.idle = setTimeout(() => this.onIdle(), this.services.idleMs);
    this.note('info', 'association accepted', {
      contexts: accepted.contexts.size,
      proposed: request.contexts.length,
      implementation: request.implementationVersionName ?? request.implementationClassUid,
    });
    if (this.draining) this.kill();
  }

  private async identify(): Promise<{ caller: Caller } | Rejection> {
    try {
      const caller = await this.services.resolveCaller(this.callingAe, this.remoteAddress);
      return caller === null ? REJECTION.callingAeNotRecognized : { caller };
    } catch (error) {
      this.note('error', 'the caller could not be looked up', { error });
      return REJECTION.temporaryCongestion;
    }
  }

  private refuse(request: AssociateRequest, rejection: Rejection): void {
    this.happen('Evt8');
    this.socket.write(encodeReject(rejection));
    this.note('warn', 'association refused', { ...rejection, calledAe: request.calledAe });
  }

  private openExchange(
    caller: Caller,
    request: AssociateRequest,
    { contexts, window, extended }: AcceptedAssociation,
  ): MessageExchange<Caller> {
    const { callingAe, remoteAddress } = this;
    this.peer = { caller, callingAe, remoteAddress, associationId: randomUUID() };
    return new MessageExchange(this.services.services, {
      contexts,
      extended,
      peer: this.peer,
      peerMaximumLength: request.maximumLength,
      window,
      responseMs: this.services.responseMs,
      write: (pdus) => this.write(pdus),
      abort: (cause, detail) => this.abort(cause, detail),
      answered: ({ commandField, affectedSopInstanceUid }, { status, comment }) => {
        const [level, what] =
          commandField === COMMAND_FIELD.cStoreRequest ? ['debug', 'instance'] : ['info', 'request'];
        const details = { commandField, affectedSopInstanceUid, status, comment };
        this.note(status === 0 ? (level as 'debug' | 'info') : 'warn', `${what} answered`, details);
      },
      failed: ({ commandField, affectedSopInstanceUid }, error) =>
        this.note('error', 'request failed', { commandField, affectedSopInstanceUid, error }),
      settled: () => this.endIfDrained(),
    });
  }

  private enqueue(item: PdvFragment | 'release', cost: number): void {
    this.queue.push(item);
    this.queued += cost;
    void this.pump();
    if (this.queued > QUEUE_HIGH && this.gone === null) this.socket.pause();
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (this.gone === null) {
        const item = this.queue.shift();
        if (item === undefined) break;
        // Most fragments are taken at once; a turn of the queue for each of them would be the dearest part of it.
        const taken = this.handle(item);
        if (taken !== undefined) await taken;
        this.endIfDrained();
      }
    } catch (error) {
      this.note('error', 'the association failed', { error });
      this.abort({ source: 'service-user' }, 'internal error');
    } finally {
      this.pumping = false;
    }
    if (this.gone !== null) await this.abandon(this.gone);
  }

  private handle(item: PdvFragment | 'release'): Promise<void> | undefined {
    if (item === 'release') return this.release();
    const taken = this.exchange?.take(item);
    if (taken !== undefined) return taken.then(() => this.handled(item));
    this.handled(item);
    return undefined;
  }

  private handled(fragment: PdvFragment): void {
    this.queued -= fragment.bytes.length + SLICE_OVERHEAD;
    if (this.socket.isPaused() && this.queued <= QUEUE_LOW) this.socket.resume();
  }

  private async release(): Promise<void> {
    await this.exchange?.release();
    this.happen('Evt14');
  }

  private endIfDrained(): void {
    if (this.draining && this.queue.length === 0 && this.exchange?.idle === true) this.kill();
  }

  private write(pdus: Buffer): Promise<void> | undefined {
    if (this.gone !== null || actionFor(this.state, 'Evt9') === null) {
      throw new AssociationEnded(this.gone ?? 'the association is not established');
    }
    this.happen('Evt9');
    this.idle?.refresh();
    return this.socket.write(pdus) ? undefined : this.drained();
  }

  /** A peer that never reads must not make us hold what it was told; the idle time-out ends the wait. */
  private async drained(): Promise<void> {
    this.waitingForPeer = true;
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.waitingForPeer = false;
    if (this.gone !== null) throw new AssociationEnded(this.gone);
  }

  private abort(cause: AbortCause, detail: string): void {
    // What the exchange finds wrong is an invalid PDU by the table (Evt19) or an A-ABORT request of our own (Evt15).
    if (cause.source === 'service-provider') this.happen('Evt19', cause.reason, detail);
    else this.happen('Evt15', ABORT_REASON.notSpecified, detail);
  }

  private happen(event: AssociationEvent, reason: AbortReason = ABORT_REASON.notSpecified, detail = ''): void {
    this.step(event, reason, detail);
  }

  /** Goes through the table; an empty cell is a local wish that has come too late, and nothing happens. */
  private step(event: AssociationEvent, reason: AbortReason, detail: string): AssociationAction | null {
    const action = actionFor(this.state, event);
    if (action === null) return null;
    this.state = ASSOCIATION_ACTIONS[action];
    this.perform(action, reason, detail);
    return action;
  }

  private perform(action: AssociationAction, reason: AbortReason, detail: string): void {
    switch (action) {
      case 'AE-5':
        return this.startArtim();
      case 'AE-6':
        return this.stopArtim();
      case 'AE-8':
        this.startArtim();
        return this.leave('refused');
      case 'AR-2':
        return this.enqueue('release', 0);
      case 'AR-4':
        this.socket.write(encodeReleaseResponse());
        this.released = true;
        this.startArtim();
        this.note('info', 'association released', {});
        return this.leave('the peer released the association');
      case 'AA-1':
        return this.sendAbort({ source: 'service-user' }, detail);
      case 'AA-7':
      case 'AA-8':
        return this.sendAbort({ source: 'service-provider', reason }, detail);
      case 'AA-2':
      case 'AA-3':
      case 'AA-4':
      case 'AA-5':
      case 'AR-5':
        if (action === 'AA-3' || action === 'AA-4') this.note('warn', 'association broken', { action, detail });
        this.stopArtim();
        this.leave(action === 'AA-3' ? 'the peer aborted the association' : detail || 'the connection is closed');
        this.socket.destroySoon();
        return undefined;
      default:
        // AE-7, DT-1, DT-2, AR-7 are done where the event arises; AA-6 ignores.
        return undefined;
    }
  }

  private sendAbort(cause: AbortCause, detail: string): void {
    // One is enough, whatever the peer goes on sending.
    if (!this.abortSent) {
      this.abortSent = true;
      this.socket.write(encodeAbort(cause));
      this.startArtim();
      this.note('warn', 'association aborted', { ...cause, detail });
    }
    this.leave(detail);
  }

  /** No message will be handled any more. The socket reads on, so that its end is seen. */
  private leave(reason: string): void {
    if (this.gone !== null) return;
    this.gone = reason;
    this.queue = [];
    this.queued = 0;
    if (this.idle !== null) clearTimeout(this.idle);
    this.idle = null;
    this.exchange?.stop(reason);
    this.wake?.();
    this.socket.resume();
    if (!this.pumping) void this.abandon(reason);
  }

  private async abandon(reason: string): Promise<void> {
    await this.exchange?.abandon(reason);
    if (this.peer !== null) await this.tellSink(this.peer);
    this.settle();
  }

  private async tellSink(peer: Peer<Caller>): Promise<void> {
    this.peer = null;
    try {
      await this.services.services.sink?.ended?.(peer, this.released ? 'released' : 'aborted');
    } catch (error) {
      this.note('error', 'the end of an association could not be told', { error });
    }
  }

  private onIdle(): void {
    const working = this.pumping || this.exchange?.busy === true;
    if (working && !this.waitingForPeer) this.idle?.refresh();
    else this.happen('Evt15', ABORT_REASON.notSpecified, `nothing heard for ${this.services.idleMs} ms`);
  }

  private startArtim(): void {
    this.stopArtim();
    this.artim = setTimeout(() => this.onArtim(), this.services.artimMs);
  }

  private onArtim(): void {
    this.happen('Evt18', ABORT_REASON.notSpecified, `ARTIM expired after ${this.services.artimMs} ms`);
    // What the peer does not read any more is not waited for.
    this.socket.destroy();
  }

  private stopArtim(): void {
    if (this.artim !== null) clearTimeout(this.artim);
    this.artim = null;
  }

  private note(level: 'debug' | 'info' | 'warn' | 'error', message: string, details: Record<string, unknown>): void {
    this.services.log(level, message, { callingAe: this.callingAe, remoteAddress: this.remoteAddress, ...details });
  }
}
