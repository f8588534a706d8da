import { Controller, Get, Header, Param, Req, UseFilters } from '@nestjs/common';
import { Route, scopeOf, type Caller } from '#libs/identity';
import { PatientsRepository, type PatientFilter } from '#libs/patients';
import { AccessRecord } from './access-record.js';
import { FhirErrorFilter } from './fhir-error.filter.js';
import { baseOf, FHIR_JSON, FHIR_PATH, searchParameters, type FhirRequest } from './fhir-request.js';
import { PatientCriteria } from './patient-criterion.js';
import { patientResource } from './patient.js';
import type { Resource } from './resource.js';
import { readCursor, searchBundle } from './search-bundle.js';
import type { SearchParameters } from './search-parameters.js';

const TYPE = 'Patient';
export const PATIENT_PARAMETERS = ['_id', 'identifier'];

@Controller(`${FHIR_PATH}/${TYPE}`)
@UseFilters(FhirErrorFilter)
export class PatientController {
  constructor(
    private readonly patients: PatientsRepository,
    private readonly criteria: PatientCriteria,
    private readonly record: AccessRecord,
  ) {}

  @Get()
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Search patients of the own organisation' })
  async search(@Req() request: FhirRequest): Promise<Resource> {
    const { caller } = request;
    const parameters = searchParameters(request, PATIENT_PARAMETERS);
    const filter = await this.filter(caller, parameters);
    const found = filter === null ? [] : await this.patients.search(scopeOf(caller), filter);
    const shown = found.slice(0, parameters.count).map(({ id }) => ({ id, patientId: id }));
    await this.record.searched(caller, TYPE, parameters.used, shown);
    return searchBundle({
      base: baseOf(request),
      type: TYPE,
      parameters,
      found,
      resource: patientResource,
      place: ({ id }) => ({ id }),
    });
  }

  @Get(':id')
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Read a patient of the own organisation' })
  async read(@Req() request: FhirRequest, @Param('id') id: string): Promise<Resource> {
    const { caller } = request;
    const patient = await this.record.demandFound(caller, TYPE, id, {
      find: () => this.patients.byId(scopeOf(caller), id),
      organisationOf: () => this.patients.organisationOf(id),
    });
    await this.record.read(caller, TYPE, id, patient.id);
    return patientResource(patient);
  }

  private async filter(caller: Caller, parameters: SearchParameters): Promise<PatientFilter | null> {
    const token = parameters.token('identifier');
    const criterion = token === undefined ? {} : await this.criteria.byIdentifier(caller, token);
    if (criterion === null) return null;
    const ids = parameters.ids('_id');
    const place = readCursor(parameters);
    return {
      ...(criterion.patientNumber === undefined ? {} : { number: criterion.patientNumber }),
      ...(criterion.patientOrganisation === undefined ? {} : { organisation: criterion.patientOrganisation }),
      ...(criterion.idCard === undefined ? {} : { idCard: criterion.idCard }),
      ...(ids ? { ids } : {}),
      ...(place ? { after: place.id } : {}),
      limit: parameters.count + 1,
    };
  }
}
