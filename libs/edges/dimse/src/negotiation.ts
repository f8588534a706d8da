import { ITEM, type AssociateRequest, type ProposedContext } from './associate-request.js';
import { PDU } from './pdu-reader.js';
import { REJECTION, encodePdu, type Rejection } from './pdu-writer.js';

export const VERIFICATION_SOP_CLASS = '1.2.840.10008.1.1';
const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** Who we are on the wire (PS3.7 section D.3.3.2). */
export const DIMSE_IMPLEMENTATION = {
  classUid: '2.25.157369631804888742921234144478352272294',
  versionName: 'QIAO_DIMSE_1',
} as const;

/** Largest PDU-length announced. Many senders make 16 kB PDUs whatever they are told; those that follow gain by 128 kB. */
export const MAXIMUM_LENGTH = 128 * 1024;

/** What the acceptor knows: injected, so that negotiation can be tested without the dictionary. */
export interface KnownSyntaxes {
  isSopClass(uid: string): boolean;
  isTransferSyntax(uid: string): boolean;
}

/** One presentation context of an established association. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxUid: string;
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

/** The contexts that are accepted and the A-ASSOCIATE-AC that says so. */
export function accept(
  request: AssociateRequest,
  known: KnownSyntaxes,
): { readonly contexts: ReadonlyMap<number, AcceptedContext>; readonly pdu: Buffer } {
  const contexts = new Map<number, AcceptedContext>();
  const items: Buffer[] = [item(ITEM.applicationContext, Buffer.from(APPLICATION_CONTEXT, 'latin1'))];
  for (const proposed of request.contexts) {
    const { result, transferSyntaxUid } = judge(proposed, known);
    if (result === 0) {
      contexts.set(proposed.id, { id: proposed.id, abstractSyntax: proposed.abstractSyntax, transferSyntaxUid });
    }
    items.push(
      item(
        ITEM.acceptedContext,
        Buffer.concat([Buffer.from([proposed.id, 0, result, 0]), text(ITEM.transferSyntax, transferSyntaxUid)]),
      ),
    );
  }
  items.push(item(ITEM.userInformation, userInformation(request, contexts)));
  const version = Buffer.from([0, 1, 0, 0]);
  return { contexts, pdu: encodePdu(PDU.associateAccept, Buffer.concat([version, request.echoed, ...items])) };
}

/** The proposer's first transfer syntax that is known: senders put first what they hold. */
function judge(proposed: ProposedContext, known: KnownSyntaxes): ContextResult {
  // Where a context is refused the transfer syntax says nothing, but the sub-item has to be there (PS3.8 section 9.3.3.2).
  const fallback = proposed.transferSyntaxes[0] ?? '1.2.840.10008.1.2';
  const { abstractSyntax } = proposed;
  if (abstractSyntax !== VERIFICATION_SOP_CLASS && !known.isSopClass(abstractSyntax)) {
    return { result: 3, transferSyntaxUid: fallback };
  }
  const chosen = proposed.transferSyntaxes.find((uid) => known.isTransferSyntax(uid));
  return chosen === undefined ? { result: 4, transferSyntaxUid: fallback } : { result: 0, transferSyntaxUid: chosen };
}

function userInformation(request: AssociateRequest, contexts: ReadonlyMap<number, AcceptedContext>): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(MAXIMUM_LENGTH);
  const parts = [item(ITEM.maximumLength, length), text(ITEM.implementationClassUid, DIMSE_IMPLEMENTATION.classUid)];
  if (request.proposesAsynchronousOperations) {
    parts.push(item(ITEM.asynchronousOperations, Buffer.from([0, 1, 0, 1])));
  }
  const accepted = new Set(Array.from(contexts.values(), (context) => context.abstractSyntax));
  for (const role of request.roles) {
    if (!accepted.has(role.sopClassUid)) continue;
    // We are the provider alone: the proposer may be the user, and never becomes the provider (PS3.7 section D.3.3.4.2).
    const uid = Buffer.from(role.sopClassUid, 'latin1');
    const value = Buffer.concat([Buffer.alloc(2), uid, Buffer.from([role.scu ? 1 : 0, 0])]);
    value.writeUInt16BE(uid.length);
    parts.push(item(ITEM.roleSelection, value));
  }
  parts.push(text(ITEM.implementationVersionName, DIMSE_IMPLEMENTATION.versionName));
  return Buffer.concat(parts);
}

function text(type: number, value: string): Buffer {
  return item(type, Buffer.from(value, 'latin1'));
}

function item(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt8(type);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}
