import { Controller, Get, Param, Req, UseFilters } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { MeasureEcg, ReadEcgRecording } from '#libs/catalogue';
import { toEcgView } from '#libs/formats/ecg';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { ageAt, ReportRepository } from '#libs/report';
import { WorklistRepository, type WorklistRow } from '#libs/worklist';
import { computedForView } from './computed-measurements.js';
import { FindVisibleRead } from './find-visible-read.js';
import { priorDetail, priorsPage } from './priors.schemas.js';
import { ProblemFilter } from './problem.filter.js';
import { ecgView } from './read-ecg.schemas.js';

const MOST = 100;
/** A withdrawn one is nobody's to copy from. */
const READABLE = new Set(['final', 'amended']);
const iso = (date: Date | string | null): string | null => (date === null ? null : new Date(date).toISOString());

/**
 * Earlier examinations of the person whose read one may see, from any member: reading is what gives a right to them. Who that person is
 * `patients` says, and nothing is shown while an examination on either side is in doubt about it.
 */
@Controller('api/reads/:id/priors')
@UseFilters(ProblemFilter)
export class PriorsController {
  constructor(
    private readonly visibleRead: FindVisibleRead,
    private readonly worklist: WorklistRepository,
    private readonly reports: ReportRepository,
    private readonly ecgs: ReadEcgRecording,
    private readonly measureEcg: MeasureEcg,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({
    permission: 'worklist.view',
    summary: 'Other examinations of the same person, from all members, newest first',
    response: priorsPage,
  })
  async all(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const read = await this.visibleRead.run(caller, id);
    const rows = await this.priorsOf(read);
    const reports = await this.reports.byReads(rows.map((row) => row.id));
    await this.audit.record({
      actor: caller,
      action: 'list-priors',
      subject: { kind: 'read', id },
      patientId: read.patient.id,
      outcome: 'done',
      detail: { priors: rows.map((row) => row.id) },
    });
    return {
      items: rows.map((row) =>
        view(
          row,
          reports.find((one) => one.readId === row.id),
        ),
      ),
      next: null,
      identityDoubt: read.exam.identityDoubts > 0,
    };
  }

  @Get(':prior')
  @Route({
    permission: 'worklist.view',
    summary: 'One of them, with the words of its signed report',
    response: priorDetail,
  })
  async one(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string, @Param('prior') priorId: string) {
    const read = await this.visibleRead.run(caller, id);
    const row = (await this.priorsOf(read)).find((one) => one.id === priorId);
    await this.audit.record({
      actor: caller,
      action: 'view-prior',
      subject: { kind: 'read', id: priorId.slice(0, 100) },
      patientId: row?.patient.id ?? null,
      outcome: row ? 'done' : 'refused',
      detail: { forRead: id },
    });
    if (!row) throw new Refusal('not-found', 'prior-not-found', 'This person has no such examination.');
    const [link] = await this.reports.byReads([row.id]);
    const signed =
      link && READABLE.has(link.status) && (await this.reports.find({ organisations: [row.organisation] }, link.id));
    if (!signed) return { ...view(row, link), words: null };
    const { findings, impression, author, reviewer, signedAt } = signed.content;
    return { ...view(row, link), words: { findings, impression, author, reviewer, signedAt } };
  }

  @Get(':prior/ecg')
  @Route({ permission: 'image.view', summary: 'The recording of one of them that is an ECG', response: ecgView })
  async ecg(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string, @Param('prior') priorId: string) {
    const read = await this.visibleRead.run(caller, id);
    const row = (await this.priorsOf(read)).find((one) => one.id === priorId);
    await this.audit.record({
      actor: caller,
      action: 'view-ecg',
      subject: { kind: 'read', id: priorId.slice(0, 100) },
      patientId: row?.patient.id ?? null,
      outcome: row ? 'done' : 'refused',
      detail: { forRead: id },
    });
    if (!row) throw new Refusal('not-found', 'prior-not-found', 'This person has no such examination.');
    const part = await this.ecgs.partOfExam(row.examId);
    return {
      ...toEcgView(part.recording),
      ...(await computedForView(this.measureEcg, row.examId, part)),
      ...(part.stretch ? { stretch: part.stretch } : {}),
    };
  }

  private async priorsOf(read: WorklistRow): Promise<WorklistRow[]> {
    if (read.exam.identityDoubts > 0) return [];
    return this.worklist.othersOfPerson(read.patient.personId, read.id, MOST);
  }
}

function view(row: WorklistRow, report: { id: string; status: string; signedAt: Date } | undefined) {
  const { number, name, sex, birthDate } = row.patient;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    item: row.item === null ? null : { code: row.item, name: row.itemName ?? row.item },
    modality: row.exam.modality,
    description: row.exam.description,
    organisation: { code: row.organisation, name: row.organisationName },
    patient: { number, name, sex, age: ageAt(birthDate, new Date(row.exam.examinedAt ?? row.createdAt)) },
    studyInstanceUid: row.exam.studyInstanceUid,
    instances: row.exam.instances,
    examinedAt: iso(row.exam.examinedAt),
    receivedAt: iso(row.exam.firstReceivedAt)!,
    report: report ? { id: report.id, status: report.status, signedAt: iso(report.signedAt)! } : null,
  };
}
