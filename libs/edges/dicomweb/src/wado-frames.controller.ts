import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ReadFrames, type InstancePlace } from '#libs/catalogue';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { acceptable } from './accept.js';
import { answerBody, type RetrieveReply, type RetrieveRequest } from './answer-body.js';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { frameMediaType } from './frame-media-type.js';
import { frameRepresentation, type FrameRepresentation } from './frame-representation.js';
import { multipartBody, multipartEnd, partHead, type AnswerPart } from './multipart-answer.js';
import { RetrieveAccess } from './retrieve-access.js';

type Request = AuthenticatedRequest & RetrieveRequest;
const EXPLICIT = '1.2.840.10008.1.2.1';
const MOST_FRAMES = 10_000;

/** WADO-RS frames (PS3.18 10.4.1.1.6): as stored, uncompressed, or compressed without loss, by the Accept header. */
@Controller('dicom-web/studies/:study/series/:series/instances/:instance/frames')
@UseFilters(DicomwebErrorFilter)
export class WadoFramesController {
  constructor(
    private readonly access: RetrieveAccess,
    private readonly readFrames: ReadFrames,
    private readonly objects: ObjectStore,
  ) {}

  @Get(':list')
  @Route({ permission: 'image.view', summary: 'WADO-RS frames' })
  async frames(
    @Req() request: Request,
    @Res() reply: RetrieveReply,
    @Param('study') studyInstanceUid: string,
    @Param('series') seriesInstanceUid: string,
    @Param('instance') sopInstanceUid: string,
    @Param('list') list: string,
  ): Promise<void> {
    const numbers = frameNumbers(list);
    const place = await this.access.one(
      request.caller,
      { studyInstanceUid, seriesInstanceUid, sopInstanceUid },
      'frames',
    );
    this.readFrames.assertFrames(place, numbers);
    const ranges = acceptable(request.headers['accept']?.toString(), request.query['accept']);
    const decodes = this.readFrames.decodes(place);
    const { multipart, coding } = frameRepresentation(ranges, place.transferSyntaxUid, numbers.length, decodes);
    const type = mediaType(place, coding);
    const how = typeof coding === 'string' ? coding : coding.transferSyntax;
    const etag = `"${place.digest}.${numbers.join('-').slice(0, 200)}.${how}${multipart ? '' : '.single'}"`;
    if (!multipart) {
      return answerBody(request, reply, { type, etag, open: () => this.one(place, numbers[0]!, coding) });
    }
    // The digest is not within what it is the digest of.
    const boundary = `qiao-${place.digest.slice(0, 32)}`;
    const whole = { type: `multipart/related; type="${type.split(';')[0]}"; boundary="${boundary}"`, etag };
    if (numbers.length > 1) {
      const parts = this.parts(place, numbers, coding, type);
      return answerBody(request, reply, { ...whole, open: () => multipartBody(boundary, parts) });
    }
    return answerBody(request, reply, {
      ...whole,
      open: () => this.single(place, numbers[0]!, coding, boundary, type),
    });
  }

  /** A multipart of one frame; one that is given as it lies is read straight into its place in the body. */
  private async single(
    place: InstancePlace,
    number: number,
    coding: FrameRepresentation['coding'],
    boundary: string,
    type: string,
  ): Promise<Buffer> {
    const lies = this.readFrames.placeAsGiven(place, number, coding === 'uncompressed');
    const frame = lies && typeof coding === 'string' ? undefined : await this.one(place, number, coding);
    const length = frame?.length ?? lies!.length;
    const head = partHead(boundary, { 'Content-Type': type, 'Content-Length': length });
    const end = multipartEnd(boundary);
    if (frame) return Buffer.concat([head, frame, end]);
    const body = Buffer.allocUnsafe(head.length + length + end.length);
    head.copy(body);
    end.copy(body, head.length + length);
    const read = await this.objects.readInto(
      place.objectKey,
      lies!.start,
      body.subarray(head.length, head.length + length),
    );
    if (read < length) throw new Refusal('not-found', 'frame-not-found', `The pixel data end before frame ${number}.`);
    return body;
  }

  private async one(place: InstancePlace, number: number, coding: FrameRepresentation['coding']): Promise<Buffer> {
    return this.coded(await this.readFrames.frame(place, number), place, coding);
  }

  private async coded(stored: Buffer, place: InstancePlace, coding: FrameRepresentation['coding']): Promise<Buffer> {
    if (coding === 'stored') return stored;
    return Buffer.from(
      coding === 'uncompressed'
        ? await this.readFrames.uncompressed(stored, place)
        : await this.readFrames.compressed(stored, place, coding.transferSyntax),
    );
  }

  private async *parts(
    place: InstancePlace,
    numbers: readonly number[],
    coding: FrameRepresentation['coding'],
    type: string,
  ): AsyncGenerator<AnswerPart> {
    for await (const stored of this.readFrames.frames(place, numbers)) {
      const frame = await this.coded(stored, place, coding);
      yield {
        headers: { 'Content-Type': type },
        size: frame.length,
        async *stream() {
          yield frame;
        },
      };
    }
  }
}

function mediaType(place: InstancePlace, coding: FrameRepresentation['coding']): string {
  if (coding === 'stored') return frameMediaType(place.transferSyntaxUid);
  return frameMediaType(coding === 'uncompressed' ? EXPLICIT : coding.transferSyntax);
}

/** @throws Refusal `invalid` / bad-frame-list */
export function frameNumbers(list: string): number[] {
  const numbers = list.split(',').map((text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN));
  if (numbers.length > MOST_FRAMES || numbers.some((number) => Number.isNaN(number)))
    throw new Refusal('invalid', 'bad-frame-list', 'Frames are whole numbers from 1, separated by commas.');
  return numbers;
}
