import { Controller, Get, Header, Param, Req, UseFilters } from '@nestjs/common';
import { inScope, Route, scopeOf, type Caller } from '#libs/identity';
import { PatientsRepository } from '#libs/patients';
import { WorklistRepository, type ExamRequest, type RequestFilter } from '#libs/worklist';
import { AccessRecord } from './access-record.js';
import { FhirErrorFilter } from './fhir-error.filter.js';
import { baseOf, FHIR_JSON, FHIR_PATH, searchParameters, type FhirRequest } from './fhir-request.js';
import { PatientCriteria, type PatientCriterion } from './patient-criterion.js';
import type { Resource } from './resource.js';
import { readCursor, searchBundle } from './search-bundle.js';
import type { SearchParameters, Token } from './search-parameters.js';
import { REQUEST_STATUS, serviceRequest } from './service-request.js';
import { ITEM_SYSTEM, organisationOfAccessionSystem } from './systems.js';

const TYPE = 'ServiceRequest';
export const SERVICE_REQUEST_PARAMETERS = ['_id', 'identifier', 'patient', 'patient.identifier', 'status', 'code'];
const STATUS_SYSTEM = 'http://hl7.org/fhir/request-status';

@Controller(`${FHIR_PATH}/${TYPE}`)
@UseFilters(FhirErrorFilter)
export class ServiceRequestController {
  constructor(
    private readonly worklist: WorklistRepository,
    private readonly patients: PatientsRepository,
    private readonly criteria: PatientCriteria,
    private readonly record: AccessRecord,
  ) {}

  @Get()
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Search exam requests of the own organisation' })
  async search(@Req() request: FhirRequest): Promise<Resource> {
    const { caller } = request;
    const parameters = searchParameters(request, SERVICE_REQUEST_PARAMETERS);
    const filter = await this.filter(caller, parameters);
    const requests = filter === null ? [] : await this.worklist.searchRequests(scopeOf(caller), filter);
    const names = await this.itemNames();
    const found = await Promise.all(
      requests.map(async (one) => ({ one, id: one.id, patientId: await this.patientOf(one) })),
    );
    await this.record.searched(caller, TYPE, parameters.used, found.slice(0, parameters.count));
    return searchBundle({
      base: baseOf(request),
      type: TYPE,
      parameters,
      found,
      resource: ({ one, patientId }) => serviceRequest(one, patientId, names.get(one.item) ?? null),
      place: ({ id }) => ({ id }),
    });
  }

  @Get(':id')
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Read an exam request of the own organisation' })
  async read(@Req() request: FhirRequest, @Param('id') id: string): Promise<Resource> {
    const { caller } = request;
    const found = await this.record.demandFound(caller, TYPE, id, {
      find: async () => (await this.worklist.searchRequests(scopeOf(caller), { ids: [id], limit: 1 }))[0],
      organisationOf: () => this.worklist.organisationOfRequest(id),
    });
    const patientId = await this.patientOf(found);
    await this.record.read(caller, TYPE, id, patientId);
    return serviceRequest(found, patientId, (await this.itemNames()).get(found.item) ?? null);
  }

  private async itemNames(): Promise<Map<string, string>> {
    return new Map((await this.worklist.items()).map((item) => [item.code, item.name]));
  }

  private async patientOf(request: ExamRequest): Promise<string | null> {
    const [patient] = await this.patients.search(
      { organisations: [request.organisation] },
      { number: request.patientNumber, limit: 1 },
    );
    return patient?.id ?? null;
  }

  private async filter(caller: Caller, parameters: SearchParameters): Promise<RequestFilter | null> {
    const criterion = await this.criteria.of(caller, parameters);
    const token = parameters.token('identifier');
    const identified = token === undefined ? {} : await this.byIdentifier(caller, token);
    if (criterion === null || identified === null) return null;
    const patient = await this.patientFilter(caller, criterion);
    const status = parameters.codes('status', [STATUS_SYSTEM]);
    const open = status?.includes(REQUEST_STATUS.open) ?? true;
    const answered = status?.includes(REQUEST_STATUS.answered) ?? true;
    if (patient === null || (!open && !answered)) return null;
    const ids = parameters.ids('_id');
    const items = parameters.codes('code', [ITEM_SYSTEM]);
    const place = readCursor(parameters);
    return {
      ...patient,
      ...identified,
      ...(ids ? { ids } : {}),
      ...(items ? { items } : {}),
      ...(open && answered ? {} : { answered }),
      ...(place ? { after: place.id } : {}),
      limit: parameters.count + 1,
    };
  }

  /** Requests know their patient by number: a patient's id is turned into it. */
  private async patientFilter(
    caller: Caller,
    { patientId, ...rest }: PatientCriterion,
  ): Promise<Partial<RequestFilter> | null> {
    if (patientId === undefined) return rest;
    const patient = await this.patients.byId(scopeOf(caller), patientId);
    if (!patient || (rest.patientNumber !== undefined && rest.patientNumber !== patient.number)) return null;
    return { ...rest, patientNumber: patient.number, patientOrganisation: patient.organisation };
  }

  private async byIdentifier(
    caller: Caller,
    { system, value }: Token,
  ): Promise<Pick<RequestFilter, 'accessionNumber'> | null> {
    if (system === undefined) return { accessionNumber: value };
    const organisation = organisationOfAccessionSystem(system);
    if (organisation === undefined) return null;
    if (inScope(scopeOf(caller), organisation)) return { accessionNumber: value };
    await this.record.outOfScope(caller, TYPE, system, organisation);
    return null;
  }
}
