import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, Sessions, SigningKeys, type Caller } from '#libs/identity';
import { Clock, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { Signer } from '#libs/ports';
import { ChangeRead, WorklistRepository } from '#libs/worklist';
import { contradictionKey, contradictions, keyed } from './domain/contradictions.js';
import { openBlanks } from './domain/blanks.js';
import { canonicalJson, instancesSha256 } from './domain/reading.js';
import { ListReadInstances } from './list-read-instances.js';
import { PrepareDocuments } from './prepare-documents.js';
import { visibleRead } from './read-access.js';
import { ReadingRepository } from './reading.repository.js';
import { reportBackground } from './report-background.js';

/**
 * The author submits and signs what was written, with the list of instances it was read from. The marks and key images are asked to become
 * documents, which are made behind it.
 */
@Injectable()
export class SubmitReading {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly readInstances: ListReadInstances,
    private readonly documents: PrepareDocuments,
    private readonly changeRead: ChangeRead,
    private readonly readings: ReadingRepository,
    private readonly sessions: Sessions,
    private readonly keys: SigningKeys,
    private readonly signer: Signer,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @param despite keys of the contradictions that the author has seen and means
   * @throws Refusal `forbidden` / wrong-password; `invalid`: report-empty, blanks-open; `conflict`: exam-incomplete, report-contradicts
   *   (the others in detail), …
   */
  async run(caller: Caller, readId: string, password: string, despite: readonly string[] = []): Promise<void> {
    demand(caller, 'report.write');
    await this.sessions.confirmPassword(caller, password);
    const key = await this.keys.of(caller.id);
    await this.database.transaction(async () => {
      const read = await visibleRead(this.worklist, caller, readId);
      const reading = await this.readings.lock(readId);
      if (!reading || reading.authorId !== caller.id || read.claimedBy !== caller.id) {
        throw new Refusal('conflict', 'not-claimed-by-you', 'Only the author of the draft submits it.');
      }
      if (reading.draft.impression.trim() === '' || reading.draft.findings.trim() === '') {
        throw new Refusal('invalid', 'report-empty', 'Findings and impression are both needed.');
      }
      const { findings, impression } = reading.draft;
      const open = [...openBlanks(findings), ...openBlanks(impression)];
      if (open.length > 0) {
        throw new Refusal('invalid', 'blanks-open', `Blanks of a template are still open: ${open.join(' ')}`, {
          findings: openBlanks(findings),
          impression: openBlanks(impression),
        });
      }
      if (read.exam.state !== 'settled') {
        throw new Refusal('conflict', 'exam-incomplete', 'Images of this examination are still arriving.');
      }
      const instances = await this.readInstances.run(read);
      const contradicting = contradictions(reading.draft, reportBackground(read, instances));
      const unseen = contradicting.filter((one) => !despite.includes(contradictionKey(one)));
      if (unseen.length > 0)
        throw new Refusal(
          'conflict',
          'report-contradicts',
          'The report contradicts itself, its request or its images.',
          {
            contradictions: unseen.map(keyed),
          },
        );
      const canonical = canonicalJson({
        read: readId,
        study: read.exam.studyInstanceUid,
        author: caller.id,
        ...reading.draft,
        instancesSha256: instancesSha256(instances),
      });
      const { signature } = await this.signer.signDetached(Buffer.from(canonical), key, password);
      await this.readings.move(reading, 'submit', caller.id, {
        sentBackReason: null,
        authorSignature: {
          signature,
          canonical,
          signedAt: this.clock.now().toISOString(),
          instancesSha256: instancesSha256(instances),
        },
      });
      await this.changeRead.holdForReview(readId);
      await this.documents.run(caller, read);
      await this.audit.record({
        actor: caller,
        action: 'submit-report',
        subject: { kind: 'read', id: readId },
        patientId: read.patient.id,
        outcome: 'done',
        ...(contradicting.length > 0 ? { detail: { despite: contradicting.map(contradictionKey) } } : {}),
      });
    });
  }
}
