import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** the local port of the connection, to see whether it was used again */
  port: number;
}

/** One request over node:http, its body in whatever pieces, at whatever pace. */
export function send(
  base: string,
  path: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: AsyncIterable<Buffer> | Iterable<Buffer>;
    agent?: Agent;
  } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { method = 'POST', headers = {}, body = [], agent } = options;
    const outgoing = request(new URL(path, base), { method, headers, ...(agent ? { agent } : {}) });
    const take = (answer: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      const port = answer.socket.localPort!;
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode!,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString('utf8'),
          port,
        }),
      );
    };
    outgoing.on('response', take);
    outgoing.on('error', reject);
    void (async () => {
      if (headers['expect']) await new Promise((go) => outgoing.once('continue', go));
      for await (const chunk of body) {
        if (!outgoing.write(chunk)) await new Promise((go) => outgoing.once('drain', go));
      }
      outgoing.end();
    })().catch(reject);
  });
}

/** A connection on which any bytes can be said; `heard` gathers what comes back. */
export interface Line {
  socket: Socket;
  heard: () => string;
  closed: Promise<void>;
}

export function openLine(port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.once('error', reject);
    const closed = new Promise<void>((gone) => socket.once('close', () => gone()));
    socket.once('connect', () => {
      socket.on('error', () => undefined);
      resolve({ socket, heard: () => heard, closed });
    });
  });
}
