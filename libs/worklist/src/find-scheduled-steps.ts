import { Injectable } from '@nestjs/common';
import { demand, type Caller } from '#libs/identity';
import type { ScheduledStep } from './domain/scheduled-step.js';
import { ScheduledStepsRepository, type ScheduledStepFilter } from './scheduled-steps.repository.js';

const PAGE = 200;

/** What a device of the caller's organisation may have to do. */
@Injectable()
export class FindScheduledSteps {
  constructor(private readonly steps: ScheduledStepsRepository) {}

  /** All that the filter leaves, page by page. It does not audit; the edge does. @throws Refusal `forbidden` */
  async *find(caller: Caller, filter: ScheduledStepFilter): AsyncGenerator<ScheduledStep> {
    demand(caller, 'schedule.view');
    for (let after: string | undefined; ;) {
      const page = await this.steps.open(caller.organisation, filter, {
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      yield* page;
      after = page.at(-1)?.request.id;
      if (page.length < PAGE || after === undefined) return;
    }
  }
}
