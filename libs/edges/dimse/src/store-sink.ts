import type { Peer } from './dimse-service.js';

/** One C-STORE-RQ, told before its data set arrives. */
export interface StoreRequest<Caller> extends Peer<Caller> {
  /** Transfer syntax negotiated for the presentation context: how the bytes of the data set are written. */
  readonly transferSyntaxUid: string;
  readonly affectedSopClassUid: string;
  /** As the peer gave it: at most 64 letters, digits, dots, hyphens and underscores, not always a well-formed UID. */
  readonly affectedSopInstanceUid: string;
  readonly messageId: number;
}

/** How storing ended, as DIMSE says it (PS3.4 table B.2-1). */
export interface StoreOutcome {
  /**
   * 0x0000 success, 0xB000… warning (stored), 0xA700 out of resources, 0xA900 data set does not match SOP class,
   * 0xC000 cannot understand, 0x0110 processing failure, 0x0124 not authorised.
   */
  readonly status: number;
  /** Sent as ErrorComment when the status is not success: ASCII, cut at 64 characters. */
  readonly comment?: string;
}

/**
 * Takes the data set of one instance (no file meta information). The calls never overlap: `write`…, then either `commit`, or
 * `abort`. `abort` also follows a `write` or `commit` that threw, never a `commit` that returned.
 */
export interface InstanceWriter {
  /** A piece as it came from the socket, 64 kB at most; it is the writer's to keep. The socket waits for a slow writer. */
  write(chunk: Buffer): Promise<void> | void;
  /** When this returns a success or a warning the instance is safe: the answer to the peer follows. */
  commit(): Promise<StoreOutcome>;
  /** The instance did not come whole, or could not be kept: leave nothing behind. */
  abort(reason: string): Promise<void>;
}

/**
 * Where instances go. An error thrown here or by the writer answers the instance with 0x0110 (0xA700 where the error has `code`
 * 'unavailable' or 'out-of-resources'); the association lives on.
 */
export interface StoreSink<Caller> {
  open(request: StoreRequest<Caller>): Promise<InstanceWriter> | InstanceWriter;
  /** An association is over, in order (`released`) or not; nothing of it comes any more. An error is logged. */
  ended?(peer: Peer<Caller>, how: 'released' | 'aborted'): Promise<void>;
}
