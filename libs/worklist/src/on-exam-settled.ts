import { Injectable } from '@nestjs/common';
import { CatalogueRepository, EXAM_SETTLED } from '#libs/catalogue';
import { Directory } from '#libs/identity';
import { Clock, newId } from '#libs/kernel';
import { PatientsRepository } from '#libs/patients';
import { Outbox, Reaction, type OutboxEvent } from '#libs/persistence';
import { guessItem } from './domain/read.js';
import { READ_OPENED } from './domain/read.events.js';
import { READ_STATES } from './domain/read.states.js';
import { WorklistRepository } from './worklist.repository.js';

/** A settled examination opens its read, takes priority and text from its request, and goes to the least loaded specialist. */
@Injectable()
export class OnExamSettled extends Reaction {
  readonly event = EXAM_SETTLED;
  readonly name = 'worklist.on-exam-settled';

  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly patients: PatientsRepository,
    private readonly directory: Directory,
    private readonly worklist: WorklistRepository,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    for (const event of events) await this.open(String(event.payload['examId']));
  }

  private async open(examId: string): Promise<void> {
    const exam = await this.catalogue.exam(examId);
    // Explanations alone (an SR, a document) are no examination to be read.
    if (!exam || exam.instances === 0) return;
    const patient = await this.patients.byId({ organisations: [exam.organisation] }, exam.patientId);
    const items = await this.worklist.items();
    const guessed = guessItem(items, exam);
    const fitting = items.filter((item) => item.kind === exam.kind && item.modalities.includes(exam.modality ?? ''));
    const request = await this.worklist.matchRequest(
      exam,
      patient!.number,
      guessed ? [guessed.code] : fitting.map((item) => item.code),
    );
    const priority = request?.priority ?? 'routine';
    const minutes = await this.worklist.targetMinutes(exam.kind, exam.modality, priority);
    const specialists = await this.directory.reportDoctors(exam.kind);
    const assigneeId = (await this.worklist.leastLoaded(specialists.map((one) => one.id))) ?? null;
    const readId = newId();
    const opened = await this.worklist.open({
      id: readId,
      examId,
      organisation: exam.organisation,
      kind: exam.kind,
      priority,
      item: request?.item ?? guessed?.code ?? null,
      requestId: request?.id ?? null,
      clinicalInformation: request?.clinicalInformation ?? null,
      state: assigneeId === null ? READ_STATES.initial : READ_STATES.next(READ_STATES.initial, 'assign'),
      assigneeId,
      claimedBy: null,
      leaseUntil: null,
      dueAt: minutes === null ? null : new Date(this.clock.now().getTime() + minutes * 60_000),
      returnReason: null,
      returnNote: null,
    });
    if (!opened) return;
    if (request) await this.worklist.bindRequest(request.id, examId);
    await this.outbox.publish(READ_OPENED, examId, { readId, examId });
  }
}
