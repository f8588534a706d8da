import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, Directory, Sessions, SigningKeys, type Caller } from '#libs/identity';
import { Clock, newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { digestKey, ObjectStore, Signer } from '#libs/ports';
import {
  canonicalJson,
  demandOtherThanAuthor,
  instancesSha256,
  ListReadInstances,
  ReadingRepository,
  visibleRead,
  type Reading,
} from '#libs/reading';
import { ChangeRead, WorklistRepository, type WorklistRow } from '#libs/worklist';
import { ComposeReportPdf } from './compose-report-pdf.js';
import { REPORT_STATES } from './domain/report.states.js';
import { ageAt, type ReportContent } from './domain/report.js';
import { ReportRepository } from './report.repository.js';

/**
 * The reviewer signs what was reviewed: one final version, its PDF signed with the reviewer's own key, bound to the list of instances
 * that were read. It asks reading and waits for no event; report, read and news change together or not at all.
 */
@Injectable()
export class SignReport {
  constructor(
    private readonly database: Database,
    private readonly worklist: WorklistRepository,
    private readonly readInstances: ListReadInstances,
    private readonly readings: ReadingRepository,
    private readonly changeRead: ChangeRead,
    private readonly directory: Directory,
    private readonly sessions: Sessions,
    private readonly keys: SigningKeys,
    private readonly signer: Signer,
    private readonly pdf: ComposeReportPdf,
    private readonly objects: ObjectStore,
    private readonly reports: ReportRepository,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `forbidden`: wrong-password, reviewer-is-author; `conflict`: not-reviewed, instances-changed, … */
  async run(caller: Caller, readId: string, password: string): Promise<{ reportId: string }> {
    demand(caller, 'report.review');
    const before = await visibleRead(this.worklist, caller, readId);
    const reading = await this.signable(caller, readId, await this.readings.find(readId));
    await this.sessions.confirmPassword(caller, password);
    const key = await this.keys.of(caller.id);

    const instances = await this.readInstances.run(before);
    if (instancesSha256(instances) !== reading.authorSignature?.instancesSha256) {
      throw new Refusal(
        'conflict',
        'instances-changed',
        'Images came after the report was submitted; send it back to its author.',
      );
    }
    const content = await this.content(caller, before, reading, instances);
    const canonical = canonicalJson(content);
    const plain = await this.pdf.compose(content, { examId: before.examId, idCard: before.patient.idCard, instances });
    const signedPdf = await this.signer.signPdf(plain, key, password, {
      reason: `审核签发 instances-sha256=${content.instancesSha256} content-sha256=${sha256(Buffer.from(canonical))}`,
      name: caller.name,
      location: content.readingInstitution.name,
      signingTime: new Date(content.signedAt),
    });
    const { signature, certificatePem } = await this.signer.signDetached(Buffer.from(canonical), key, password);
    const pdfSha256 = sha256(signedPdf);
    const pdfKey = digestKey('reports', pdfSha256);
    await this.objects.putBytes(pdfKey, signedPdf);

    return this.database.transaction(async () => {
      const locked = await this.signable(caller, readId, await this.readings.lock(readId));
      if (locked.version !== reading.version)
        throw new Refusal('conflict', 'reading-changed', 'The reading changed while it was signed.');
      await this.changeRead.finish(caller, readId);
      await this.reports.add(
        {
          id: content.reportId,
          readId,
          examId: before.examId,
          patientId: before.patient.id,
          organisation: before.organisation,
          readingOrganisation: caller.organisation,
          kind: before.kind,
          item: before.item,
          status: REPORT_STATES.next(REPORT_STATES.initial, 'sign'),
          version: content.version,
          lastUpdated: new Date(content.signedAt),
          content,
          canonical,
          contentSha256: sha256(Buffer.from(canonical)),
          authorSignature: locked.authorSignature!,
          reviewerSignature: { signature, certificatePem },
          pdfKey,
          pdfSha256,
          signedAt: new Date(content.signedAt),
        },
        caller.id,
      );
      await this.audit.record({
        actor: caller,
        action: 'sign-report',
        subject: { kind: 'report', id: content.reportId },
        patientId: before.patient.id,
        outcome: 'done',
      });
      return { reportId: content.reportId };
    });
  }

  private async signable(caller: Caller, readId: string, reading: Reading | undefined): Promise<Reading> {
    if (!reading) throw new Refusal('conflict', 'not-reviewed', `Nothing was written for read ${readId} yet.`);
    demandOtherThanAuthor(caller, reading);
    if (reading.state !== 'reviewed')
      throw new Refusal('conflict', 'not-reviewed', 'The report must be reviewed before it is signed.');
    if (reading.reviewerId !== caller.id)
      throw new Refusal('forbidden', 'not-the-reviewer', 'Only who reviewed the report signs it.');
    return reading;
  }

  private async content(
    caller: Caller,
    read: WorklistRow,
    reading: Reading,
    instances: readonly { sopInstanceUid: string; digest: string }[],
  ): Promise<ReportContent> {
    const now = this.clock.now();
    const readingInstitution = await this.directory.organisation(caller.organisation);
    const iso = (date: Date | string | null) => (date === null ? null : new Date(date).toISOString());
    return {
      reportId: newId(),
      version: 1,
      previousSha256: null,
      kind: read.kind,
      examiningInstitution: { code: read.organisation, name: read.organisationName },
      readingInstitution: readingInstitution!,
      patient: {
        number: read.patient.number,
        name: read.patient.name,
        sex: read.patient.sex,
        birthDate: read.patient.birthDate,
        age: ageAt(read.patient.birthDate, new Date(read.exam.examinedAt ?? now)),
      },
      exam: {
        studyInstanceUid: read.exam.studyInstanceUid,
        accessionNumber: read.exam.accessionNumber,
        item: read.item === null ? null : { code: read.item, name: read.itemName! },
        modality: read.exam.modality,
        description: read.exam.description,
        examinedAt: iso(read.exam.examinedAt),
        arrivedAt: iso(read.exam.firstReceivedAt)!,
      },
      clinicalInformation: read.clinicalInformation,
      ...reading.draft,
      author: { id: reading.authorId, name: (await this.directory.nameOf(reading.authorId))! },
      reviewer: { id: caller.id, name: caller.name },
      submittedAt: iso(reading.submittedAt)!,
      signedAt: now.toISOString(),
      instances: instances.map(({ sopInstanceUid, digest }) => ({ sopInstanceUid, digest })),
      instancesSha256: instancesSha256(instances),
      testCa: true,
    };
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
