import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ReadMetadata, type RetrieveAddress } from '#libs/catalogue';
import { requestOrigin } from '#libs/edges/http';
import { Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { acceptable } from './accept.js';
import { answerBody, ASK_AGAIN, type RetrieveReply, type RetrieveRequest } from './answer-body.js';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { NotAcceptable } from './not-acceptable.js';
import { RetrieveAccess } from './retrieve-access.js';

type Request = AuthenticatedRequest & RetrieveRequest;

const inflate = promisify<Buffer, Buffer>(gunzip);
const JSON_TYPES = new Set(['application/dicom+json', 'application/json', 'application/*', '*/*']);

/** WADO-RS metadata (PS3.18 10.4.1.1.2) as DICOM JSON; bulk data and pixel data are absolute links under the caller's own address. */
@Controller('dicom-web/studies/:study')
@UseFilters(DicomwebErrorFilter)
export class WadoMetadataController {
  constructor(
    private readonly access: RetrieveAccess,
    private readonly readMetadata: ReadMetadata,
  ) {}

  @Get('metadata')
  @Route({ permission: 'image.view', summary: 'WADO-RS metadata of a study' })
  study(@Req() request: Request, @Res() reply: RetrieveReply, @Param('study') study: string): Promise<void> {
    return this.answer(request, reply, { studyInstanceUid: study });
  }

  @Get('series/:series/metadata')
  @Route({ permission: 'image.view', summary: 'WADO-RS metadata of a series' })
  series(
    @Req() request: Request,
    @Res() reply: RetrieveReply,
    @Param('study') study: string,
    @Param('series') series: string,
  ): Promise<void> {
    return this.answer(request, reply, { studyInstanceUid: study, seriesInstanceUid: series });
  }

  @Get('series/:series/instances/:instance/metadata')
  @Route({ permission: 'image.view', summary: 'WADO-RS metadata of an instance' })
  instance(
    @Req() request: Request,
    @Res() reply: RetrieveReply,
    @Param('study') study: string,
    @Param('series') series: string,
    @Param('instance') instance: string,
  ): Promise<void> {
    return this.answer(request, reply, {
      studyInstanceUid: study,
      seriesInstanceUid: series,
      sopInstanceUid: instance,
    });
  }

  private async answer(request: Request, reply: RetrieveReply, address: RetrieveAddress): Promise<void> {
    const ranges = acceptable(request.headers['accept']?.toString(), request.query['accept']);
    if (!ranges.some(({ type }) => JSON_TYPES.has(type)))
      throw new NotAcceptable('Metadata are given as application/dicom+json.');
    const base = `${requestOrigin(request)}/dicom-web`;
    const found = await this.readMetadata.find(scopeOf(request.caller), address, base);
    if (!found) return this.access.refuse(request.caller, address);
    await this.access.record(request.caller, address, 'metadata', found.patientId);
    const compressed = await found.gzip();
    const takesGzip = acceptable(request.headers['accept-encoding']?.toString() ?? 'identity', undefined).some(
      ({ type }) => type === 'gzip' || type === 'x-gzip' || type === '*',
    );
    const body = takesGzip ? compressed : await inflate(compressed);
    await answerBody(request, reply, {
      type: 'application/dicom+json',
      etag: `W/"${createHash('sha256').update(compressed).digest('hex').slice(0, 32)}"`,
      cacheControl: ASK_AGAIN,
      size: body.length,
      headers: { 'content-encoding': takesGzip ? 'gzip' : 'identity' },
      open: async () => body,
    });
  }
}
