import { Injectable } from '@nestjs/common';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { READ_OPENED } from '#libs/worklist';
import { DetermineRetention } from './determine-retention.js';

/** With its read an examination has its request, if there is one: enough to say how long it is kept. */
@Injectable()
export class OnReadOpened extends Reaction {
  readonly event = READ_OPENED;
  readonly name = 'retention.on-read-opened';

  constructor(private readonly determine: DetermineRetention) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    for (const event of events) await this.determine.run(String(event.payload['examId']), true);
  }
}
