import type { DimseAnswer, DimseRequest, DimseResponse, OutgoingCommand } from './command-set.js';
import type { DataSource } from './message-writer.js';
import type { AcceptedContext } from './negotiation.js';

/** Who is at the other end of an association. */
export interface Peer<Caller> {
  /** What `resolveCaller` gave for this association. */
  readonly caller: Caller;
  /** Without padding. */
  readonly callingAe: string;
  readonly remoteAddress: string;
  /** Tells this association from every other one. */
  readonly associationId: string;
}

/** One request with its whole data set. */
export interface ServiceRequest<Caller> {
  readonly peer: Peer<Caller>;
  readonly command: DimseRequest;
  /** SOP class of the presentation context; the command names the same. */
  readonly sopClassUid: string;
  /** How the data set is written, and how a data set in the answer has to be. */
  readonly transferSyntaxUid: string;
  /** What this service answered to the extended negotiation of the SOP class; null where there was none. */
  readonly negotiated: Buffer | null;
  readonly dataSet: Buffer;
}

/** An established association as a service may use it for requests of its own. */
export interface AssociationLine {
  readonly contexts: readonly AcceptedContext[];
  /**
   * Sends a request and waits for its response. One at a time: a second one waits for the first.
   * @throws AssociationEnded when the association ends, or is not answered in time, before the response
   */
  invoke(contextId: number, command: OutgoingCommand, dataSet: DataSource | null): Promise<DimseResponse>;
}

/** A request under way. */
export interface Operation {
  /** Aborted by a C-CANCEL-RQ for this request, and by the end of the association (then nothing is answered any more). */
  readonly signal: AbortSignal;
  readonly association: AssociationLine;
  /** Sends a response that is not the last one, and waits while the peer does not read. */
  respond(answer: DimseAnswer, dataSet?: Buffer): Promise<void>;
}

/** The last response to a request. */
export interface FinalAnswer extends DimseAnswer {
  readonly dataSet?: Buffer;
  /** Work that begins when this answer has been sent; it may use the association while that lasts. Errors are logged. */
  readonly afterwards?: (association: AssociationLine) => Promise<void>;
}

/**
 * One service class of PS3.4 as its provider, but for Verification, which every association has, and Storage, whose data sets are
 * not gathered but flow (`StoreSink`).
 */
export interface DimseService<Caller> {
  /** Its SOP classes: the abstract syntaxes that are accepted for it. */
  readonly sopClasses: ReadonlySet<string>;
  /** The requests it performs, by CommandField; each of them with a data set. */
  readonly commands: ReadonlySet<number>;
  /** SOP Class Extended Negotiation (PS3.7 section D.3.3.5): what is answered to the proposer's application information. */
  readonly answerExtendedNegotiation?: (sopClassUid: string, proposed: Buffer) => Buffer | null;
  /**
   * Performs one request. An error answers it with 0x0110, or 0xA700 (C-…) and 0x0213 (N-…) where the error has `code` or `kind`
   * 'unavailable'; the association lives on.
   */
  perform(request: ServiceRequest<Caller>, operation: Operation): Promise<FinalAnswer>;
}
