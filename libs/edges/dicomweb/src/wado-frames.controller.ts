import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ReadFrames, type FrameBytes, type InstancePlace } from '#libs/catalogue';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { acceptable } from './accept.js';
import { answerBody, type RetrieveReply, type RetrieveRequest } from './answer-body.js';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { frameMediaType } from './frame-media-type.js';
import { frameRepresentation, type FrameRepresentation } from './frame-representation.js';
import { givenFrames } from './given-frames.js';
import { multipartBody, multipartEnd, partHead, type AnswerPart } from './multipart-answer.js';
import { RetrieveAccess } from './retrieve-access.js';

type Request = AuthenticatedRequest & RetrieveRequest;
const EXPLICIT = '1.2.840.10008.1.2.1';
const MOST_FRAMES = 10_000;
/** Larger frames are streamed. */
const IN_ONE_PIECE = 4 * 1024 * 1024;

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
    const { multipart, coding } = frameRepresentation(
      ranges,
      { stored: place.transferSyntaxUid, compressed: place.compressed?.transferSyntaxUid },
      numbers.length,
      decodes,
    );
    const type = frameMediaType(await this.syntaxOf(place, numbers[0]!, coding));
    const how = typeof coding === 'string' ? coding : coding.transferSyntax;
    const etag = `"${place.digest}.${numbers.join('-').slice(0, 200)}.${how}${multipart ? '' : '.single'}"`;
    if (!multipart)
      return answerBody(request, reply, { type, etag, open: () => this.single(place, numbers[0]!, coding) });
    // The digest is not within what it is the digest of.
    const boundary = `qiao-${place.digest.slice(0, 32)}`;
    return answerBody(request, reply, {
      type: `multipart/related; type="${type.split(';')[0]}"; boundary="${boundary}"`,
      etag,
      open: () =>
        numbers.length > 1
          ? multipartBody(boundary, this.parts(place, numbers, coding, type))
          : this.single(place, numbers[0]!, coding, { boundary, type }),
    });
  }

  /** Browsers choose their decoder by what the answer says: stored frames are named for what they are. */
  private syntaxOf(
    place: InstancePlace,
    frame: number,
    coding: FrameRepresentation['coding'],
  ): Promise<string> | string {
    if (coding === 'stored') return this.readFrames.storedSyntax(place, frame);
    return coding === 'uncompressed' ? EXPLICIT : coding.transferSyntax;
  }

  /** One frame, as a multipart or by itself: in one piece where it is small, and read straight into its place where it lies as it is given. */
  private async single(
    place: InstancePlace,
    number: number,
    coding: FrameRepresentation['coding'],
    multipart?: { boundary: string; type: string },
  ): Promise<Buffer | AsyncIterable<Buffer>> {
    const headOf = (size: number): Buffer =>
      multipart
        ? partHead(multipart.boundary, { 'Content-Type': multipart.type, 'Content-Length': size })
        : Buffer.alloc(0);
    const end = multipart ? multipartEnd(multipart.boundary) : Buffer.alloc(0);
    const lies =
      typeof coding === 'string' ? this.readFrames.placeAsGiven(place, number, coding === 'uncompressed') : undefined;
    if (lies && lies.length <= IN_ONE_PIECE) {
      const head = headOf(lies.length);
      const body = Buffer.allocUnsafe(head.length + lies.length + end.length);
      head.copy(body);
      end.copy(body, head.length + lies.length);
      const bytes = body.subarray(head.length, head.length + lies.length);
      if ((await this.objects.readInto(place.objectKey, lies.start, bytes)) < lies.length)
        throw new Refusal('not-found', 'frame-not-found', `The pixel data end before frame ${number}.`);
      return body;
    }
    const frames = givenFrames(this.readFrames, place, [number], coding);
    const { value: frame } = (await frames.next()) as IteratorYieldResult<FrameBytes>;
    const around = multipart ? { before: [headOf(frame.size)], behind: [end] } : { before: [], behind: [] };
    const pieces = inOrder(around.before, frame.stream(), around.behind, () => frames.return(undefined));
    if (frame.size > IN_ONE_PIECE) return pieces;
    const all: Buffer[] = [];
    for await (const piece of pieces) all.push(piece);
    return Buffer.concat(all);
  }

  private async *parts(
    place: InstancePlace,
    numbers: readonly number[],
    coding: FrameRepresentation['coding'],
    type: string,
  ): AsyncGenerator<AnswerPart> {
    for await (const frame of givenFrames(this.readFrames, place, numbers, coding))
      yield { headers: { 'Content-Type': type }, size: frame.size, stream: () => frame.stream() };
  }
}

async function* inOrder(
  before: readonly Buffer[],
  pieces: AsyncIterable<Buffer>,
  behind: readonly Buffer[],
  done: () => Promise<unknown>,
): AsyncGenerator<Buffer> {
  try {
    yield* before;
    yield* pieces;
    yield* behind;
  } finally {
    await done();
  }
}

/** @throws Refusal `invalid` / bad-frame-list */
export function frameNumbers(list: string): number[] {
  const numbers = list.split(',').map((text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN));
  if (numbers.length > MOST_FRAMES || numbers.some((number) => Number.isNaN(number)))
    throw new Refusal('invalid', 'bad-frame-list', 'Frames are whole numbers from 1, separated by commas.');
  return numbers;
}
