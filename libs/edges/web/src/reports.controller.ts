import { Controller, Get, Header, Param, Req, StreamableFile, UseFilters } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { Route, scopeOf, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { RecognitionRepository } from '#libs/recognition';
import { ReportRepository, VerifyReport, type SignedReport } from '#libs/report';
import { ProblemFilter } from './problem.filter.js';
import { report, verdict } from './schemas.js';

@Controller('api/reports/:id')
@UseFilters(ProblemFilter)
export class ReportsController {
  constructor(
    private readonly reports: ReportRepository,
    private readonly recognitions: RecognitionRepository,
    private readonly verifyReport: VerifyReport,
    private readonly objects: ObjectStore,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({ permission: 'report.view', summary: 'A signed report', response: report })
  async one(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const found = await this.find(caller, id, 'view-report');
    const { content } = found;
    return {
      id: found.id,
      status: found.status,
      version: found.version,
      kind: found.kind,
      item: content.exam.item,
      patient: {
        number: content.patient.number,
        name: content.patient.name,
        sex: content.patient.sex,
        age: content.patient.age,
      },
      examiningInstitution: content.examiningInstitution,
      readingInstitution: content.readingInstitution,
      examinedAt: content.exam.examinedAt,
      signedAt: content.signedAt,
      author: content.author,
      reviewer: content.reviewer,
      clinicalInformation: content.clinicalInformation,
      findings: content.findings,
      impression: content.impression,
      studyInstanceUid: content.exam.studyInstanceUid,
      instancesSha256: content.instancesSha256,
      testCa: content.testCa,
    };
  }

  @Get('pdf')
  @Header('content-type', 'application/pdf')
  @Header('cache-control', 'private, no-store')
  @Route({ permission: 'report.view', summary: 'The signed PDF', responseType: 'application/pdf' })
  async pdf(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string): Promise<StreamableFile> {
    const found = await this.find(caller, id, 'view-report-pdf');
    return new StreamableFile(await this.objects.get(found.pdfKey), {
      type: 'application/pdf',
      disposition: `inline; filename="report-${found.id}.pdf"`,
    });
  }

  @Get('verify')
  @Route({ permission: 'report.view', summary: 'Check the signatures of a report', response: verdict })
  async verify(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    return this.verifyReport.run(await this.find(caller, id, 'verify-report'));
  }

  private async find(caller: Caller, id: string, action: string): Promise<SignedReport> {
    const found = isId(id)
      ? ((await this.reports.find(scopeOf(caller), id)) ?? (await this.offered(caller, id)))
      : undefined;
    if (!found) {
      if (isId(id) && (await this.reports.organisationOf(id)) !== undefined) {
        await this.audit.record({ actor: caller, action, subject: { kind: 'report', id }, outcome: 'refused' });
      }
      throw new Refusal('not-found', 'report-not-found', 'There is no such report.');
    }
    await this.audit.record({
      actor: caller,
      action,
      subject: { kind: 'report', id },
      patientId: found.patientId,
      outcome: 'done',
    });
    return found;
  }

  /** Another member's report that mutual recognition offered to the caller's organisation: it may be looked at before deciding. */
  private async offered(caller: Caller, id: string): Promise<SignedReport | undefined> {
    if (!(await this.recognitions.wasOffered(caller.organisation, id))) return undefined;
    const owner = await this.reports.organisationOf(id);
    return owner === undefined ? undefined : this.reports.find({ organisations: [owner] }, id);
  }
}
