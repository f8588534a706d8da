/** PDU types of PS3.8 section 9.3. */
export const PDU = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  data: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;

/** Every PDU that is held whole: all but P-DATA-TF. */
export type ControlPduType = Exclude<(typeof PDU)[keyof typeof PDU], typeof PDU.data>;

/** Reason of a service-provider A-ABORT (PS3.8 table 9-26). */
export const ABORT_REASON = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedParameter: 4,
  unexpectedParameter: 5,
  invalidParameterValue: 6,
} as const;

export type AbortReason = (typeof ABORT_REASON)[keyof typeof ABORT_REASON];

/** A piece of a presentation data value: as much of it as one read from the socket brought. */
export interface PdvFragment {
  readonly contextId: number;
  readonly kind: 'command' | 'data';
  /** True on the last piece of the last PDV of a command set or data set. */
  readonly last: boolean;
  /** A view on the bytes read, not a copy; empty where the sender closes with an empty PDV. */
  readonly bytes: Buffer;
}

/** What the reader tells, in the order of the stream. After `invalid` nothing more is told. */
export interface PduHandler {
  control(type: ControlPduType, body: Buffer): void;
  fragment(fragment: PdvFragment): void;
  invalid(reason: AbortReason, detail: string): void;
}

/** Limits in bytes, both on the PDU-length field (which leaves out the six bytes of the header). */
export interface PduLimits {
  readonly control: number;
  readonly data: number;
}

/**
 * A request of 128 presentation contexts with every transfer syntax takes some 200 kB. Senders that count the PDU header
 * wrongly, or ignore the announced length, cost nothing here, because a P-DATA-TF is never held: so its limit is generous.
 */
export const PDU_LIMITS: PduLimits = { control: 256 * 1024, data: 1024 * 1024 };

const HEADER_LENGTH = 6;
const PDV_HEADER_LENGTH = 6;
const FIXED_LENGTH_TYPES: ReadonlySet<number> = new Set([
  PDU.associateReject,
  PDU.releaseRequest,
  PDU.releaseResponse,
  PDU.abort,
]);

/**
 * Reads the stream of PDUs of PS3.8 section 9.3 in chunks of any size. Control PDUs are gathered whole, presentation data
 * values go on as they arrive, so that neither a PDU nor a data set is ever held in memory.
 */
export class PduReader {
  private stage: 'header' | 'control' | 'pdv-header' | 'pdv' | 'stopped' = 'header';
  private readonly header = Buffer.alloc(HEADER_LENGTH);
  private filled = 0;
  private control: Buffer = Buffer.alloc(0);
  private controlType: ControlPduType = PDU.abort;
  /** What is left of the current P-DATA-TF, and of the current PDV within it. */
  private pduLeft = 0;
  private pdvLeft = 0;
  private contextId = 0;
  private kind: 'command' | 'data' = 'data';
  private lastPdv = false;

  constructor(
    private readonly handler: PduHandler,
    private readonly limits: PduLimits = PDU_LIMITS,
  ) {}

  /** Takes the next bytes of the stream. The handler is called before this returns. */
  push(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length && this.stage !== 'stopped') {
      if (this.stage === 'pdv') offset += this.passOn(chunk, offset);
      else if (this.stage === 'control') offset += this.gather(chunk, offset);
      else offset += this.readHeader(chunk, offset);
    }
  }

  /** Lets go of the rest of the stream. */
  stop(): void {
    this.stage = 'stopped';
  }

  private readHeader(chunk: Buffer, offset: number): number {
    const size = Math.min(HEADER_LENGTH - this.filled, chunk.length - offset);
    chunk.copy(this.header, this.filled, offset, offset + size);
    this.filled += size;
    if (this.filled === HEADER_LENGTH) {
      this.filled = 0;
      if (this.stage === 'header') this.startPdu();
      else this.startPdv();
    }
    return size;
  }

  private startPdu(): void {
    const type = this.header.readUInt8(0);
    const length = this.header.readUInt32BE(2);
    if (type === PDU.data) {
      if (length > this.limits.data) return this.refuse(`P-DATA-TF of ${length} bytes`);
      this.pduLeft = length;
      this.nextPdv();
      // A P-DATA-TF holds one PDV or more (PS3.8 section 9.3.5).
      if (length === 0) this.refuse('P-DATA-TF without a PDV');
      return;
    }
    if (!isControlPduType(type)) {
      return this.refuse(`PDU type 0x${type.toString(16)}`, ABORT_REASON.unrecognizedPdu);
    }
    if (length > this.limits.control || length < 4 || (FIXED_LENGTH_TYPES.has(type) && length !== 4)) {
      return this.refuse(`PDU type 0x${type.toString(16)} of ${length} bytes`);
    }
    this.controlType = type;
    this.control = Buffer.allocUnsafeSlow(length);
    this.stage = 'control';
  }

  private gather(chunk: Buffer, offset: number): number {
    const size = Math.min(this.control.length - this.filled, chunk.length - offset);
    chunk.copy(this.control, this.filled, offset, offset + size);
    this.filled += size;
    if (this.filled === this.control.length) {
      const body = this.control;
      this.control = Buffer.alloc(0);
      this.filled = 0;
      this.stage = 'header';
      this.handler.control(this.controlType, body);
    }
    return size;
  }

  private nextPdv(): void {
    if (this.pduLeft === 0) this.stage = 'header';
    else if (this.pduLeft < PDV_HEADER_LENGTH) this.refuse(`${this.pduLeft} bytes left over behind a PDV`);
    else this.stage = 'pdv-header';
  }

  private startPdv(): void {
    const length = this.header.readUInt32BE(0);
    // The length counts the context id and the message control header (PS3.8 table 9-23).
    if (length < 2 || length + 4 > this.pduLeft) {
      return this.refuse(`PDV of ${length} bytes with ${this.pduLeft} left in its PDU`);
    }
    const control = this.header.readUInt8(5);
    this.contextId = this.header.readUInt8(4);
    this.kind = (control & 1) === 1 ? 'command' : 'data';
    this.lastPdv = (control & 2) === 2;
    this.pduLeft -= length + 4;
    this.pdvLeft = length - 2;
    this.stage = 'pdv';
    // An empty PDV has no bytes to wait for.
    if (this.pdvLeft === 0) this.passOn(Buffer.alloc(0), 0);
  }

  private passOn(chunk: Buffer, offset: number): number {
    const size = Math.min(this.pdvLeft, chunk.length - offset);
    this.pdvLeft -= size;
    const ended = this.pdvLeft === 0;
    // The next stage is set before the handler runs, which may stop the reader.
    if (ended) this.stage = 'header';
    this.handler.fragment({
      contextId: this.contextId,
      kind: this.kind,
      last: ended && this.lastPdv,
      bytes: chunk.subarray(offset, offset + size),
    });
    if (ended && this.stage === 'header') this.nextPdv();
    return size;
  }

  private refuse(detail: string, reason: AbortReason = ABORT_REASON.invalidParameterValue): void {
    this.stage = 'stopped';
    this.handler.invalid(reason, detail);
  }
}

function isControlPduType(type: number): type is ControlPduType {
  return type >= PDU.associateRequest && type <= PDU.abort && type !== PDU.data;
}
