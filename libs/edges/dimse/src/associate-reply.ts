import { AssociateRequestError, ITEM, readItems, uidText } from './associate-request.js';
import type { ProposedContext, RoleSelection } from './associate-request.js';
import { APPLICATION_CONTEXT, DIMSE_IMPLEMENTATION, encodeRole, item, maximumLength, text } from './negotiation.js';
import type { AcceptedContext } from './negotiation.js';
import { PDU } from './pdu-reader.js';
import { encodePdu } from './pdu-writer.js';

/** What a requestor asks for. AE titles of 1 to 16 characters; at most 128 contexts with odd ids. */
export interface AssociateProposal {
  readonly callingAe: string;
  readonly calledAe: string;
  readonly contexts: readonly ProposedContext[];
  readonly roles?: readonly RoleSelection[];
}

/** A-ASSOCIATE-RQ (PS3.8 section 9.3.2). */
export function encodeAssociateRequest(proposal: AssociateProposal): Buffer {
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(1);
  fixed.write(proposal.calledAe.padEnd(16), 4, 16, 'latin1');
  fixed.write(proposal.callingAe.padEnd(16), 20, 16, 'latin1');
  const contexts = proposal.contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
    item(
      ITEM.proposedContext,
      Buffer.concat([
        Buffer.from([id, 0, 0, 0]),
        text(ITEM.abstractSyntax, abstractSyntax),
        ...transferSyntaxes.map((uid) => text(ITEM.transferSyntax, uid)),
      ]),
    ),
  );
  const user = [
    maximumLength(),
    text(ITEM.implementationClassUid, DIMSE_IMPLEMENTATION.classUid),
    ...(proposal.roles ?? []).map(encodeRole),
    text(ITEM.implementationVersionName, DIMSE_IMPLEMENTATION.versionName),
  ];
  return encodePdu(
    PDU.associateRequest,
    Buffer.concat([
      fixed,
      text(ITEM.applicationContext, APPLICATION_CONTEXT),
      ...contexts,
      item(ITEM.userInformation, Buffer.concat(user)),
    ]),
  );
}

/** What an acceptor granted. */
export interface AssociateReply {
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly maximumLength: number;
}

/** Reads the body of an A-ASSOCIATE-AC (PS3.8 section 9.3.3). @throws AssociateRequestError */
export function decodeAssociateReply(body: Buffer, proposed: readonly ProposedContext[]): AssociateReply {
  if (body.length < 68) throw new AssociateRequestError('the reply is shorter than its fixed part');
  const contexts = new Map<number, AcceptedContext>();
  let length = 0;
  for (const { type, value } of readItems(body.subarray(68))) {
    if (type === ITEM.acceptedContext) {
      const context = readAccepted(value, proposed);
      if (context !== null) contexts.set(context.id, context);
    } else if (type === ITEM.userInformation) {
      for (const sub of readItems(value)) {
        if (sub.type === ITEM.maximumLength && sub.value.length === 4) length = sub.value.readUInt32BE(0);
      }
    }
  }
  return { contexts, maximumLength: length };
}

function readAccepted(value: Buffer, proposed: readonly ProposedContext[]): AcceptedContext | null {
  if (value.length < 4) throw new AssociateRequestError('a presentation context is too short');
  const id = value.readUInt8(0);
  if (value.readUInt8(2) !== 0) return null;
  const asked = proposed.find((one) => one.id === id);
  if (asked === undefined) throw new AssociateRequestError(`presentation context ${id} was not proposed`);
  let transferSyntaxUid = '';
  for (const sub of readItems(value.subarray(4))) {
    if (sub.type === ITEM.transferSyntax) transferSyntaxUid = uidText(sub.value);
  }
  if (!asked.transferSyntaxes.includes(transferSyntaxUid)) {
    throw new AssociateRequestError(`presentation context ${id} is accepted in a syntax that was not proposed`);
  }
  return { id, abstractSyntax: asked.abstractSyntax, transferSyntaxUid, peerProvides: true };
}
