import { Controller, Get, Header, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository, type InstanceLocation, type SeriesSummary, type StudySummary } from '#libs/catalogue';
import type { DicomJson, DicomJsonElement } from '#libs/formats/dicom';
import { Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { studyFilter } from './study-query.js';

interface Reply {
  code(status: number): Reply;
}
const JSON_TYPE = 'application/dicom+json';

/** QIDO-RS (PS3.18 section 10.6) as far as the viewer needs it: studies, series of a study, instances of a series. */
@Controller('dicom-web/studies')
@UseFilters(DicomwebErrorFilter)
export class QidoController {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Header('content-type', JSON_TYPE)
  @Route({ permission: 'image.view', summary: 'QIDO-RS studies' })
  async studies(
    @Req() { caller }: AuthenticatedRequest,
    @Query() query: Record<string, string>,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<DicomJson[]> {
    const found = await this.catalogue.studies(scopeOf(caller), studyFilter(query));
    await this.audit.record({
      actor: caller,
      action: 'query-studies',
      subject: { kind: 'catalogue', id: 'studies' },
      outcome: 'done',
      detail: { query, studies: found.map((study) => study.studyInstanceUid) },
    });
    if (found.length === 0) reply.code(204);
    return found.map(studyJson);
  }

  @Get(':study/series')
  @Header('content-type', JSON_TYPE)
  @Route({ permission: 'image.view', summary: 'QIDO-RS series of a study' })
  async series(
    @Req() { caller }: AuthenticatedRequest,
    @Param('study') study: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<DicomJson[]> {
    const found = await this.catalogue.seriesOf(scopeOf(caller), study);
    await this.note(caller, 'query-series', study, found.length);
    if (found.length === 0) reply.code(204);
    return found.map((series) => seriesJson(study, series));
  }

  @Get(':study/series/:series/instances')
  @Header('content-type', JSON_TYPE)
  @Route({ permission: 'image.view', summary: 'QIDO-RS instances of a series' })
  async instances(
    @Req() { caller }: AuthenticatedRequest,
    @Param('study') study: string,
    @Param('series') series: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<DicomJson[]> {
    const found = await this.catalogue.instances(scopeOf(caller), {
      studyInstanceUid: study,
      seriesInstanceUid: series,
    });
    await this.note(caller, 'query-instances', study, found.length);
    if (found.length === 0) reply.code(204);
    return found.map(instanceJson);
  }

  private async note(
    caller: AuthenticatedRequest['caller'],
    action: string,
    study: string,
    found: number,
  ): Promise<void> {
    const beyond = found === 0 && (await this.catalogue.organisationsHolding(study)).length > 0;
    await this.audit.record({
      actor: caller,
      action,
      subject: { kind: 'study', id: study.slice(0, 64) },
      outcome: beyond ? 'refused' : 'done',
    });
  }
}

function element(vr: string, ...values: (string | number | null | undefined)[]): DicomJsonElement {
  const Value = values.filter(
    (value): value is string | number => value !== null && value !== undefined && value !== '',
  );
  return Value.length > 0 ? { vr, Value } : { vr };
}

function studyJson(study: StudySummary): DicomJson {
  const local =
    study.examinedAt && new Date(study.examinedAt.getTime() + 8 * 3_600_000).toISOString().replaceAll(/[-:]/g, '');
  const { name } = study.patient;
  const han = /\p{Script=Han}/u.test(name);
  return {
    '00080005': element('CS', 'ISO_IR 192'),
    '00080020': element('DA', local?.slice(0, 8)),
    '00080030': element('TM', local?.slice(9, 15)),
    '00080050': element('SH', study.accessionNumber),
    '00080056': element('CS', 'ONLINE'),
    '00080061': element('CS', ...study.modalities),
    '00081030': element('LO', study.description),
    '00081190': element('UR', `/dicom-web/studies/${study.studyInstanceUid}`),
    '00100010': name === '' ? { vr: 'PN' } : { vr: 'PN', Value: [han ? { Ideographic: name } : { Alphabetic: name }] },
    '00100020': element('LO', study.patient.number),
    '00100030': element('DA', study.patient.birthDate?.replaceAll('-', '')),
    '00100040': element('CS', study.patient.sex),
    '0020000D': element('UI', study.studyInstanceUid),
    '00201206': element('IS', study.series),
    '00201208': element('IS', study.instances),
  };
}

function seriesJson(study: string, series: SeriesSummary): DicomJson {
  return {
    '00080005': element('CS', 'ISO_IR 192'),
    '00080060': element('CS', series.modality),
    '0008103E': element('LO', series.description),
    '00081190': element('UR', `/dicom-web/studies/${study}/series/${series.seriesInstanceUid}`),
    '0020000D': element('UI', study),
    '0020000E': element('UI', series.seriesInstanceUid),
    '00200011': element('IS', series.number),
    '00201209': element('IS', series.instances),
  };
}

/** Attributes of PS3.18 table 10.6.3-5, from the stored header. */
const INSTANCE_TAGS = [
  '00080016',
  '00080018',
  '0020000D',
  '0020000E',
  '00200013',
  '00280008',
  '00280010',
  '00280011',
  '00280100',
];

function instanceJson(instance: InstanceLocation): DicomJson {
  const json: DicomJson = { '00080005': element('CS', 'ISO_IR 192') };
  for (const tag of INSTANCE_TAGS) if (instance.attributes[tag]) json[tag] = instance.attributes[tag];
  json['00083002'] = element('UI', instance.transferSyntaxUid);
  return json;
}
