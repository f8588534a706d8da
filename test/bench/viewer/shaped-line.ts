import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a line carries each way, and how long it takes there and back. */
export interface LineLimits {
  readonly bitsPerSecond: number;
  readonly roundTripMs: number;
}

/** Of one connection not more than this waits in the line; then its sender is held. */
const MOST_WAITING = 32 * 1024;

/** One direction of the line, shared by all of its connections: what is sent leaves it one after the other. */
class Direction {
  private freeAt = 0;

  constructor(
    private readonly bytesPerMs: number,
    private readonly delayMs: number,
  ) {}

  /** @returns when the bytes are at the other end, by `performance.now()` */
  carry(bytes: number): number {
    this.freeAt = Math.max(performance.now(), this.freeAt) + bytes / this.bytesPerMs;
    return this.freeAt + this.delayMs;
  }
}

/**
 * A TCP relay to a port of this machine that is as slow as a township's line. All connections share its bandwidth; a new connection waits
 * a round trip, as its handshake would. The slow start of TCP is not modelled, which flatters whoever opens many connections.
 */
export class ShapedLine {
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static async to(target: number, { bitsPerSecond, roundTripMs }: LineLimits): Promise<ShapedLine> {
    const bytesPerMs = bitsPerSecond / 8000;
    const [up, down] = [new Direction(bytesPerMs, roundTripMs / 2), new Direction(bytesPerMs, roundTripMs / 2)];
    let line: ShapedLine;
    const server = createServer({ noDelay: true }, (near) => {
      const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
      line.keep(near, far);
      pass(near, far, up, roundTripMs);
      pass(far, near, down, 0);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    line = new ShapedLine(server, (server.address() as AddressInfo).port);
    return line;
  }

  private keep(...sockets: Socket[]): void {
    for (const socket of sockets) {
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    }
  }

  close(): void {
    this.server.close();
    for (const socket of this.open) socket.destroy();
  }
}

/** In pieces of a segment's size, so that connections take turns. */
const PIECE = 1448;

/** One connection's way in one direction: its pieces arrive in order, each at its time. */
function pass(from: Socket, to: Socket, direction: Direction, handshakeMs: number): void {
  const ready = performance.now() + handshakeMs;
  const coming: { at: number; piece: Buffer | null }[] = [];
  let [waiting, timed] = [0, false];
  const arrive = (): void => {
    timed = false;
    while (coming[0] && coming[0].at <= performance.now()) {
      const { piece } = coming.shift()!;
      waiting -= piece?.length ?? 0;
      if (to.destroyed) continue;
      if (piece) to.write(piece);
      else to.end();
    }
    if (waiting <= MOST_WAITING) from.resume();
    next();
  };
  const next = (): void => {
    if (timed || !coming[0]) return;
    timed = true;
    setTimeout(arrive, Math.max(0, coming[0].at - performance.now()));
  };
  const send = (piece: Buffer | null): void => {
    waiting += piece?.length ?? 0;
    coming.push({ at: Math.max(ready, direction.carry(piece?.length ?? 0)), piece });
    next();
  };
  from.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += PIECE) send(chunk.subarray(at, at + PIECE));
    if (waiting > MOST_WAITING) from.pause();
  });
  from.once('end', () => send(null));
  from.on('error', () => to.destroy());
  from.once('close', () => send(null));
}
