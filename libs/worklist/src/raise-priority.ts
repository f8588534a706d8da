import { Injectable } from '@nestjs/common';
import { CatalogueRepository } from '#libs/catalogue';
import { Clock } from '#libs/kernel';
import { isClosed } from './domain/read.states.js';
import { WorklistRepository } from './worklist.repository.js';

/** Puts a read on top although nobody asked for it so: the time left is that of an emergency from now on, where that is less. */
@Injectable()
export class RaisePriority {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly worklist: WorklistRepository,
    private readonly clock: Clock,
  ) {}

  /** Inside the transaction of who found the reason. @returns whether the examination has a read that is open still */
  async toEmergency(examId: string, actor: string): Promise<boolean> {
    const read = await this.worklist.lockOfExam(examId);
    if (!read || isClosed(read.state)) return false;
    if (read.priority === 'emergency') return true;
    const exam = await this.catalogue.exam(examId);
    const minutes = await this.worklist.targetMinutes(read.kind, exam?.modality ?? null, 'emergency');
    const due = minutes === null ? null : new Date(this.clock.now().getTime() + minutes * 60_000);
    const dueAt = due && (!read.dueAt || due < read.dueAt) ? due : read.dueAt;
    await this.worklist.raise(read, 'emergency', dueAt, actor);
    return true;
  }
}
