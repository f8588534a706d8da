import { open } from 'node:fs/promises';

/**
 * Makes directory entries durable in groups. While one round of fsync runs, further requests gather; the next round
 * takes them all and syncs every directory once. A caller waits for a round that began after its request, so its
 * own entry is in it.
 */
export class DirectorySync {
  #waiting = new Map<string, Array<{ resolve: () => void; reject: (cause: unknown) => void }>>();
  #running = false;

  /** Resolves when the entries that `directory` holds now would outlive a loss of power. */
  sync(directory: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const callers = this.#waiting.get(directory);
      if (callers) callers.push({ resolve, reject });
      else this.#waiting.set(directory, [{ resolve, reject }]);
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Requests of the same turn of the event loop ride in the first round.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const round = this.#waiting;
      this.#waiting = new Map();
      await Promise.all(
        [...round].map(async ([directory, callers]) => {
          try {
            await fsyncDirectory(directory);
            for (const caller of callers) caller.resolve();
          } catch (cause) {
            for (const caller of callers) caller.reject(cause);
          }
        }),
      );
    }
    this.#running = false;
  }
}

async function fsyncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
