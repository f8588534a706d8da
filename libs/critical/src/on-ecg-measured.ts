import { Injectable } from '@nestjs/common';
import { ECG_MEASURED } from '#libs/catalogue';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { ProposeCriticalValues } from './propose-critical-values.js';

/** What was measured is held against the rules for critical values. */
@Injectable()
export class OnEcgMeasured extends Reaction {
  readonly event = ECG_MEASURED;
  readonly name = 'critical.on-ecg-measured';

  constructor(private readonly proposeCriticalValues: ProposeCriticalValues) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    for (const examId of new Set(events.map((event) => String(event.payload['examId']))))
      await this.proposeCriticalValues.ofExam(examId);
  }
}
