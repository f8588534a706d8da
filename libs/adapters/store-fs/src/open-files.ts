import { close, open } from 'node:fs';

/** A viewer comes back to the same object within seconds; nothing is held longer. */
const HELD_MS = 10_000;
const MOST = 512;

interface OpenFile {
  readonly descriptor: Promise<number>;
  users: number;
  until: number;
  dropped: boolean;
}

/**
 * Files that are read again and again stay open for some seconds: opening and closing cost more than reading a frame out of memory.
 * Objects never change, so what an open file holds is what its name holds.
 */
export class OpenFiles {
  private readonly files = new Map<string, OpenFile>();
  private sweeping: NodeJS.Timeout | undefined;

  /** Rejects as `open` does. */
  async use<T>(path: string, work: (descriptor: number) => Promise<T>): Promise<T> {
    const file = this.files.get(path) ?? this.open(path);
    file.users += 1;
    file.until = Date.now() + HELD_MS;
    try {
      return await work(await file.descriptor);
    } finally {
      file.users -= 1;
      this.closeUnused(file);
    }
  }

  /** Whoever still reads it reads on; nobody new gets it. */
  drop(path: string): void {
    const file = this.files.get(path);
    if (!file) return;
    this.files.delete(path);
    file.dropped = true;
    this.closeUnused(file);
  }

  private open(path: string): OpenFile {
    const descriptor = new Promise<number>((resolve, reject) => {
      open(path, 'r', (error, number) => (error ? reject(error) : resolve(number)));
    });
    const file: OpenFile = { descriptor, users: 0, until: 0, dropped: false };
    this.files.set(path, file);
    descriptor.catch(() => {
      if (this.files.get(path) === file) this.files.delete(path);
    });
    if (this.files.size > MOST) this.drop(this.files.keys().next().value!);
    this.sweeping ??= setInterval(() => this.sweep(), HELD_MS / 2).unref();
    return file;
  }

  private sweep(): void {
    const now = Date.now();
    for (const [path, file] of this.files) if (file.users === 0 && file.until < now) this.drop(path);
    if (this.files.size > 0) return;
    clearInterval(this.sweeping);
    this.sweeping = undefined;
  }

  private closeUnused(file: OpenFile): void {
    if (!file.dropped || file.users > 0) return;
    file.descriptor.then(
      (number) => close(number, () => undefined),
      () => undefined,
    );
  }
}
