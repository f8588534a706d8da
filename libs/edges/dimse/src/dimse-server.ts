import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStorageSopClass, transferSyntaxOf } from '#libs/formats/dicom';
import { Association } from './association.js';
import type { DimseLog } from './dimse-log.js';
import type { KnownSyntaxes } from './negotiation.js';
import type { StoreSink } from './store-sink.js';

/** Settings of a DICOM listener. Times are in milliseconds. */
export interface DimseServerOptions<Caller> {
  /** Our AE title: an association that calls another is refused (A-ASSOCIATE-RJ 1/1/7). 1 to 16 characters. */
  readonly aeTitle: string;
  /**
   * Who calls. Null refuses the association (1/1/3); an error puts the caller off (2/3/1). The calling AE comes without
   * padding, the address without the IPv6 prefix of a mapped IPv4 address.
   */
  readonly resolveCaller: (callingAe: string, remoteAddress: string) => Promise<Caller | null>;
  readonly sink: StoreSink<Caller>;
  /** Associations at one time; further ones are put off (2/3/2). Default 64. */
  readonly maxAssociations?: number;
  /** How long a connection may take to ask for its association, and to close at its end (PS3.8 section 9.1.5). Default 30 s. */
  readonly artimMs?: number;
  /** Silence of the peer after which an association is aborted; time the sink takes does not count. Default 60 s. */
  readonly idleMs?: number;
  readonly log?: DimseLog;
}

/** How long closing waits for aborted associations to let go of their instances. */
const LAST_WAIT_MS = 1_000;

/**
 * A DICOM listener: Verification and Storage as provider (PS3.4 annexes A and B), each storage SOP class in any transfer syntax
 * known, data sets handed to the sink as they arrive. No C-STORE-RSP leaves before the sink's `commit` has returned.
 */
export class DimseServer<Caller> {
  private readonly server: Server;
  private readonly connections = new Set<Association<Caller>>();
  private readonly admitted = new Set<Association<Caller>>();
  private readonly maxAssociations: number;
  private closing = false;

  constructor(private readonly options: DimseServerOptions<Caller>) {
    if (!/^[!-[\]-~]([ -[\]-~]{0,14}[!-[\]-~])?$/.test(options.aeTitle)) {
      throw new RangeError(`'${options.aeTitle}' is not an AE title (PS3.5 section 6.2)`);
    }
    this.maxAssociations = options.maxAssociations ?? 64;
    this.server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }, (socket) =>
      this.take(socket),
    );
    // Room beyond the associations, to refuse them in words; behind that connections are cut.
    this.server.maxConnections = this.maxAssociations * 2 + 16;
  }

  /** Associations that are established now. */
  get associations(): number {
    return this.admitted.size;
  }

  /** Starts to listen; port 0 takes a free one. @throws the error of the socket, such as EADDRINUSE */
  async listen(host: string, port: number): Promise<{ port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host, port }, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const address = this.server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : port };
  }

  /**
   * Takes no more connections, lets each association finish the message it is in for at most `graceMs`, then aborts. An instance
   * that was not answered by then was aborted or its answer is lost: its sender will send it again.
   */
  async close(graceMs: number): Promise<void> {
    this.closing = true;
    const stopped = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const association of this.connections) association.drain();
    await this.emptied(graceMs);
    for (const association of this.connections) association.kill();
    await this.emptied(LAST_WAIT_MS);
    for (const association of this.connections) association.destroy();
    await stopped;
  }

  private take(socket: Socket): void {
    const { options } = this;
    const association = new Association<Caller>(socket, {
      aeTitle: options.aeTitle,
      resolveCaller: options.resolveCaller,
      sink: options.sink,
      known: KNOWN_SYNTAXES,
      artimMs: options.artimMs ?? 30_000,
      idleMs: options.idleMs ?? 60_000,
      log: options.log ?? (() => undefined),
      admit: (one) => this.admit(one),
    });
    this.connections.add(association);
    void association.finished.then(() => {
      this.connections.delete(association);
      this.admitted.delete(association);
    });
    if (this.closing) association.destroy();
  }

  private admit(association: Association<Caller>): boolean {
    if (this.closing || this.admitted.size >= this.maxAssociations) return false;
    this.admitted.add(association);
    return true;
  }

  private async emptied(milliseconds: number): Promise<void> {
    const cancel = new AbortController();
    const all = Promise.all(Array.from(this.connections, (association) => association.finished));
    await Promise.race([all, sleep(milliseconds, undefined, { signal: cancel.signal }).catch(() => undefined)]);
    cancel.abort();
  }
}

const KNOWN_SYNTAXES: KnownSyntaxes = {
  isSopClass: isStorageSopClass,
  isTransferSyntax: (uid) => Boolean(transferSyntaxOf(uid)),
};
