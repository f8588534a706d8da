import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  isStorageSopClass,
  transferSyntaxOf,
} from '#libs/formats/dicom';
import { Association } from './association.js';
import { COMMAND_FIELD } from './command-elements.js';
import type { DimseLog } from './dimse-log.js';
import type { DimseService } from './dimse-service.js';
import { VERIFICATION_SOP_CLASS, type KnownSyntaxes } from './negotiation.js';
import { secureOptions, type SecureTransport } from './secure-transport.js';
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
  /** Service classes beside Verification and Storage. */
  readonly services?: readonly DimseService<Caller>[];
  /** Associations at one time; further ones are put off (2/3/2). Default 64. */
  readonly maxAssociations?: number;
  /** Whose share of the associations a caller takes, and how large it is; beyond it associations are put off (2/3/2) too. */
  readonly shareOf?: (caller: Caller) => { readonly key: string; readonly associations: number };
  /** How long a connection may take to ask for its association, and to close at its end (PS3.8 section 9.1.5). Default 30 s. */
  readonly artimMs?: number;
  /** Silence of the peer after which an association is aborted; time the sink takes does not count. Default 60 s. */
  readonly idleMs?: number;
  /** How long a peer may take for its response to a request of ours. Default 60 s. */
  readonly responseMs?: number;
  readonly log?: DimseLog;
}

/** Requests of one association performed at the same time, where the peer offers asynchronous operations. */
const WINDOW = 8;

/** How long closing waits for aborted associations to let go of their instances. */
const LAST_WAIT_MS = 1_000;

/**
 * A DICOM listener: Verification and Storage as provider (PS3.4 annexes A and B), each storage SOP class in any transfer syntax
 * known, data sets handed to the sink as they arrive; other service classes by their `DimseService`. No C-STORE-RSP leaves before
 * the sink's `commit` has returned.
 */
export class DimseServer<Caller> {
  private readonly servers: Server[] = [];
  private readonly connections = new Set<Association<Caller>>();
  private readonly admitted = new Map<Association<Caller>, string>();
  private readonly known: KnownSyntaxes;
  private readonly maxAssociations: number;
  private closing = false;

  constructor(private readonly options: DimseServerOptions<Caller>) {
    if (!/^[!-[\]-~]([ -[\]-~]{0,14}[!-[\]-~])?$/.test(options.aeTitle)) {
      throw new RangeError(`'${options.aeTitle}' is not an AE title (PS3.5 section 6.2)`);
    }
    this.maxAssociations = options.maxAssociations ?? 64;
    this.known = knownSyntaxes(options.services ?? []);
  }

  /** Associations that are established now. */
  get associations(): number {
    return this.admitted.size;
  }

  /**
   * Starts to listen, with `tls` for connections by TLS (PS3.15 section B.12) alone; several doors share the associations. Port 0 takes
   * a free one. @throws the error of the socket, such as EADDRINUSE, or of a certificate or key that cannot be used
   */
  async listen(host: string, port: number, tls?: SecureTransport): Promise<{ port: number }> {
    const server = this.createServer(tls);
    // Room beyond the associations, to refuse them in words; behind that connections are cut.
    server.maxConnections = this.maxAssociations * 2 + 16;
    this.servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const address = server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : port };
  }

  /**
   * Takes no more connections, lets each association finish the message it is in for at most `graceMs`, then aborts. An instance
   * that was not answered by then was aborted or its answer is lost: its sender will send it again.
   */
  async close(graceMs: number): Promise<void> {
    this.closing = true;
    const stopped = Promise.all(
      this.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
    );
    for (const association of this.connections) association.drain();
    await this.emptied(graceMs);
    for (const association of this.connections) association.kill();
    await this.emptied(LAST_WAIT_MS);
    for (const association of this.connections) association.destroy();
    await stopped;
  }

  private createServer(tls: SecureTransport | undefined): Server {
    const { artimMs = 30_000 } = this.options;
    const transport = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };
    if (tls === undefined) return createServer(transport, (socket) => this.take(socket));
    const secured = { ...transport, ...secureOptions(tls), handshakeTimeout: artimMs };
    const server = createTlsServer(secured, (socket) => this.take(socket));
    server.on('tlsClientError', (error, socket) => {
      const { remoteAddress } = socket;
      this.options.log?.('warn', 'TLS handshake failed', { callingAe: '', remoteAddress, error: error.message });
      // A handshake that was not finished in time leaves its connection open.
      socket.destroy();
    });
    return server;
  }

  private take(socket: Socket): void {
    const { options } = this;
    const association = new Association<Caller>(socket, {
      aeTitle: options.aeTitle,
      resolveCaller: options.resolveCaller,
      services: { sink: options.sink, isStorage: isStorageSopClass, others: options.services ?? [] },
      known: this.known,
      artimMs: options.artimMs ?? 30_000,
      idleMs: options.idleMs ?? 60_000,
      responseMs: options.responseMs ?? 60_000,
      log: options.log ?? (() => undefined),
      admit: (one, caller) => this.admit(one, caller),
    });
    this.connections.add(association);
    void association.finished.then(() => {
      this.connections.delete(association);
      this.admitted.delete(association);
    });
    if (this.closing) association.destroy();
  }

  private admit(association: Association<Caller>, caller: Caller): boolean {
    if (this.closing || this.admitted.size >= this.maxAssociations) return false;
    const share = this.options.shareOf?.(caller) ?? { key: '', associations: this.maxAssociations };
    const taken = [...this.admitted.values()].filter((key) => key === share.key).length;
    if (taken >= share.associations) return false;
    this.admitted.set(association, share.key);
    return true;
  }

  private async emptied(milliseconds: number): Promise<void> {
    const cancel = new AbortController();
    const all = Promise.all(Array.from(this.connections, (association) => association.finished));
    await Promise.race([all, sleep(milliseconds, undefined, { signal: cancel.signal }).catch(() => undefined)]);
    cancel.abort();
  }
}

/** What every service class but storage takes: identifiers are never compressed. */
const PLAIN_TRANSFER_SYNTAXES: ReadonlySet<string> = new Set([
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
]);
const EVERY_TRANSFER_SYNTAX = { has: (uid: string) => transferSyntaxOf(uid) !== undefined };
/** Storage, Level 2 (Full), every digital signature kept, no coercion (PS3.4 section B.3.1). */
const STORAGE_NEGOTIATION = Buffer.from([2, 0, 3, 0, 0, 0]);

function knownSyntaxes<Caller>(services: readonly DimseService<Caller>[]): KnownSyntaxes {
  const gives = services.some(({ commands }) => commands.has(COMMAND_FIELD.cGetRequest));
  return {
    window: WINDOW,
    transferSyntaxesOf(uid) {
      if (uid === VERIFICATION_SOP_CLASS || isStorageSopClass(uid)) return EVERY_TRANSFER_SYNTAX;
      return services.some(({ sopClasses }) => sopClasses.has(uid)) ? PLAIN_TRANSFER_SYNTAXES : null;
    },
    takesPeerAsProvider: (uid) => gives && isStorageSopClass(uid),
    answerExtendedNegotiation(uid, proposed) {
      if (isStorageSopClass(uid)) return STORAGE_NEGOTIATION;
      const service = services.find(({ sopClasses }) => sopClasses.has(uid));
      return service?.answerExtendedNegotiation?.(uid, proposed) ?? null;
    },
  };
}
