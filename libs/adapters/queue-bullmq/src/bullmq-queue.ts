import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { JobQueue, type Job } from '#libs/ports';

export type QueueConnection = { redisUrl: string } | { databaseUrl: string };

const KEEP = { removeOnComplete: true, removeOnFail: { count: 1000 } } as const;
const RETRY = { attempts: 5, backoff: { type: 'exponential', delay: 500 } } as const;

/** BullMQ 6, on Redis/Valkey or on its PostgreSQL backend (schema `bullmq`, migrated by BullMQ itself). */
export class BullmqQueue extends JobQueue {
  private readonly queues = new Map<string, Queue>();
  private readonly workers: Worker[] = [];

  constructor(
    private readonly connection: QueueConnection,
    private readonly onError: (error: Error) => void,
  ) {
    super();
  }

  async add(name: string, jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    const queue = this.queues.get(name) ?? this.open(name);
    await queue.addBulk(
      jobs.map((job) => ({ name, data: job.data, opts: { ...KEEP, ...RETRY, ...(job.id ? { jobId: job.id } : {}) } })),
    );
  }

  async process(
    name: string,
    concurrency: number,
    handle: (data: Record<string, unknown>) => Promise<void>,
  ): Promise<void> {
    const processor = async (job: { data: Record<string, unknown> }) => handle(job.data);
    const tuning = { concurrency, stalledInterval: 10_000, lockDuration: 30_000 };
    const worker =
      'redisUrl' in this.connection
        ? new Worker(name, processor, {
            ...tuning,
            connection: { url: this.connection.redisUrl, maxRetriesPerRequest: null },
          })
        : new Worker(
            name,
            processor,
            { ...tuning, connection: this.postgres(this.connection.databaseUrl) },
            createPostgresBackend,
          );
    worker.on('error', this.onError);
    this.workers.push(worker as Worker);
    await worker.waitUntilReady();
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }

  private open(name: string): Queue {
    const queue =
      'redisUrl' in this.connection
        ? new Queue(name, { connection: { url: this.connection.redisUrl } })
        : new Queue(name, { connection: this.postgres(this.connection.databaseUrl) }, createPostgresBackend);
    queue.on('error', this.onError);
    this.queues.set(name, queue as Queue);
    return queue as Queue;
  }

  private postgres(connectionString: string) {
    // A queue may be lost whole: what it says need not wait for the disk.
    return { connectionString, schema: 'bullmq', migrate: true, max: 4, options: '-c synchronous_commit=off' };
  }
}
