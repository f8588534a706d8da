import { Controller, Get, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { acceptedJson } from './json-acceptance.js';
import { queryParameters, type QueryString } from './query-parameters.js';
import { SearchAnswer, type SearchTarget } from './search-answer.js';

interface Reply {
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  send(body?: Buffer): unknown;
}
interface QueryRequest extends AuthenticatedRequest {
  protocol?: string;
  headers: Record<string, string | undefined>;
}

/** QIDO-RS (PS3.18 section 10.6): studies, series and instances, of the archive or of what the address names. */
@Controller('dicom-web')
@UseFilters(DicomwebErrorFilter)
export class QidoController {
  constructor(private readonly answer: SearchAnswer) {}

  @Get('studies')
  @Route({ permission: 'image.view', summary: 'QIDO-RS studies' })
  studies(@Req() request: QueryRequest, @Query() query: QueryString, @Res() reply: Reply) {
    return this.search(request, reply, query, { level: 'STUDY' });
  }

  @Get('series')
  @Route({ permission: 'image.view', summary: 'QIDO-RS series' })
  series(@Req() request: QueryRequest, @Query() query: QueryString, @Res() reply: Reply) {
    return this.search(request, reply, query, { level: 'SERIES' });
  }

  @Get('instances')
  @Route({ permission: 'image.view', summary: 'QIDO-RS instances' })
  instances(@Req() request: QueryRequest, @Query() query: QueryString, @Res() reply: Reply) {
    return this.search(request, reply, query, { level: 'IMAGE' });
  }

  @Get('studies/:study/series')
  @Route({ permission: 'image.view', summary: 'QIDO-RS series of a study' })
  seriesOfStudy(
    @Req() request: QueryRequest,
    @Param('study') study: string,
    @Query() query: QueryString,
    @Res() reply: Reply,
  ) {
    return this.search(request, reply, query, { level: 'SERIES', study });
  }

  @Get('studies/:study/instances')
  @Route({ permission: 'image.view', summary: 'QIDO-RS instances of a study' })
  instancesOfStudy(
    @Req() request: QueryRequest,
    @Param('study') study: string,
    @Query() query: QueryString,
    @Res() reply: Reply,
  ) {
    return this.search(request, reply, query, { level: 'IMAGE', study });
  }

  @Get('studies/:study/series/:series/instances')
  @Route({ permission: 'image.view', summary: 'QIDO-RS instances of a series' })
  instancesOfSeries(
    @Req() request: QueryRequest,
    @Param('study') study: string,
    @Param('series') series: string,
    @Query() query: QueryString,
    @Res() reply: Reply,
  ) {
    return this.search(request, reply, query, { level: 'IMAGE', study, series });
  }

  private async search(
    request: QueryRequest,
    reply: Reply,
    query: QueryString,
    target: SearchTarget,
  ): Promise<unknown> {
    const accept = query['accept'];
    const type = acceptedJson(request.headers['accept'], Array.isArray(accept) ? accept[0] : accept);
    const { items, total, warnings } = await this.answer.to(request, target, queryParameters(query), query);
    for (const warning of warnings) reply.header('warning', `299 qiao "${warning}"`);
    if (total !== null) reply.header('x-total-count', String(total));
    // PS3.18 section 8.3.4.4.1: no match is no content.
    if (items.length === 0) return reply.code(204).send();
    return reply.header('content-type', type).send(Buffer.from(JSON.stringify(items)));
  }
}
