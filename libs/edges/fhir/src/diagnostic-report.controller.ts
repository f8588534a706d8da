import { Controller, Get, Header, Param, Req, UseFilters } from '@nestjs/common';
import { inScope, Route, scopeOf, type Caller } from '#libs/identity';
import { isId } from '#libs/kernel';
import { ReportRepository, type ReportFilter, type SignedReport } from '#libs/report';
import { AccessRecord } from './access-record.js';
import { diagnosticReport } from './diagnostic-report.js';
import { FhirErrorFilter } from './fhir-error.filter.js';
import { baseOf, FHIR_JSON, FHIR_PATH, searchParameters, type FhirRequest } from './fhir-request.js';
import { PatientCriteria } from './patient-criterion.js';
import type { Resource } from './resource.js';
import { readCursor, searchBundle } from './search-bundle.js';
import type { SearchParameters, Token } from './search-parameters.js';
import { SignedPdf } from './signed-pdf.js';
import { ITEM_SYSTEM, organisationOfAccessionSystem, REPORT_SYSTEM } from './systems.js';

const TYPE = 'DiagnosticReport';
export const DIAGNOSTIC_REPORT_PARAMETERS = [
  '_id',
  '_lastUpdated',
  'identifier',
  'patient',
  'patient.identifier',
  'status',
  'code',
];
const STATUS_SYSTEM = 'http://hl7.org/fhir/diagnostic-report-status';

@Controller(`${FHIR_PATH}/${TYPE}`)
@UseFilters(FhirErrorFilter)
export class DiagnosticReportController {
  constructor(
    private readonly reports: ReportRepository,
    private readonly pdfs: SignedPdf,
    private readonly patients: PatientCriteria,
    private readonly record: AccessRecord,
  ) {}

  @Get()
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Search signed reports of the own organisation' })
  async search(@Req() request: FhirRequest): Promise<Resource> {
    const { caller } = request;
    const parameters = searchParameters(request, DIAGNOSTIC_REPORT_PARAMETERS);
    const filter = await this.filter(caller, parameters);
    const found = filter === null ? [] : await this.reports.search(scopeOf(caller), filter);
    await this.record.searched(caller, TYPE, parameters.used, found.slice(0, parameters.count));
    const base = baseOf(request);
    const shown = await Promise.all(found.map(async (report) => ({ report, pdf: await this.pdfs.facts(report) })));
    return searchBundle({
      base,
      type: TYPE,
      parameters,
      found: shown,
      resource: ({ report, pdf }) => diagnosticReport(report, pdf, base),
      place: ({ report }) => ({ id: report.id, at: report.lastUpdated }),
    });
  }

  @Get(':id')
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Read a signed report of the own organisation' })
  async read(@Req() request: FhirRequest, @Param('id') id: string): Promise<Resource> {
    const { caller } = request;
    const report: SignedReport = await this.record.demandFound(caller, TYPE, id, {
      find: () => this.reports.find(scopeOf(caller), id),
      organisationOf: () => this.reports.organisationOf(id),
    });
    await this.record.read(caller, TYPE, id, report.patientId);
    return diagnosticReport(report, await this.pdfs.facts(report), baseOf(request));
  }

  /** @returns null when nothing can match */
  private async filter(caller: Caller, parameters: SearchParameters): Promise<ReportFilter | null> {
    const criterion = await this.patients.of(caller, parameters);
    const token = parameters.token('identifier');
    const identified = token === undefined ? {} : await this.byIdentifier(caller, token);
    if (criterion === null || identified === null) return null;
    const ids = parameters.ids('_id');
    if (ids && identified.ids && !ids.includes(identified.ids[0]!)) return null;
    const { from, to } = parameters.dates('_lastUpdated');
    const place = readCursor(parameters);
    const status = parameters.codes('status', [STATUS_SYSTEM]);
    const items = parameters.codes('code', [ITEM_SYSTEM]);
    return {
      ...criterion,
      ...(ids ? { ids } : {}),
      ...identified,
      ...(status ? { status } : {}),
      ...(items ? { items } : {}),
      ...(from ? { updatedFrom: from } : {}),
      ...(to ? { updatedTo: to } : {}),
      ...(place?.at ? { after: { lastUpdated: place.at, id: place.id } } : {}),
      limit: parameters.count + 1,
    };
  }

  /** `urn:qiao:report|<id>` or `urn:qiao:accession:<code>|<number>`; without a system, whichever it looks like. */
  private async byIdentifier(
    caller: Caller,
    { system, value }: Token,
  ): Promise<Pick<ReportFilter, 'ids' | 'accessionNumber'> | null> {
    if (system === REPORT_SYSTEM || (system === undefined && isId(value)))
      return isId(value) ? { ids: [value.toLowerCase()] } : null;
    if (system === undefined) return { accessionNumber: value };
    const organisation = organisationOfAccessionSystem(system);
    if (organisation === undefined) return null;
    if (inScope(scopeOf(caller), organisation)) return { accessionNumber: value };
    await this.record.outOfScope(caller, TYPE, system, organisation);
    return null;
  }
}
