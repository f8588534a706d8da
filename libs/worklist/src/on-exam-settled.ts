import { Injectable } from '@nestjs/common';
import { CatalogueRepository, EXAM_SETTLED, type Exam } from '#libs/catalogue';
import { Directory } from '#libs/identity';
import { Clock, newId } from '#libs/kernel';
import { PatientsRepository } from '#libs/patients';
import { Outbox, Reaction, type OutboxEvent } from '#libs/persistence';
import { guessItem, type Priority } from './domain/read.js';
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
    if (await this.resumed(exam)) return;
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
    const specialists = await this.directory.reportDoctors(exam.kind);
    const assigneeId = (await this.worklist.leastLoaded(specialists.map((one) => one.id))) ?? null;
    const readId = newId();
    const item = request?.item ?? guessed?.code ?? null;
    const opened = await this.worklist.open({
      id: readId,
      examId,
      organisation: exam.organisation,
      kind: exam.kind,
      priority,
      item,
      requestId: request?.id ?? null,
      clinicalInformation: request?.clinicalInformation ?? null,
      state: assigneeId === null ? READ_STATES.initial : READ_STATES.next(READ_STATES.initial, 'assign'),
      assigneeId,
      claimedBy: null,
      leaseUntil: null,
      dueAt: await this.dueAt(exam, priority),
      returnReason: null,
      returnNote: null,
      retakeOf: (await this.worklist.madeAgain(exam, request?.id ?? null, item)) ?? null,
    });
    if (!opened) return;
    if (request) await this.worklist.bindRequest(request.id, examId);
    await this.outbox.publish(READ_OPENED, examId, { readId, examId });
  }

  /** An examination that was returned and has got more images goes back to who returned it, with the time of a new one. */
  private async resumed(exam: Exam): Promise<boolean> {
    const read = await this.worklist.lockReturned(exam.id);
    if (!read) return false;
    await this.worklist.move(read, 'resume', 'system', {
      returnReason: null,
      returnNote: null,
      assigneeId: null,
      claimedBy: null,
      dueAt: await this.dueAt(exam, read.priority),
    });
    if (read.requestId) await this.worklist.bindRequest(read.requestId, exam.id);
    const open = await this.worklist.lock(read.id);
    if (open && read.claimedBy) await this.worklist.move(open, 'assign', 'system', { assigneeId: read.claimedBy });
    return true;
  }

  private async dueAt(exam: Exam, priority: Priority): Promise<Date | null> {
    const minutes = await this.worklist.targetMinutes(exam.kind, exam.modality, priority);
    return minutes === null ? null : new Date(this.clock.now().getTime() + minutes * 60_000);
  }
}
