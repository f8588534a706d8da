import { Injectable } from '@nestjs/common';
import { INSTANCE_STORED, IngestRepository } from '#libs/ingest';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { FileInstances } from './file-instances.js';

/** Files a study's new instances under patient, examination and series. */
@Injectable()
export class OnInstanceStored extends Reaction {
  readonly event = INSTANCE_STORED;
  readonly name = 'catalogue.on-instance-stored';
  /** A study is seen with its first instance; filing each of the rest by itself costs ten times as much. */
  override readonly gatherMs = 4_000;

  constructor(
    private readonly ingest: IngestRepository,
    private readonly file: FileInstances,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    const ids = events.map((event) => String(event.payload['instanceId']));
    const stored = await this.ingest.byIds(ids);
    if (stored.length === 0) return;
    await this.file.run(stored);
    await this.ingest.markIndexed(ids);
  }
}
