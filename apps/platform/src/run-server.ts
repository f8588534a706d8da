import { Logger } from '@nestjs/common';

/**
 * The life of a server process: says it is ready, closes in order on SIGTERM, SIGINT, or when its supervisor is gone, and does not
 * hang: what is not closed after the grace is cut.
 */
export function runServer(name: string, close: () => Promise<void>, ready: Record<string, unknown> = {}): void {
  const log = new Logger(name);
  let closing = false;
  const stop = (): void => {
    if (closing) return;
    closing = true;
    const cut = setTimeout(() => process.exit(1), 15_000);
    cut.unref();
    close().then(
      () => process.exit(0),
      (error: Error) => {
        log.error(`closing failed: ${error.message}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  process.send?.({ ready: name, ...ready });
}
