import { Injectable } from '@nestjs/common';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { READ_OPENED } from '#libs/worklist';
import { ProposeCriticalValues } from './propose-critical-values.js';

/** A read that opens after its critical value was proposed goes on top at once. */
@Injectable()
export class OnReadOpened extends Reaction {
  readonly event = READ_OPENED;
  readonly name = 'critical.on-read-opened';

  constructor(private readonly proposeCriticalValues: ProposeCriticalValues) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    for (const examId of new Set(events.map((event) => String(event.payload['examId']))))
      await this.proposeCriticalValues.afterOpening(examId);
  }
}
