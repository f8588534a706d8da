import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import type { Read } from './domain/read.js';
import { READ_STATES } from './domain/read.states.js';
import { WorklistRepository } from './worklist.repository.js';

/** What the worklist does when an examination is deleted. Runs in the transaction of who deletes, who also writes the audit. */
@Injectable()
export class WithdrawExam {
  constructor(private readonly worklist: WorklistRepository) {}

  /** The examination's read, locked, so that nobody claims or signs it meanwhile. */
  lock(examId: string): Promise<Read | undefined> {
    return this.worklist.lockOfExam(examId);
  }

  /**
   * Cancels a read that nobody has begun; one that has ended stays as it is. Neither names the examination any more.
   * @throws Refusal `conflict` / read-claimed
   */
  async run(
    caller: Caller,
    examId: string,
    read: Read | undefined,
    requests: 'stay-answered' | 'open-again',
  ): Promise<void> {
    if (read?.state === 'claimed')
      throw new Refusal('conflict', 'read-claimed', 'Somebody is reading this examination.');
    if (read && READ_STATES.can(read.state, 'cancel')) await this.worklist.move(read, 'cancel', caller.id, {});
    await this.worklist.detachExam(examId, requests);
  }
}
