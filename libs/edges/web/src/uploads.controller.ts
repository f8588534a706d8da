import type { IncomingMessage, ServerResponse } from 'node:http';
import { All, Controller, Param, Req, Res, UseFilters } from '@nestjs/common';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { ProblemFilter } from './problem.filter.js';
import { TusUploads } from './tus-uploads.js';

interface RawRequest extends AuthenticatedRequest {
  raw: IncomingMessage;
}
interface RawReply {
  raw: ServerResponse;
  hijack(): void;
}

/** Resumable uploads, tus 1.0: core, creation, creation-with-upload, creation-defer-length, expiration, termination. */
@Controller('api/uploads')
@UseFilters(ProblemFilter)
export class UploadsController {
  constructor(private readonly uploads: TusUploads) {}

  @All()
  @Route({ permission: 'upload.send', summary: 'tus 1.0: create an upload' })
  create(@Req() request: RawRequest, @Res() reply: RawReply): Promise<void> {
    return this.tus(request, reply);
  }

  @All(':upload')
  @Route({ permission: 'upload.send', summary: 'tus 1.0: go on with an upload' })
  async go(@Req() request: RawRequest, @Res() reply: RawReply, @Param('upload') upload: string): Promise<void> {
    await this.uploads.demandOwn(request.caller, upload);
    return this.tus(request, reply);
  }

  private async tus(request: RawRequest, reply: RawReply): Promise<void> {
    reply.hijack();
    await this.uploads.handle(request.caller, request.raw, reply.raw);
  }
}
