import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository, ForgetExam, LocateInstances } from '#libs/catalogue';
import { demand, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { ReportRepository } from '#libs/report';
import { WithdrawExam } from '#libs/worklist';
import { DeletionsRepository, type Deletion } from './deletions.repository.js';
import { DetermineRetention } from './determine-retention.js';
import { BLOCKERS, blockersOf, type DeletionReason } from './domain/deletion.js';
import { visibleExam } from './exam-access.js';
import { HoldsRepository } from './holds.repository.js';
import { RetentionRepository } from './retention.repository.js';

export interface DeletionOrder {
  /** a code of `deletion_reason` */
  reason: string;
  note: string;
}

/**
 * Deletes one examination: only by a person, only with a coded reason and a note, and in one transaction that first writes the audit and
 * what is left of the examination (`exam_deletion`). The rows go; the objects go when garbage is collected, a day later at the earliest.
 * Reports stay whole; what they were signed over can be proved by the digests that were kept.
 */
@Injectable()
export class DeleteExam {
  constructor(
    private readonly database: Database,
    private readonly retentions: RetentionRepository,
    private readonly holds: HoldsRepository,
    private readonly deletions: DeletionsRepository,
    private readonly determine: DetermineRetention,
    private readonly catalogue: CatalogueRepository,
    private readonly forgetExam: ForgetExam,
    private readonly locateInstances: LocateInstances,
    private readonly withdrawExam: WithdrawExam,
    private readonly reports: ReportRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @throws Refusal `not-found` / exam-not-found; `invalid` / unknown-deletion-reason; `conflict`: hold-stands, exam-arriving,
   * read-claimed, report-signed, retention-running (all that stand in the way are in `blockedBy`)
   */
  async run(caller: Caller, examId: string, order: DeletionOrder): Promise<Omit<Deletion, 'deletedAt'>> {
    demand(caller, 'exam.delete');
    const exam = await visibleExam(this.catalogue, this.audit, caller, examId, 'delete-exam');
    const reasons = await this.retentions.reasons();
    const reason = reasons.find((one) => one.code === order.reason);
    if (!reason) {
      throw new Refusal('invalid', 'unknown-deletion-reason', `There is no reason ${order.reason}.`, {
        reasons: reasons.map((one) => one.code),
      });
    }
    try {
      const deletion = await this.database.transaction(() => this.delete(caller, examId, reason, order.note));
      this.locateInstances.forget(deletion.studyInstanceUid);
      return deletion;
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'conflict') {
        await this.audit.record({
          actor: caller,
          action: 'delete-exam',
          subject: { kind: 'exam', id: examId },
          patientId: exam.patientId,
          outcome: 'refused',
          detail: { ...order, refusal: error.code, ...error.detail },
        });
      }
      throw error;
    }
  }

  private async delete(
    caller: Caller,
    examId: string,
    reason: DeletionReason,
    note: string,
  ): Promise<Omit<Deletion, 'deletedAt'>> {
    // Signing locks the read before it touches the examination, so we do too; one that is opened meanwhile is seen at the second look.
    await this.withdrawExam.lock(examId);
    const hand = await this.forgetExam.take(examId);
    const read = await this.withdrawExam.lock(examId);
    await this.retentions.lock(examId);
    const retention = await this.determine.look(examId);
    if (!hand || !retention) throw new Refusal('not-found', 'exam-not-found', 'There is no such examination.');
    const holds = await this.holds.ofExam(examId);
    const reports = await this.reports.byExams([examId]);
    const blockedBy = blockersOf(
      {
        arriving: hand.arriving,
        standingHolds: holds.filter((hold) => hold.state === 'standing').length,
        readState: read?.state ?? null,
        signedReports: reports.filter((report) => report.status !== 'entered-in-error').length,
        expired: retention.expired,
      },
      reason,
    );
    const [first] = blockedBy;
    if (first !== undefined)
      throw new Refusal('conflict', first, BLOCKERS[first], { blockedBy, keepUntil: retention.keepUntil });

    const { exam, instances } = hand;
    const deletion = {
      examId,
      organisation: exam.organisation,
      studyInstanceUid: exam.studyInstanceUid,
      patientId: exam.patientId,
      kind: exam.kind,
      modality: exam.modality,
      accessionNumber: exam.accessionNumber,
      examinedAt: exam.examinedAt,
      receivedAt: exam.firstReceivedAt,
      class: retention.class,
      keepUntil: retention.keepUntil,
      reason: reason.code,
      note,
      deletedBy: caller.id,
      sizeBytes: instances.reduce((sum, one) => sum + one.sizeBytes, 0),
      instances: instances.map(({ sopInstanceUid, digest, standing }) => ({ sopInstanceUid, digest, standing })),
    };
    await this.audit.record({
      actor: caller,
      action: 'delete-exam',
      subject: { kind: 'exam', id: examId },
      patientId: exam.patientId,
      outcome: 'done',
      detail: {
        reason: reason.code,
        note,
        organisation: exam.organisation,
        studyInstanceUid: exam.studyInstanceUid,
        instances: instances.length,
        class: retention.class,
        keepUntil: retention.keepUntil,
        reports: reports.map((report) => report.id),
      },
    });
    await this.deletions.add(deletion);
    await this.retentions.forget(examId);
    await this.withdrawExam.run(caller, examId, read, retention.expired ? 'stay-answered' : 'open-again');
    await this.forgetExam.forget(hand, caller.id);
    return deletion;
  }
}
