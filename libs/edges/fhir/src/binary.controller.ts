import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { Route, scopeOf } from '#libs/identity';
import { ReportRepository } from '#libs/report';
import type { FastifyReply } from 'fastify';
import { AccessRecord } from './access-record.js';
import { FhirErrorFilter } from './fhir-error.filter.js';
import { FHIR_JSON, FHIR_PATH, type FhirRequest } from './fhir-request.js';
import { SignedPdf } from './signed-pdf.js';

const TYPE = 'Binary';
const PDF = 'application/pdf';

/** The signed PDF of a report, under the report's id. */
@Controller(`${FHIR_PATH}/${TYPE}`)
@UseFilters(FhirErrorFilter)
export class BinaryController {
  constructor(
    private readonly reports: ReportRepository,
    private readonly pdfs: SignedPdf,
    private readonly record: AccessRecord,
  ) {}

  /** As it is for `Accept: application/pdf`, else wrapped as a Binary (R4, binary.html). */
  @Get(':id')
  @Route({ permission: 'fhir.read', summary: 'The signed PDF of a report' })
  async read(@Req() request: FhirRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    const { caller } = request;
    const report = await this.record.demandFound(caller, TYPE, id, {
      find: () => this.reports.find(scopeOf(caller), id),
      organisationOf: () => this.reports.organisationOf(id),
    });
    await this.record.read(caller, TYPE, id, report.patientId);
    const bytes = await this.pdfs.bytes(report);
    if (wantsPdf(String(request.headers.accept ?? ''))) {
      await reply
        .header('content-type', PDF)
        .header('content-disposition', `inline; filename="${report.id}.pdf"`)
        .header('x-content-type-options', 'nosniff')
        .send(bytes);
      return;
    }
    await reply.header('content-type', FHIR_JSON).send({
      resourceType: TYPE,
      id: report.id,
      meta: { versionId: String(report.version), lastUpdated: report.lastUpdated.toISOString() },
      contentType: PDF,
      securityContext: { reference: `DiagnosticReport/${report.id}` },
      data: bytes.toString('base64'),
    });
  }
}

/** PDF is named, and no form of FHIR JSON stands before it. */
export function wantsPdf(accept: string): boolean {
  const types = accept.split(',').map((part) => part.split(';')[0]!.trim().toLowerCase());
  const pdf = types.indexOf(PDF);
  const json = types.findIndex((type) => type === 'application/fhir+json' || type === 'application/json');
  return pdf !== -1 && (json === -1 || pdf < json);
}
