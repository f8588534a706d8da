import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ReadBulkData, ReadFrames, ReadVideo, type InstancePlace } from '#libs/catalogue';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { acceptable, innerType } from './accept.js';
import { answerBody, type RetrieveReply, type RetrieveRequest } from './answer-body.js';
import { claimedType, documentHeaders } from './claimed-type.js';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { frameMediaType } from './frame-media-type.js';
import { givenFrames, once } from './given-frames.js';
import { multipartBody, type AnswerPart } from './multipart-answer.js';
import { NotAcceptable } from './not-acceptable.js';
import { RetrieveAccess } from './retrieve-access.js';

type Request = AuthenticatedRequest & RetrieveRequest;

const OCTETS = 'application/octet-stream';
const PIXEL_DATA = new Set(['7FE00008', '7FE00009', '7FE00010']);

/** The values that metadata only point to (PS3.18 10.4.1.1.5): octets in little endian, with ranges; pixel data frame by frame. */
@Controller('dicom-web/studies/:study/series/:series/instances/:instance/bulkdata')
@UseFilters(DicomwebErrorFilter)
export class WadoBulkdataController {
  constructor(
    private readonly access: RetrieveAccess,
    private readonly readBulkData: ReadBulkData,
    private readonly readFrames: ReadFrames,
    private readonly readVideo: ReadVideo,
  ) {}

  @Get('*')
  @Route({ permission: 'image.view', summary: 'WADO-RS bulk data' })
  async bulkdata(
    @Req() request: Request,
    @Res() reply: RetrieveReply,
    @Param('study') studyInstanceUid: string,
    @Param('series') seriesInstanceUid: string,
    @Param('instance') sopInstanceUid: string,
    @Param('*') path: string,
  ): Promise<void> {
    const place = await this.access.one(
      request.caller,
      { studyInstanceUid, seriesInstanceUid, sopInstanceUid },
      'bulkdata',
    );
    if (PIXEL_DATA.has(path.toUpperCase()) && this.readVideo.isVideo(place)) return this.video(request, reply, place);
    if (PIXEL_DATA.has(path.toUpperCase())) return this.pixels(request, reply, place, path.toUpperCase());
    const value = await this.readBulkData.value(place, path.toUpperCase());
    const type = claimedType(value.mediaType);
    const single = this.wantsSingle(request, type);
    const boundary = `qiao-${place.digest.slice(0, 32)}`;
    const etag = `"${place.digest}.${path.replaceAll('/', '.').slice(0, 100)}${single ? '' : '.parts'}"`;
    if (single) {
      return answerBody(request, reply, {
        type,
        etag,
        size: value.size,
        ranges: true,
        headers: documentHeaders(type),
        open: (start, length) => value.stream(start, length),
      });
    }
    const part: AnswerPart = { headers: { 'Content-Type': type }, size: value.size, stream: () => value.stream() };
    return answerBody(request, reply, {
      type: `multipart/related; type="${type}"; boundary="${boundary}"`,
      etag,
      open: () => multipartBody(boundary, once(part)),
    });
  }

  /** One bit stream, of which players ask for parts. */
  private async video(request: Request, reply: RetrieveReply, place: InstancePlace): Promise<void> {
    const video = await this.readVideo.of(place);
    const { size, type } = video;
    const ranges = acceptable(request.headers['accept']?.toString(), request.query['accept']);
    const taken = (wanted: string | undefined): boolean =>
      wanted === undefined || [type, '*/*', 'video/*', OCTETS].includes(wanted);
    const range = ranges.find((one) =>
      one.type === 'multipart/related' ? taken(innerType(one)) : one.type === 'multipart/*' || taken(one.type),
    );
    if (!range) throw new NotAcceptable(`This video is given as ${type}, or as multipart/related of it.`);
    const etag = `"${place.digest}.video`;
    if (!range.type.startsWith('multipart/'))
      return answerBody(request, reply, {
        type,
        etag: `${etag}"`,
        size,
        ranges: true,
        open: (start, length) => video.stream(start, length),
      });
    const boundary = `qiao-${place.digest.slice(0, 32)}`;
    const part: AnswerPart = { headers: { 'Content-Type': type }, size, stream: () => video.stream() };
    return answerBody(request, reply, {
      type: `multipart/related; type="${type}"; boundary="${boundary}"`,
      etag: `${etag}.parts"`,
      open: () => multipartBody(boundary, once(part)),
    });
  }

  private async pixels(request: Request, reply: RetrieveReply, place: InstancePlace, tag: string): Promise<void> {
    const { readFrames } = this;
    const numbers = Array.from({ length: readFrames.count(place) }, (_, index) => index + 1);
    readFrames.assertFrames(place, [1]);
    const boundary = `qiao-${place.digest.slice(0, 32)}`;
    const ranges = acceptable(request.headers['accept']?.toString(), request.query['accept']);
    const plain = readFrames.nativePlace(place, 1);
    const stored = frameMediaType(place.transferSyntaxUid);
    const first = ranges.find(
      (range) =>
        ['*/*', 'multipart/*', OCTETS].includes(range.type) ||
        (range.type === 'multipart/related' && [OCTETS, stored.split(';')[0], undefined].includes(innerType(range))),
    );
    if (!first) throw new NotAcceptable(`Pixel data are given as ${OCTETS}, or as multipart/related of ${stored}.`);
    // Native pixels are one value; compressed ones have meaning only frame by frame.
    const asStored =
      first.type !== OCTETS && (innerType(first) !== OCTETS || first.parameters.get('transfer-syntax') === '*');
    if (plain && place.pixelData!.length !== undefined && first.type !== 'multipart/related') {
      const value = this.readBulkData.pixels(place);
      return answerBody(request, reply, {
        type: OCTETS,
        etag: `"${place.digest}.${tag}"`,
        size: value.size,
        ranges: true,
        open: (start, length) => value.stream(start, length),
      });
    }
    const frames = () => givenFrames(readFrames, place, numbers, asStored ? 'stored' : 'uncompressed');
    if (first.type === OCTETS) {
      return answerBody(request, reply, {
        type: OCTETS,
        etag: `"${place.digest}.${tag}"`,
        async *open() {
          for await (const frame of frames()) yield* frame.stream();
        },
      });
    }
    const type = asStored ? stored : frameMediaType('1.2.840.10008.1.2.1');
    async function* parts(): AsyncGenerator<AnswerPart> {
      for await (const frame of frames())
        yield { headers: { 'Content-Type': type }, size: frame.size, stream: () => frame.stream() };
    }
    return answerBody(request, reply, {
      type: `multipart/related; type="${type.split(';')[0]}"; boundary="${boundary}"`,
      etag: `"${place.digest}.${tag}.${asStored ? 'stored' : 'uncompressed'}"`,
      open: () => multipartBody(boundary, parts()),
    });
  }

  /** @throws NotAcceptable */
  private wantsSingle(request: Request, type: string): boolean {
    for (const range of acceptable(request.headers['accept']?.toString(), request.query['accept'])) {
      if (range.type === '*/*' || range.type === type || range.type === OCTETS) return true;
      const inner = innerType(range);
      if (range.type === 'multipart/related' && (inner === undefined || inner === type || inner === OCTETS))
        return false;
    }
    throw new NotAcceptable(`This value is given as ${type}, or as multipart/related of it.`);
  }
}
