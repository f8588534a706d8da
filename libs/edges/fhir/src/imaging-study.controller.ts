import { Controller, Get, Header, Param, Req, UseFilters } from '@nestjs/common';
import { CatalogueRepository, type StudyFilter, type StudySummary } from '#libs/catalogue';
import { inScope, Route, scopeOf, type Caller } from '#libs/identity';
import { AccessRecord } from './access-record.js';
import { FhirErrorFilter } from './fhir-error.filter.js';
import { baseOf, FHIR_JSON, FHIR_PATH, searchParameters, type FhirRequest } from './fhir-request.js';
import { imagingStudy } from './imaging-study.js';
import { PatientCriteria } from './patient-criterion.js';
import type { Resource } from './resource.js';
import { readCursor, searchBundle } from './search-bundle.js';
import type { SearchParameters, Token } from './search-parameters.js';
import { DICOM_UID_SYSTEM, organisationOfAccessionSystem } from './systems.js';

const TYPE = 'ImagingStudy';
export const IMAGING_STUDY_PARAMETERS = ['_id', 'identifier', 'patient', 'patient.identifier'];
const UID = /^(?:urn:oid:)?(\d[\d.]*)$/;

@Controller(`${FHIR_PATH}/${TYPE}`)
@UseFilters(FhirErrorFilter)
export class ImagingStudyController {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly patients: PatientCriteria,
    private readonly record: AccessRecord,
  ) {}

  @Get()
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Search studies of the own organisation' })
  async search(@Req() request: FhirRequest): Promise<Resource> {
    const { caller } = request;
    const parameters = searchParameters(request, IMAGING_STUDY_PARAMETERS);
    const filter = await this.filter(caller, parameters);
    const found = filter === null ? [] : await this.catalogue.studies(scopeOf(caller), filter);
    await this.record.searched(caller, TYPE, parameters.used, found.slice(0, parameters.count));
    const described = await Promise.all(found.map(async (study) => ({ study, resource: await this.described(study) })));
    return searchBundle({
      base: baseOf(request),
      type: TYPE,
      parameters,
      found: described,
      resource: (one) => one.resource,
      place: ({ study }) => ({ id: study.id }),
    });
  }

  @Get(':id')
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'fhir.read', summary: 'Read a study of the own organisation' })
  async read(@Req() request: FhirRequest, @Param('id') id: string): Promise<Resource> {
    const { caller } = request;
    const study = await this.record.demandFound(caller, TYPE, id, {
      find: async () => (await this.catalogue.studies(scopeOf(caller), { examIds: [id], limit: 1, offset: 0 }))[0],
      organisationOf: async () => {
        const organisation = (await this.catalogue.exam(id))?.organisation;
        return organisation !== undefined && inScope(scopeOf(caller), organisation) ? undefined : organisation;
      },
    });
    await this.record.read(caller, TYPE, id, study.patientId);
    return this.described(study);
  }

  private async described(study: StudySummary): Promise<Resource> {
    return imagingStudy(
      study,
      await this.catalogue.seriesOf({ organisations: [study.organisation] }, study.studyInstanceUid),
    );
  }

  private async filter(caller: Caller, parameters: SearchParameters): Promise<StudyFilter | null> {
    const criterion = await this.patients.of(caller, parameters);
    const token = parameters.token('identifier');
    const identified = token === undefined ? {} : await this.byIdentifier(caller, token);
    if (criterion === null || identified === null) return null;
    const examIds = parameters.ids('_id');
    const place = readCursor(parameters);
    return {
      ...criterion,
      ...identified,
      ...(examIds ? { examIds } : {}),
      ...(place ? { after: place.id } : {}),
      limit: parameters.count + 1,
      offset: 0,
    };
  }

  /** `urn:dicom:uid|urn:oid:<uid>` or `urn:qiao:accession:<code>|<number>`; without a system, whichever it looks like. */
  private async byIdentifier(
    caller: Caller,
    { system, value }: Token,
  ): Promise<Pick<StudyFilter, 'studyInstanceUids' | 'accessionNumber'> | null> {
    const uid = UID.exec(value)?.[1];
    if (system === DICOM_UID_SYSTEM || (system === undefined && value.startsWith('urn:oid:'))) {
      return uid === undefined ? null : { studyInstanceUids: [uid] };
    }
    if (system === undefined) return { accessionNumber: value };
    const organisation = organisationOfAccessionSystem(system);
    if (organisation === undefined) return null;
    if (inScope(scopeOf(caller), organisation)) return { accessionNumber: value };
    await this.record.outOfScope(caller, TYPE, system, organisation);
    return null;
  }
}
