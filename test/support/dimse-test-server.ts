import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DimseServer, type DimseServerOptions } from '#libs/edges/dimse';
import type { InstanceWriter, StoreOutcome, StoreRequest } from '#libs/edges/dimse';
import { DimseClient, data, echoCommand, pdv, storeCommand } from '#test/dimse-client';

export interface Kept {
  request: StoreRequest<string>;
  sha256: string;
  bytes: number;
}

/** A sink that hashes what it gets and keeps only what was committed. */
export class HashingSink {
  readonly kept: Kept[] = [];
  readonly aborted: string[] = [];
  opened = 0;
  largestChunk = 0;
  onOpen: () => Promise<void> = async () => undefined;
  onWrite: () => Promise<void> = async () => undefined;
  onCommit: () => Promise<StoreOutcome> = async () => ({ status: 0 });

  async open(request: StoreRequest<string>): Promise<InstanceWriter> {
    this.opened += 1;
    await this.onOpen();
    const hash = createHash('sha256');
    let bytes = 0;
    return {
      write: async (chunk) => {
        hash.update(chunk);
        bytes += chunk.length;
        this.largestChunk = Math.max(this.largestChunk, chunk.length);
        await this.onWrite();
      },
      commit: async () => {
        const outcome = await this.onCommit();
        this.kept.push({ request, sha256: hash.digest('hex'), bytes });
        return outcome;
      },
      abort: async (reason) => {
        this.aborted.push(reason);
      },
    };
  }
}

/** A server that knows the callers SENDER and OTHER, of different organisations, and fails to look up BROKEN. */
export async function startServer(
  options: Partial<DimseServerOptions<string>> = {},
): Promise<{ sink: HashingSink; server: DimseServer<string>; port: number }> {
  const sink = new HashingSink();
  const server = new DimseServer<string>({
    aeTitle: 'QIAO',
    resolveCaller: async (callingAe) => {
      if (callingAe === 'BROKEN') throw new Error('no database');
      return { SENDER: 'township-1', OTHER: 'township-2' }[callingAe] ?? null;
    },
    sink,
    ...options,
  });
  const { port } = await server.listen('127.0.0.1', 0);
  return { sink, server, port };
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
export const elementText = (elements: Map<number, Buffer>, number: number): string =>
  elements.get(number)?.toString('latin1').trim() ?? '';
/** Waits, five seconds at most. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 1_000) throw new Error('waited in vain');
    await sleep(5);
  }
}

/** One C-STORE with the data set in PDVs of `size` bytes. */
export function storeMessage(messageId: number, uid: string, dataSet: Buffer, size = 16_000): Buffer {
  const parts = [data(pdv(3, 'command', true, storeCommand(messageId, uid)))];
  for (let at = 0; at < dataSet.length; at += size) {
    parts.push(data(pdv(3, 'data', at + size >= dataSet.length, dataSet.subarray(at, at + size))));
  }
  return Buffer.concat(parts);
}
/** That the server still serves after what a test did to it; throws where it does not. */
export async function assertAlive(port: number): Promise<void> {
  const client = await DimseClient.associate(port);
  await client.send(data(pdv(1, 'command', true, echoCommand(1))));
  const { status, contextId } = await client.response();
  if (status !== 0 || contextId !== 1) throw new Error(`C-ECHO was answered with ${status} on context ${contextId}`);
  await client.release();
}
