import type { Readable } from 'node:stream';
import { Controller, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { requestOrigin } from '#libs/edges/http';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { parseMediaType } from './media-type.js';
import { decodedBody } from './request-body.js';
import { bodyKind, StoreRequest } from './store-request.js';
import { storeResponse } from './stow-response.js';

interface StowRequest extends AuthenticatedRequest {
  headers: Record<string, string | undefined>;
  body: Readable | null | undefined;
  protocol: string;
  url: string;
}
interface Reply {
  code(status: number): Reply;
  header(name: string, value: string): Reply;
}
type Json = Record<string, unknown>;

const TYPES =
  'Send multipart/related with a boundary and parts of application/dicom, or of application/dicom+json and bulk data, or one application/dicom body.';

/** STOW-RS (PS3.18 section 10.5). */
@Controller('dicom-web/studies')
@UseFilters(DicomwebErrorFilter)
export class StowController {
  constructor(private readonly storeRequest: StoreRequest) {}

  @Post()
  @Route({ permission: 'instance.store', summary: 'STOW-RS' })
  store(@Req() request: StowRequest, @Res({ passthrough: true }) reply: Reply): Promise<Json> {
    return this.receive(request, reply);
  }

  @Post(':study')
  @Route({ permission: 'instance.store', summary: 'STOW-RS into one study' })
  storeInto(
    @Req() request: StowRequest,
    @Res({ passthrough: true }) reply: Reply,
    @Param('study') study: string,
  ): Promise<Json> {
    return this.receive(request, reply, study);
  }

  private async receive(request: StowRequest, reply: Reply, study?: string): Promise<Json> {
    const { headers } = request;
    const refuse = (status: number, code: string, detail: string): Json => {
      reply.code(status).header('content-type', 'application/json');
      return { code, detail };
    };
    const type = parseMediaType(headers['content-type'] ?? '');
    if (/\bapplication\/dicom\+xml\b/i.test(headers['content-type'] ?? ''))
      return refuse(415, 'dicom-xml', `DICOM XML is not taken. ${TYPES}`);
    if (!type || bodyKind(type) === null) return refuse(415, 'media-type', TYPES);
    if (!acceptsJson(headers['accept']))
      return refuse(406, 'not-acceptable', 'The answer of a store request is application/dicom+json.');
    if (!request.body) return refuse(400, 'no-parts', 'The request has no body.');
    const stream = decodedBody(request.body, headers['content-encoding']);
    if (!stream) {
      reply.header('accept-encoding', 'gzip, identity');
      return refuse(415, 'content-encoding', 'Bodies are taken as they are, or compressed with gzip.');
    }
    const origin = requestOrigin(request);
    const outcomes = await this.storeRequest.store(request.caller, {
      type,
      stream,
      address: `${origin}${request.url}`,
      study,
    });
    const { status, body } = storeResponse(outcomes, origin, study);
    reply.code(status).header('content-type', 'application/dicom+json');
    if (status === 503) reply.header('retry-after', '5');
    return body;
  }
}

/** Whether JSON is among what the sender accepts; of a quality of 0 it is not (RFC 9110 section 12.5.1). */
function acceptsJson(accept: string | undefined): boolean {
  if (!accept?.trim()) return true;
  return accept.split(',').some((range) => {
    const { type = '', parameters } = parseMediaType(range.trim()) ?? {};
    const json = ['*/*', 'application/*', 'application/json', 'application/dicom+json'].includes(type);
    return json && Number(parameters?.get('q') ?? 1) > 0;
  });
}
