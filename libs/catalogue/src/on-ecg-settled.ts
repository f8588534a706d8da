import { Injectable } from '@nestjs/common';
import { Outbox, Reaction, type OutboxEvent } from '#libs/persistence';
import { ECG_MEASURED } from './domain/ecg.events.js';
import { EXAM_SETTLED } from './domain/exam.events.js';
import { MeasureEcg } from './measure-ecg.js';

/** The ECGs of a settled examination are measured; apart from what else is prepared, for a long one takes its time. */
@Injectable()
export class OnEcgSettled extends Reaction {
  readonly event = EXAM_SETTLED;
  readonly name = 'catalogue.on-ecg-settled';

  constructor(
    private readonly measureEcg: MeasureEcg,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    for (const examId of new Set(events.map((event) => String(event.payload['examId'])))) {
      if (await this.measureEcg.run(examId)) await this.outbox.publish(ECG_MEASURED, examId, { examId });
    }
  }
}
