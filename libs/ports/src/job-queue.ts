/** One job; `id` makes adding it twice while it waits a single job (a saving, never a promise: handlers must stand repetition). */
export interface Job {
  id?: string;
  data: Record<string, unknown>;
}

/** Carries work between processes. Everything in it can be lost: what is to do is written in the tables. */
export abstract class JobQueue {
  abstract add(queue: string, jobs: readonly Job[]): Promise<void>;
  /** `handle` may be called again for the same job after a failure or a crash. */
  abstract process(
    queue: string,
    concurrency: number,
    handle: (data: Record<string, unknown>) => Promise<void>,
  ): Promise<void>;
  /** Lets running jobs finish, then lets go of the connections. */
  abstract close(): Promise<void>;
}
