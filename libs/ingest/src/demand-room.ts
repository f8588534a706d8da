import { statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { Spool } from './spool.js';
import { UsageRepository, type Usage } from './usage.repository.js';

/** How long an answer stands: what comes in between goes beyond a limit by at most this much. */
const REMEMBERED_MS = 2_000;
/** Where less is free nothing is accepted any more, so that what is under way can end and the database can write. */
const LEAST_FREE_BYTES = 512 * 1024 * 1024;
/** From this share of a quota on it is near its end. */
const NEAR = 0.9;

/** Whether there is room for more: on the disk that receives, and within the organisation's quota; asked before the first byte is taken. */
@Injectable()
export class DemandRoom {
  private readonly usages = new Map<string, { until: number; usage: Promise<Usage> }>();
  private disk: { until: number; free: Promise<number> } | undefined;

  constructor(
    private readonly usage: UsageRepository,
    private readonly spool: Spool,
  ) {}

  /**
   * @param bytes how much is coming, where it is known
   * @throws Refusal `unavailable` / out-of-resources: the disk is nearly full; `no-room` / quota-exceeded
   */
  async for(organisation: string, bytes = 0): Promise<void> {
    if ((await this.freeBytes()) - bytes < LEAST_FREE_BYTES) {
      throw new Refusal('unavailable', 'out-of-resources', 'The disk that receives is nearly full; try again later.');
    }
    const use = await this.of(organisation);
    const over =
      (use.maxBytes !== null && (use.bytes >= use.maxBytes || use.bytes + bytes > use.maxBytes)) ||
      (use.maxInstances !== null && use.instances >= use.maxInstances);
    if (over) {
      throw new Refusal(
        'no-room',
        'quota-exceeded',
        `The quota of ${organisation} is used up; the network office can raise it.`,
      );
    }
  }

  /** `near`: nine tenths of a limit are used. */
  async report(organisation: string): Promise<Usage & { near: boolean }> {
    const use = await this.of(organisation);
    const share = (used: number, most: number | null) => (most === null ? 0 : used / Math.max(most, 1));
    return { ...use, near: Math.max(share(use.bytes, use.maxBytes), share(use.instances, use.maxInstances)) >= NEAR };
  }

  private of(organisation: string): Promise<Usage> {
    const now = Date.now();
    const known = this.usages.get(organisation);
    if (known && known.until > now) return known.usage;
    const usage = this.usage.of(organisation);
    this.usages.set(organisation, { until: now + REMEMBERED_MS, usage });
    usage.catch(() => this.usages.delete(organisation));
    return usage;
  }

  private freeBytes(): Promise<number> {
    const now = Date.now();
    if (this.disk && this.disk.until > now) return this.disk.free;
    const free = statfs(this.spool.folder).then(({ bavail, bsize }) => bavail * bsize);
    this.disk = { until: now + REMEMBERED_MS, free };
    free.catch(() => (this.disk = undefined));
    return free;
  }
}
