import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository, LocateInstances, type InstancePlace, type RetrieveAddress } from '#libs/catalogue';
import { scopeOf, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';

/** For so long after the row that opened it, further answers of the same kind are counted instead of written one by one. */
const WINDOW_MS = 60_000;

interface OpenWindow {
  readonly until: number;
  /** Settles when the opening row is committed. */
  readonly opened: Promise<void>;
  readonly close: (answers: number) => Promise<void>;
  further: number;
}

export type Purpose = 'metadata' | 'instances' | 'frames' | 'rendered' | 'bulkdata';

/**
 * Finds what an address names for a caller, and has it on record before anything is answered.
 *
 * A viewer asks for hundreds of frames of one series in seconds. The first answer to a caller for a series (or study) and purpose waits for
 * its audit row; those of the next minute are counted, and the count is written as a second row when the minute is over or the server
 * closes. So nobody sees anything without a row that says who, what series, what for and when; what a crash can lose is only how often.
 */
@Injectable()
export class RetrieveAccess implements OnModuleDestroy {
  private readonly windows = new Map<string, OpenWindow>();
  private readonly sweeping = setInterval(
    () => void this.sweep(Date.now()).catch(() => undefined),
    WINDOW_MS / 4,
  ).unref();

  constructor(
    private readonly locateInstances: LocateInstances,
    private readonly catalogue: CatalogueRepository,
    private readonly audit: AuditTrail,
  ) {}

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.sweeping);
    await this.sweep(Infinity);
  }

  /** @throws Refusal `not-found`, also for what another organisation holds; that try is in the audit */
  async all(caller: Caller, address: RetrieveAddress, purpose: Purpose): Promise<InstancePlace[]> {
    const found = await this.locateInstances.all(scopeOf(caller), address);
    const [first] = found;
    if (!first) return this.refuse(caller, address);
    await this.record(caller, address, purpose, first.patientId, { instances: found.length });
    return found;
  }

  /** @throws as `all` */
  async one(caller: Caller, address: Required<RetrieveAddress>, purpose: Purpose): Promise<InstancePlace> {
    const found = await this.locateInstances.one(scopeOf(caller), address);
    if (!found) return this.refuse(caller, address);
    await this.record(caller, address, purpose, found.patientId);
    return found;
  }

  /** Has it on record that `caller` is given something of `address`; resolves when the row is committed. */
  async record(
    caller: Caller,
    address: RetrieveAddress,
    purpose: Purpose,
    patientId: string,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    const { studyInstanceUid, seriesInstanceUid } = address;
    const key = JSON.stringify([caller.kind, caller.id, studyInstanceUid, seriesInstanceUid, purpose, patientId]);
    const now = Date.now();
    const open = this.windows.get(key);
    if (open && open.until > now) {
      open.further += 1;
      return open.opened;
    }
    this.windows.delete(key);
    const write = (more: Record<string, unknown>) =>
      this.audit.record({
        actor: caller,
        action: 'retrieve',
        subject: { kind: 'study', id: studyInstanceUid.slice(0, 64) },
        patientId,
        outcome: 'done',
        detail: {
          studyInstanceUid,
          ...(seriesInstanceUid === undefined ? {} : { seriesInstanceUid }),
          purpose,
          ...more,
        },
      });
    const { sopInstanceUid } = address;
    const opened = write({ ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }), ...detail });
    const since = new Date(now).toISOString();
    const window = {
      until: now + WINDOW_MS,
      opened,
      further: 0,
      close: (further: number) => write({ since, further }),
    };
    this.windows.set(key, window);
    opened.catch(() => this.windows.delete(key));
    if (open) await this.close(open);
    return opened;
  }

  /** @throws Refusal `not-found` */
  async refuse(caller: Caller, address: RetrieveAddress): Promise<never> {
    if ((await this.catalogue.organisationsHolding(address.studyInstanceUid)).length > 0) {
      const subject = { kind: 'study', id: address.studyInstanceUid.slice(0, 64) };
      await this.audit.record({ actor: caller, action: 'retrieve', subject, outcome: 'refused' });
    }
    throw new Refusal('not-found', 'instance-not-found', 'There is nothing under this address.');
  }

  private async sweep(now: number): Promise<void> {
    const over = [...this.windows].filter(([, window]) => window.until <= now);
    for (const [key] of over) this.windows.delete(key);
    for (const [, window] of over) await this.close(window);
  }

  private async close(window: OpenWindow): Promise<void> {
    if (window.further > 0) await window.close(window.further).catch(() => undefined);
  }
}
