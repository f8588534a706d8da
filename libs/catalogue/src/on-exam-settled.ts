import { Injectable } from '@nestjs/common';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { EXAM_SETTLED } from './domain/exam.events.js';
import { PrepareSeriesMetadata } from './prepare-series-metadata.js';
import { RetrievalRepository } from './retrieval.repository.js';

/** Addresses that answers are prepared for; seldom more than one or two. */
const BASES = 3;

/** A settled examination's series get their metadata prepared, for every address that callers lately used. */
@Injectable()
export class OnExamSettled extends Reaction {
  readonly event = EXAM_SETTLED;
  readonly name = 'catalogue.on-exam-settled';

  constructor(
    private readonly retrieval: RetrievalRepository,
    private readonly prepareSeriesMetadata: PrepareSeriesMetadata,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    const bases = await this.retrieval.bases(BASES);
    for (const examId of new Set(events.map((event) => String(event.payload['examId'])))) {
      const ready = [];
      for (const series of await this.retrieval.seriesOfExam(examId)) {
        for (const base of bases) {
          const built = await this.prepareSeriesMetadata.build(series.seriesId, base);
          ready.push({ series: { ...series, examId }, base, built });
        }
      }
      // Keeping locks the examination until the transaction ends, so it comes last.
      for (const { series, base, built } of ready) await this.prepareSeriesMetadata.keep(series, base, built);
    }
  }
}
