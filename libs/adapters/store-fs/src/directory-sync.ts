import { close, fsync, open } from 'node:fs';
import { promisify } from 'node:util';

const opened = promisify(open);
const synced = promisify(fsync);

/** Directories kept open; objects lie in 256 of them for each kind. */
const MOST_OPEN = 1024;

/**
 * Makes directory entries durable in groups. While one round of fsync runs, further requests gather; the next round
 * takes them all and syncs every directory once. A caller waits for a round that began after its request, so its
 * own entry is in it.
 */
export class DirectorySync {
  #waiting = new Map<string, Array<{ resolve: () => void; reject: (cause: unknown) => void }>>();
  #running = false;
  readonly #open = new Map<string, Promise<number>>();

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
            await synced(await this.#descriptor(directory));
            for (const caller of callers) caller.resolve();
          } catch (cause) {
            for (const caller of callers) caller.reject(cause);
          }
        }),
      );
    }
    this.#running = false;
  }

  /** Directories were removed: what is open of them means nothing any more. */
  forget(): void {
    for (const descriptor of this.#open.values()) shut(descriptor);
    this.#open.clear();
  }

  #descriptor(directory: string): Promise<number> {
    const known = this.#open.get(directory);
    if (known) return known;
    const descriptor = opened(directory, 'r');
    this.#open.set(directory, descriptor);
    descriptor.catch(() => this.#open.delete(directory));
    if (this.#open.size > MOST_OPEN) {
      const [oldest, unused] = this.#open.entries().next().value!;
      this.#open.delete(oldest);
      shut(unused);
    }
    return descriptor;
  }
}

function shut(descriptor: Promise<number>): void {
  descriptor.then(
    (number) => close(number, () => undefined),
    () => undefined,
  );
}
