import { createHash } from 'node:crypto';
import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { CatalogueRepository, type InstanceLocation, type RetrieveAddress } from '#libs/catalogue';
import { Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { acceptable, innerType } from './accept.js';
import { answerBody, type RetrieveReply, type RetrieveRequest } from './answer-body.js';
import { documentHeaders } from './claimed-type.js';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { multipartBody } from './multipart-answer.js';
import { NotAcceptable } from './not-acceptable.js';
import { DrawPictures, type PictureType } from './draw-pictures.js';
import { renderParameters, thumbnailParameters, type RenderParameters } from './render-parameters.js';
import { RetrieveAccess } from './retrieve-access.js';
import { frameNumbers } from './wado-frames.controller.js';

type Request = AuthenticatedRequest & RetrieveRequest;

/** Drawn anew when the product learns to draw better, so not kept for ever. */
const KEEP = 'private, max-age=3600';
const PICTURES = ['image/jpeg', 'image/png'] as const;

/**
 * Pictures of studies, series, instances and frames (PS3.18 10.4.1.1.3 and 10.4.1.1.4). A single picture of several instances or frames is
 * the one that stands for them: the middle instance, its representative frame. A multipart holds all.
 */
@Controller('dicom-web/studies/:study')
@UseFilters(DicomwebErrorFilter)
export class WadoRenderedController {
  constructor(
    private readonly access: RetrieveAccess,
    private readonly catalogue: CatalogueRepository,
    private readonly draw: DrawPictures,
  ) {}

  @Get('rendered')
  @Route({ permission: 'image.view', summary: 'WADO-RS rendered study' })
  study(@Req() request: Request, @Res() reply: RetrieveReply): Promise<void> {
    return this.rendered(request, reply);
  }

  @Get('series/:series/rendered')
  @Route({ permission: 'image.view', summary: 'WADO-RS rendered series' })
  series(@Req() request: Request, @Res() reply: RetrieveReply): Promise<void> {
    return this.rendered(request, reply);
  }

  @Get('series/:series/instances/:instance/rendered')
  @Route({ permission: 'image.view', summary: 'WADO-RS rendered instance' })
  instance(@Req() request: Request, @Res() reply: RetrieveReply): Promise<void> {
    return this.rendered(request, reply);
  }

  @Get('series/:series/instances/:instance/frames/:list/rendered')
  @Route({ permission: 'image.view', summary: 'WADO-RS rendered frames' })
  frames(@Req() request: Request, @Res() reply: RetrieveReply, @Param('list') list: string): Promise<void> {
    return this.rendered(request, reply, frameNumbers(list));
  }

  @Get('thumbnail')
  @Route({ permission: 'image.view', summary: 'WADO-RS thumbnail of a study' })
  studyThumbnail(@Req() request: Request, @Res() reply: RetrieveReply): Promise<void> {
    return this.thumbnail(request, reply);
  }

  @Get('series/:series/thumbnail')
  @Route({ permission: 'image.view', summary: 'WADO-RS thumbnail of a series' })
  seriesThumbnail(@Req() request: Request, @Res() reply: RetrieveReply): Promise<void> {
    return this.thumbnail(request, reply);
  }

  @Get('series/:series/instances/:instance/thumbnail')
  @Route({ permission: 'image.view', summary: 'WADO-RS thumbnail of an instance' })
  instanceThumbnail(@Req() request: Request, @Res() reply: RetrieveReply): Promise<void> {
    return this.thumbnail(request, reply);
  }

  @Get('series/:series/instances/:instance/frames/:list/thumbnail')
  @Route({ permission: 'image.view', summary: 'WADO-RS thumbnail of a frame' })
  frameThumbnail(@Req() request: Request, @Res() reply: RetrieveReply, @Param('list') list: string): Promise<void> {
    return this.thumbnail(request, reply, frameNumbers(list).slice(0, 1));
  }

  private async rendered(request: Request, reply: RetrieveReply, frames?: readonly number[]): Promise<void> {
    const parameters = renderParameters(request.query);
    const instances = await this.find(request, 'rendered');
    const ranges = acceptable(request.headers['accept']?.toString(), request.query['accept']);
    const document = instances.length === 1 ? this.draw.documentType(instances[0]!) : undefined;
    if (document) {
      if (!ranges.some(({ type }) => ['*/*', 'application/*', document].includes(type)))
        throw new NotAcceptable(`This instance is rendered as ${document}.`);
      const value = await this.draw.document(instances[0]!);
      return answerBody(request, reply, {
        type: document,
        etag: `"${instances[0]!.digest}.document"`,
        size: value.size,
        ranges: true,
        headers: documentHeaders(document),
        open: (start, length) => value.stream(start, length),
      });
    }
    for (const range of ranges) {
      const inner = range.type === 'multipart/related' ? (innerType(range) ?? 'image/jpeg') : undefined;
      const picture = pictureType(inner ?? range.type);
      if (!picture) continue;
      const many = inner !== undefined || (frames !== undefined && frames.length > 1);
      return many
        ? this.all(request, reply, instances, frames, picture, parameters)
        : this.one(request, reply, instances, frames?.[0], picture, parameters);
    }
    throw new NotAcceptable('Pictures are given as image/jpeg or image/png, or as multipart/related of them.');
  }

  private async thumbnail(request: Request, reply: RetrieveReply, frames?: readonly number[]): Promise<void> {
    const parameters = thumbnailParameters(request.query);
    const instances = await this.find(request, 'rendered');
    const ranges = acceptable(request.headers['accept']?.toString(), request.query['accept']);
    const picture = ranges.map(({ type }) => pictureType(type)).find((type) => type !== undefined);
    if (!picture) throw new NotAcceptable('Thumbnails are given as image/jpeg or image/png.');
    return this.one(request, reply, instances, frames?.[0], picture, parameters);
  }

  private async find(request: Request, purpose: 'rendered'): Promise<InstanceLocation[]> {
    const { study, series, instance } = (request as unknown as { params: Record<string, string | undefined> }).params;
    const address: RetrieveAddress = {
      studyInstanceUid: study!,
      ...(series === undefined ? {} : { seriesInstanceUid: series }),
      ...(instance === undefined ? {} : { sopInstanceUid: instance }),
    };
    const found = await this.catalogue.instances(scopeOf(request.caller), address);
    const [first] = found;
    if (!first) return this.access.refuse(request.caller, address);
    await this.access.record(request.caller, address, purpose, first.patientId);
    return instance === undefined ? found : [first];
  }

  private async one(
    request: Request,
    reply: RetrieveReply,
    instances: readonly InstanceLocation[],
    frame: number | undefined,
    type: PictureType,
    parameters: RenderParameters,
  ): Promise<void> {
    const instance = this.draw.standingFor(instances);
    const drawn = () => this.draw.one(instance, frame, type, parameters);
    const etag = etagOf([instance], frame === undefined ? [] : [frame], type, parameters);
    if (request.method === 'HEAD')
      return answerBody(request, reply, { type, etag, cacheControl: KEEP, open: async () => Buffer.alloc(0) });
    const { bytes, warnings } = await drawn();
    const headers = warningHeaders(warnings);
    return answerBody(request, reply, {
      type,
      etag,
      cacheControl: KEEP,
      size: bytes.length,
      headers,
      open: async () => bytes,
    });
  }

  private all(
    request: Request,
    reply: RetrieveReply,
    instances: readonly InstanceLocation[],
    frames: readonly number[] | undefined,
    type: PictureType,
    parameters: RenderParameters,
  ): Promise<void> {
    const etag = etagOf(instances, frames ?? [], type, parameters);
    const boundary = `qiao-${etag.slice(1, 33)}`;
    const parts = this.draw.all(instances, frames, type, parameters);
    return answerBody(request, reply, {
      type: `multipart/related; type="${type}"; boundary="${boundary}"`,
      etag,
      cacheControl: KEEP,
      headers: warningHeaders(parameters.warnings),
      open: () => multipartBody(boundary, parts),
    });
  }
}

function pictureType(type: string): PictureType | undefined {
  return type === '*/*' || type === 'image/*' ? 'image/jpeg' : PICTURES.find((picture) => picture === type);
}

function etagOf(
  instances: readonly InstanceLocation[],
  frames: readonly number[],
  type: string,
  { wish, quality }: RenderParameters,
): string {
  const annotations = [...(wish.annotations ?? [])];
  const all = JSON.stringify([instances.map(({ digest }) => digest), frames, type, { ...wish, annotations }, quality]);
  return `"${createHash('sha256').update(all).digest('hex').slice(0, 32)}"`;
}

function warningHeaders(warnings: readonly string[]): Record<string, string> {
  if (warnings.length === 0) return {};
  return { warning: warnings.map((text) => `299 qiao "${text.replaceAll(/[^\x20-\x7e]|["\\]/g, '?')}"`).join(', ') };
}
