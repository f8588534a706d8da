import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * A requestor that says exactly the bytes it is told, right or wrong. It shares no code with the acceptor, so that one mistake
 * cannot hide in both.
 */
export const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

export interface AssociateOptions {
  called?: string;
  calling?: string;
  /** [id, abstract syntax, transfer syntaxes] */
  contexts?: [number, string, string[]][];
  maximumLength?: number;
  protocolVersion?: number;
  applicationContext?: string;
  /** More items for the user information, already encoded. */
  userItems?: Buffer[];
}

export function pdu(type: number, body: Buffer): Buffer {
  const header = Buffer.from([type, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}

export function item(type: number, value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([header, bytes]);
}

export function associateRequest(options: AssociateOptions = {}): Buffer {
  const contexts = options.contexts ?? [
    [1, '1.2.840.10008.1.1', ['1.2.840.10008.1.2']],
    [3, CT_IMAGE_STORAGE, [EXPLICIT_LITTLE_ENDIAN]],
  ];
  const fixed = Buffer.alloc(68);
  fixed.writeUInt16BE(options.protocolVersion ?? 1);
  fixed.write((options.called ?? 'QIAO').padEnd(16), 4, 'latin1');
  fixed.write((options.calling ?? 'SENDER').padEnd(16), 20, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(options.maximumLength ?? 16384);
  const user = [item(0x51, length), item(0x52, '1.2.3.4'), ...(options.userItems ?? [])];
  return pdu(
    0x01,
    Buffer.concat([
      fixed,
      item(0x10, options.applicationContext ?? '1.2.840.10008.3.1.1.1'),
      ...contexts.map(([id, abstractSyntax, syntaxes]) =>
        item(
          0x20,
          Buffer.concat([
            Buffer.from([id, 0, 0, 0]),
            item(0x30, abstractSyntax),
            ...syntaxes.map((one) => item(0x40, one)),
          ]),
        ),
      ),
      item(0x50, Buffer.concat(user)),
    ]),
  );
}

export function pdv(contextId: number, kind: 'command' | 'data', last: boolean, bytes: Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, 0, contextId, (kind === 'command' ? 1 : 0) | (last ? 2 : 0)]);
  header.writeUInt32BE(bytes.length + 2);
  return Buffer.concat([header, bytes]);
}

export function data(...pdvs: Buffer[]): Buffer {
  return pdu(0x04, Buffer.concat(pdvs));
}

/** A command set from [element number, value]; numbers become US, or UL for the group length that is put in front. */
export function commandSet(...elements: [number, number | string | Buffer][]): Buffer {
  const body = Buffer.concat(elements.map(([number, value]) => commandElement(number, value)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([commandElement(0x0000, length), body]);
}

function commandElement(number: number, value: number | string | Buffer): Buffer {
  const bytes =
    typeof value === 'number'
      ? Buffer.from([value & 255, value >> 8])
      : typeof value === 'string'
        ? Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1')
        : value;
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

export function echoCommand(messageId: number): Buffer {
  return commandSet([0x0002, '1.2.840.10008.1.1'], [0x0100, 0x0030], [0x0110, messageId], [0x0800, 0x0101]);
}

export function storeCommand(messageId: number, instanceUid: string, classUid = CT_IMAGE_STORAGE): Buffer {
  return commandSet(
    [0x0002, classUid],
    [0x0100, 0x0001],
    [0x0110, messageId],
    [0x0700, 0],
    [0x0800, 0x0001],
    [0x1000, instanceUid],
  );
}

export const RELEASE_REQUEST = pdu(0x05, Buffer.alloc(4));
export const ABORT = pdu(0x07, Buffer.alloc(4));

/** Results of the presentation contexts of an A-ASSOCIATE-AC by their ids: 0 is accepted (PS3.8 table 9-18). */
export function contextResults(body: Buffer): Map<number, number> {
  const results = new Map<number, number>();
  for (let at = 68; at + 4 <= body.length; at += 4 + body.readUInt16BE(at + 2)) {
    if (body[at] === 0x21) results.set(body.readUInt8(at + 4), body.readUInt8(at + 6));
  }
  return results;
}

export interface ReceivedPdu {
  type: number;
  body: Buffer;
}

export interface ReceivedCommand {
  contextId: number;
  elements: Map<number, Buffer>;
  status: number;
  messageId: number;
}

/** A raw connection: sends bytes, and gives what comes back PDU by PDU; null when the other side has closed. */
export class DimseClient {
  private buffered = Buffer.alloc(0);
  private readonly arrived: ReceivedPdu[] = [];
  private waiting: (() => void) | null = null;
  private ended = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      this.waiting?.();
    });
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<DimseClient> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new DimseClient(socket);
  }

  /** Connects and expects to be accepted. */
  static async associate(port: number, options: AssociateOptions = {}): Promise<DimseClient> {
    const client = await DimseClient.connect(port);
    await client.send(associateRequest(options));
    const answer = await client.next();
    if (answer?.type !== 0x02) throw new Error(`expected A-ASSOCIATE-AC, got ${describe(answer)}`);
    return client;
  }

  /** Settles when the kernel has taken the bytes. */
  async send(...parts: Buffer[]): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(Buffer.concat(parts), () => resolve()));
  }

  async next(): Promise<ReceivedPdu | null> {
    while (this.arrived.length === 0 && !this.ended) await new Promise<void>((resolve) => (this.waiting = resolve));
    return this.arrived.shift() ?? null;
  }

  /** The next response, put together from its fragments. */
  async response(): Promise<ReceivedCommand> {
    const parts: Buffer[] = [];
    for (;;) {
      const answer = await this.next();
      if (answer?.type !== 0x04) throw new Error(`expected P-DATA-TF, got ${describe(answer)}`);
      parts.push(answer.body.subarray(6));
      if ((answer.body.readUInt8(5) & 2) === 2) return readCommand(answer.body.readUInt8(4), Buffer.concat(parts));
    }
  }

  async release(): Promise<void> {
    await this.send(RELEASE_REQUEST);
    const answer = await this.next();
    if (answer?.type !== 0x06) throw new Error(`expected A-RELEASE-RP, got ${describe(answer)}`);
    await this.close();
  }

  /** Closes without a word. */
  async close(): Promise<void> {
    if (this.socket.closed) return;
    this.socket.destroy();
    if (!this.ended) await once(this.socket, 'close');
  }

  private read(chunk: Buffer): void {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    while (this.buffered.length >= 6) {
      const end = 6 + this.buffered.readUInt32BE(2);
      if (this.buffered.length < end) break;
      this.arrived.push({ type: this.buffered.readUInt8(0), body: this.buffered.subarray(6, end) });
      this.buffered = this.buffered.subarray(end);
    }
    this.waiting?.();
  }
}

function readCommand(contextId: number, bytes: Buffer): ReceivedCommand {
  const elements = new Map<number, Buffer>();
  for (let offset = 0; offset < bytes.length;) {
    const end = offset + 8 + bytes.readUInt32LE(offset + 4);
    elements.set(bytes.readUInt16LE(offset + 2), bytes.subarray(offset + 8, end));
    offset = end;
  }
  const number = (element: number): number => elements.get(element)?.readUInt16LE(0) ?? -1;
  return { contextId, elements, status: number(0x0900), messageId: number(0x0120) };
}

function describe(answer: ReceivedPdu | null): string {
  return answer === null
    ? 'a closed connection'
    : `PDU type ${answer.type} ${answer.body.toString('hex').slice(0, 40)}`;
}
