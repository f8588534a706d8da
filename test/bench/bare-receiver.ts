// A process that takes instances by DIMSE and HTTP, hashes them, writes and flushes them, and does nothing else: no header is read, no
// row written, no name made durable. What it reaches is what the machine leaves to any receiver. Prints its ports as JSON.
import { createHash } from 'node:crypto';
import { close, fdatasync, open, writev } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DimseServer } from '#libs/edges/dimse';

const folder = process.argv[2]!;
const [opened, written, flushed, closed] = [promisify(open), promisify(writev), promisify(fdatasync), promisify(close)];
await mkdir(folder, { recursive: true });

let kept = 0;
function reception() {
  const hash = createHash('sha256');
  const pieces: Buffer[] = [];
  return {
    write: (piece: Buffer): void => {
      hash.update(piece);
      pieces.push(piece);
    },
    keep: async (): Promise<void> => {
      hash.digest();
      kept += 1;
      const file = await opened(join(folder, String(kept)), 'wx');
      await written(file, pieces);
      await flushed(file);
      await closed(file);
    },
  };
}

const dimse = new DimseServer<string>({
  aeTitle: 'BARE',
  resolveCaller: async (callingAe) => callingAe,
  sink: {
    open: () => {
      const { write, keep } = reception();
      return { write, commit: () => keep().then(() => ({ status: 0 })), abort: async () => undefined };
    },
  },
});
const { port: dimsePort } = await dimse.listen('127.0.0.1', 0);
const http = createServer((request, response) => {
  const { write, keep } = reception();
  request.on('data', write);
  request.on('end', () => void keep().then(() => response.end()));
});
http.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ httpPort: (http.address() as AddressInfo).port, dimsePort }));
});
