import { Agent, request, type IncomingMessage } from 'node:http';
import type { Contender, Receiver } from './contender.js';

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

type Address = Pick<Contender, 'httpPort' | 'dicomWeb' | 'headers'>;

/** One client on one connection that is kept; `node:http`, because `fetch` is slower than either server. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });

  constructor(private readonly contender: Address) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.ask('GET', path, headers, []);
  }

  post(path: string, headers: Record<string, string>, body: readonly Buffer[]): Promise<Reply> {
    const length = body.reduce((sum, part) => sum + part.length, 0);
    return this.ask('POST', path, { ...headers, 'content-length': String(length) }, body);
  }

  close(): void {
    this.agent.destroy();
  }

  private ask(method: string, path: string, headers: Record<string, string>, body: readonly Buffer[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          agent: this.agent,
          host: '127.0.0.1',
          port: this.contender.httpPort,
          path: `${this.contender.dicomWeb}${path}`,
          method,
          headers: { ...this.contender.headers, ...headers },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
          );
        },
      );
      asked.on('error', reject);
      for (const part of body) asked.write(part);
      asked.end();
    });
  }
}

/** @throws Error that says what came instead */
export function expectStatus(contender: Receiver, what: string, reply: Reply, status = 200): Reply {
  if (reply.status === status) return reply;
  throw new Error(
    `${contender.name}, ${what}: ${reply.status} instead of ${status}: ${reply.body.toString().slice(0, 300)}`,
  );
}

/** `count` clients at once, each given its own connection; @returns seconds until the last is done */
export async function clients(
  contender: Address,
  count: number,
  work: (client: HttpClient, index: number) => Promise<void>,
): Promise<number> {
  const all = Array.from({ length: count }, () => new HttpClient(contender));
  const began = performance.now();
  try {
    await Promise.all(all.map(work));
    return (performance.now() - began) / 1000;
  } finally {
    for (const client of all) client.close();
  }
}

/** Requests for `seconds`; @returns how many were answered each second, and how long each took in milliseconds */
export async function hammer(
  contender: Contender,
  options: { clients: number; seconds: number },
  one: (client: HttpClient, number: number) => Promise<void>,
): Promise<{ rate: number; times: number[] }> {
  const times: number[] = [];
  let number = 0;
  const seconds = await clients(contender, options.clients, async (client) => {
    const until = performance.now() + options.seconds * 1000;
    for (let now = performance.now(); now < until;) {
      await one(client, (number += 1));
      const then = now;
      now = performance.now();
      times.push(now - then);
    }
  });
  return { rate: times.length / seconds, times };
}
