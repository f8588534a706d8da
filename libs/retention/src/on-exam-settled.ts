import { Injectable } from '@nestjs/common';
import { CatalogueRepository, EXAM_SETTLED } from '#libs/catalogue';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { DetermineRetention } from './determine-retention.js';

/** A settled examination's retention is looked at again. The first look waits for the read, whose request has a say. */
@Injectable()
export class OnExamSettled extends Reaction {
  readonly event = EXAM_SETTLED;
  readonly name = 'retention.on-exam-settled';

  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly determine: DetermineRetention,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    for (const examId of new Set(events.map((event) => String(event.payload['examId'])))) {
      const exam = await this.catalogue.exam(examId);
      // Explanations alone open no read.
      if (exam) await this.determine.run(examId, exam.instances === 0);
    }
  }
}
