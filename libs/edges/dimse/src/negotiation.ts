import { ITEM, type AssociateRequest, type ProposedContext, type RoleSelection } from './associate-request.js';
import { PDU } from './pdu-reader.js';
import { REJECTION, encodePdu, type Rejection } from './pdu-writer.js';

export const VERIFICATION_SOP_CLASS = '1.2.840.10008.1.1';
export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** Who we are on the wire (PS3.7 section D.3.3.2). */
export const DIMSE_IMPLEMENTATION = {
  classUid: '2.25.157369631804888742921234144478352272294',
  versionName: 'QIAO_DIMSE_1',
} as const;

/** Largest PDU-length announced. Many senders make 16 kB PDUs whatever they are told; those that follow gain by 128 kB. */
export const MAXIMUM_LENGTH = 128 * 1024;

/** What the acceptor knows: injected, so that negotiation can be tested without the dictionary. */
export interface KnownSyntaxes {
  /** The transfer syntaxes of a SOP class that is served; null for one that is not. */
  transferSyntaxesOf(sopClassUid: string): { has(uid: string): boolean } | null;
  /** Whether the proposer may be the provider of this class: storage, for the sub-operations of a C-GET. */
  takesPeerAsProvider(sopClassUid: string): boolean;
  answerExtendedNegotiation(sopClassUid: string, proposed: Buffer): Buffer | null;
  /** Requests of one association that are performed at the same time. */
  readonly window: number;
}

/** One presentation context of an established association. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxUid: string;
  /** By role selection the peer is a provider too (PS3.7 section D.3.3.4): it takes requests of this class. */
  readonly peerProvides: boolean;
}

/** Result of one presentation context (PS3.8 table 9-18). */
type ContextResult =
  | { readonly result: 0; readonly transferSyntaxUid: string }
  | { readonly result: 3 | 4; readonly transferSyntaxUid: string };

/** What is refused before anybody asks who calls; null where the request may go on. */
export function refusalOf(request: AssociateRequest, aeTitle: string): Rejection | null {
  if ((request.protocolVersion & 1) === 0) return REJECTION.protocolVersionNotSupported;
  if (request.applicationContext !== APPLICATION_CONTEXT) return REJECTION.applicationContextNotSupported;
  if (request.calledAe !== aeTitle) return REJECTION.calledAeNotRecognized;
  return null;
}

/** What was agreed. */
export interface AcceptedAssociation {
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  /** Requests performed at the same time. */
  readonly window: number;
  /** By SOP class, what was answered to an extended negotiation. */
  readonly extended: ReadonlyMap<string, Buffer>;
  /** The A-ASSOCIATE-AC that says so. */
  readonly pdu: Buffer;
}

/** Agrees to what is served. */
export function accept(request: AssociateRequest, known: KnownSyntaxes): AcceptedAssociation {
  const contexts = new Map<number, AcceptedContext>();
  const providing = new Set(
    request.roles
      .filter((role) => role.scp && known.takesPeerAsProvider(role.sopClassUid))
      .map((role) => role.sopClassUid),
  );
  const items: Buffer[] = [item(ITEM.applicationContext, Buffer.from(APPLICATION_CONTEXT, 'latin1'))];
  for (const proposed of request.contexts) {
    const { result, transferSyntaxUid } = judge(proposed, known);
    if (result === 0) {
      const { id, abstractSyntax } = proposed;
      contexts.set(id, { id, abstractSyntax, transferSyntaxUid, peerProvides: providing.has(abstractSyntax) });
    }
    items.push(
      item(
        ITEM.acceptedContext,
        Buffer.concat([Buffer.from([proposed.id, 0, result, 0]), text(ITEM.transferSyntax, transferSyntaxUid)]),
      ),
    );
  }
  const window = windowOf(request, known);
  const accepted = new Set(Array.from(contexts.values(), (context) => context.abstractSyntax));
  const extended = new Map<string, Buffer>();
  for (const { sopClassUid, information } of request.extended.filter((one) => accepted.has(one.sopClassUid))) {
    const answer = known.answerExtendedNegotiation(sopClassUid, information);
    if (answer !== null) extended.set(sopClassUid, answer);
  }
  items.push(item(ITEM.userInformation, userInformation(request, accepted, known, window, extended)));
  const pdu = encodePdu(PDU.associateAccept, Buffer.concat([Buffer.from([0, 1, 0, 0]), request.echoed, ...items]));
  return { contexts, window, extended, pdu };
}

/** How many requests the proposer may have unanswered: one, where it did not offer more. */
function windowOf(request: AssociateRequest, known: KnownSyntaxes): number {
  if (request.window === null) return 1;
  return request.window.invoked === 0 ? known.window : Math.min(request.window.invoked, known.window);
}

/** The proposer's first transfer syntax that is known: senders put first what they hold. */
function judge(proposed: ProposedContext, known: KnownSyntaxes): ContextResult {
  // Where a context is refused the transfer syntax says nothing, but the sub-item has to be there (PS3.8 section 9.3.3.2).
  const fallback = proposed.transferSyntaxes[0] ?? '1.2.840.10008.1.2';
  const syntaxes = known.transferSyntaxesOf(proposed.abstractSyntax);
  if (syntaxes === null) return { result: 3, transferSyntaxUid: fallback };
  const chosen = proposed.transferSyntaxes.find((uid) => syntaxes.has(uid));
  return chosen === undefined ? { result: 4, transferSyntaxUid: fallback } : { result: 0, transferSyntaxUid: chosen };
}

function userInformation(
  request: AssociateRequest,
  accepted: ReadonlySet<string>,
  known: KnownSyntaxes,
  window: number,
  extended: ReadonlyMap<string, Buffer>,
): Buffer {
  const parts = [maximumLength(), text(ITEM.implementationClassUid, DIMSE_IMPLEMENTATION.classUid)];
  if (request.window !== null) {
    // We have one request of our own unanswered at most.
    parts.push(item(ITEM.asynchronousOperations, Buffer.from([window >> 8, window & 255, 0, 1])));
  }
  for (const role of request.roles.filter(({ sopClassUid }) => accepted.has(sopClassUid))) {
    const scp = role.scp && known.takesPeerAsProvider(role.sopClassUid);
    parts.push(encodeRole({ ...role, scp }));
  }
  parts.push(text(ITEM.implementationVersionName, DIMSE_IMPLEMENTATION.versionName));
  for (const [sopClassUid, answer] of extended) {
    parts.push(item(ITEM.extendedNegotiation, Buffer.concat([prefixed(sopClassUid), answer])));
  }
  return Buffer.concat(parts);
}

export function maximumLength(): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(MAXIMUM_LENGTH);
  return item(ITEM.maximumLength, length);
}

export function encodeRole({ sopClassUid, scu, scp }: RoleSelection): Buffer {
  return item(ITEM.roleSelection, Buffer.concat([prefixed(sopClassUid), Buffer.from([scu ? 1 : 0, scp ? 1 : 0])]));
}

function prefixed(uid: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(uid.length);
  return Buffer.concat([length, Buffer.from(uid, 'latin1')]);
}

export function text(type: number, value: string): Buffer {
  return item(type, Buffer.from(value, 'latin1'));
}

export function item(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt8(type);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}
