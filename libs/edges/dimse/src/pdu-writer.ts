import { ABORT_REASON, PDU, type AbortReason } from './pdu-reader.js';

/** Result, source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21). */
export interface Rejection {
  /** 1 for good, 2 for now. */
  readonly result: 1 | 2;
  /** 1 service user, 2 provider (ACSE), 3 provider (presentation). */
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

/** The refusals this acceptor gives, named. */
export const REJECTION = {
  applicationContextNotSupported: { result: 1, source: 1, reason: 2 },
  callingAeNotRecognized: { result: 1, source: 1, reason: 3 },
  calledAeNotRecognized: { result: 1, source: 1, reason: 7 },
  protocolVersionNotSupported: { result: 1, source: 2, reason: 2 },
  temporaryCongestion: { result: 2, source: 3, reason: 1 },
  localLimitExceeded: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, Rejection>;

/** Who aborts and why (PS3.8 table 9-26); a service user gives no reason. */
export type AbortCause =
  { readonly source: 'service-user' } | { readonly source: 'service-provider'; readonly reason: AbortReason };

/** One control PDU around its body. */
export function encodePdu(type: number, body: Buffer): Buffer {
  const pdu = Buffer.alloc(6 + body.length);
  pdu.writeUInt8(type, 0);
  pdu.writeUInt32BE(body.length, 2);
  body.copy(pdu, 6);
  return pdu;
}

/** A-ASSOCIATE-RJ. */
export function encodeReject(rejection: Rejection): Buffer {
  return encodePdu(PDU.associateReject, Buffer.from([0, rejection.result, rejection.source, rejection.reason]));
}

/** A-RELEASE-RP. */
export function encodeReleaseResponse(): Buffer {
  return encodePdu(PDU.releaseResponse, Buffer.alloc(4));
}

/** A-ABORT. */
export function encodeAbort(cause: AbortCause): Buffer {
  const provider = cause.source === 'service-provider';
  return encodePdu(
    PDU.abort,
    Buffer.from([0, 0, provider ? 2 : 0, provider ? cause.reason : ABORT_REASON.notSpecified]),
  );
}

/**
 * The P-DATA-TF PDUs of one command set or data set, one PDV each, none with a PDU-length above what the peer announced
 * (0: no limit). Fragments are of even length as PS3.8 section 9.3.5.1 wants them. `more` leaves the last fragment unmarked.
 */
export function encodeData(
  contextId: number,
  kind: 'command' | 'data',
  message: Buffer,
  peerMaximumLength: number,
  more = false,
): Buffer {
  const room = peerMaximumLength === 0 ? message.length : Math.max(2, (peerMaximumLength - 6) & ~1);
  const pdus: Buffer[] = [];
  for (let offset = 0; offset === 0 || offset < message.length; offset += room) {
    const part = message.subarray(offset, offset + room);
    const header = Buffer.alloc(12);
    header.writeUInt8(PDU.data, 0);
    header.writeUInt32BE(part.length + 6, 2);
    header.writeUInt32BE(part.length + 2, 6);
    header.writeUInt8(contextId, 10);
    header.writeUInt8((kind === 'command' ? 1 : 0) | (!more && offset + room >= message.length ? 2 : 0), 11);
    pdus.push(header, part);
  }
  return Buffer.concat(pdus);
}
