import { createServer, type Server } from 'node:net';
import { commandSet, data, DimseClient, item, pdu, pdv, RELEASE_REQUEST } from './dimse-client.js';
import { number, readMessage, type ReceivedMessage } from './dimse-user.js';

/** A small peer that others call: accepts every context in its first transfer syntax, keeps what comes, answers as it is told. */
export class DimseProvider {
  readonly messages: ReceivedMessage[] = [];
  /** body of each A-ASSOCIATE-RQ */
  readonly requests: Buffer[] = [];
  answerWith: (message: ReceivedMessage) => number = () => 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<DimseProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const provider = new DimseProvider(server, port);
    server.on('connection', (socket) => void provider.serve(new DimseClient(socket)).catch(() => socket.destroy()));
    return provider;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async serve(client: DimseClient): Promise<void> {
    const request = await client.next();
    if (request?.type !== 0x01) throw new Error('no A-ASSOCIATE-RQ');
    this.requests.push(request.body);
    await client.send(accept(request.body));
    for (;;) {
      const message = await messageOrEnd(client);
      if (message === null) return;
      this.messages.push(message);
      const answer = commandSet(
        [0x0100, message.commandField | 0x8000],
        [0x0120, number(message, 0x0110)],
        [0x0800, 0x0101],
        [0x0900, this.answerWith(message)],
      );
      await client.send(data(pdv(message.contextId, 'command', true, answer)));
    }
  }
}

async function messageOrEnd(client: DimseClient): Promise<ReceivedMessage | null> {
  try {
    return await readMessage(client);
  } catch (error) {
    if (!(error as Error).message.endsWith(`got ${RELEASE_REQUEST[0]}`)) throw error;
    await client.send(pdu(0x06, Buffer.alloc(4)));
    await client.close();
    return null;
  }
}

function accept(body: Buffer): Buffer {
  const items: Buffer[] = [item(0x10, '1.2.840.10008.3.1.1.1')];
  for (let at = 68; at < body.length;) {
    const type = body.readUInt8(at);
    const length = body.readUInt16BE(at + 2);
    const value = body.subarray(at + 4, at + 4 + length);
    if (type === 0x20) items.push(item(0x21, Buffer.concat([Buffer.from([value[0]!, 0, 0, 0]), firstSyntax(value)])));
    at += 4 + length;
  }
  const maximum = Buffer.alloc(4);
  maximum.writeUInt32BE(16_384);
  items.push(item(0x50, Buffer.concat([item(0x51, maximum), item(0x52, '1.2.3.5')])));
  return pdu(0x02, Buffer.concat([Buffer.from([0, 1]), body.subarray(2, 68), ...items]));
}

function firstSyntax(context: Buffer): Buffer {
  for (let at = 4; at < context.length;) {
    const length = context.readUInt16BE(at + 2);
    if (context.readUInt8(at) === 0x40) return context.subarray(at, at + 4 + length);
    at += 4 + length;
  }
  throw new Error('a context without a transfer syntax');
}
