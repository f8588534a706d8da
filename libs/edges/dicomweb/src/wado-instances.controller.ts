import { createHash } from 'node:crypto';
import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { TranscodeInstance, type ConvertedDataSet, type InstancePlace, type RetrieveAddress } from '#libs/catalogue';
import { buildFileMeta, EXPLICIT_VR_LITTLE_ENDIAN } from '#libs/formats/dicom';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { acceptable } from './accept.js';
import { answerBody, type RetrieveReply, type RetrieveRequest } from './answer-body.js';
import { unchanged } from './byte-range.js';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { instanceRepresentation } from './instance-representation.js';
import { multipartBody, multipartEnd, partHead, type AnswerPart } from './multipart-answer.js';
import { RetrieveAccess } from './retrieve-access.js';

type Request = AuthenticatedRequest & RetrieveRequest;

/** Larger files are streamed. */
const IN_ONE_PIECE = 4 * 1024 * 1024;

/** WADO-RS studies, series and instances as DICOM files (PS3.18 10.4.1.1.1), in the transfer syntax that is asked for. */
@Controller('dicom-web/studies/:study')
@UseFilters(DicomwebErrorFilter)
export class WadoInstancesController {
  constructor(
    private readonly access: RetrieveAccess,
    private readonly transcode: TranscodeInstance,
    private readonly objects: ObjectStore,
  ) {}

  @Get()
  @Route({ permission: 'image.view', summary: 'WADO-RS study' })
  study(@Req() request: Request, @Res() reply: RetrieveReply, @Param('study') study: string): Promise<void> {
    return this.answer(request, reply, { studyInstanceUid: study });
  }

  @Get('series/:series')
  @Route({ permission: 'image.view', summary: 'WADO-RS series' })
  series(
    @Req() request: Request,
    @Res() reply: RetrieveReply,
    @Param('study') study: string,
    @Param('series') series: string,
  ): Promise<void> {
    return this.answer(request, reply, { studyInstanceUid: study, seriesInstanceUid: series });
  }

  @Get('series/:series/instances/:instance')
  @Route({ permission: 'image.view', summary: 'WADO-RS instance' })
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
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = address;
    const single = seriesInstanceUid !== undefined && sopInstanceUid !== undefined;
    const places = single
      ? [await this.access.one(request.caller, { studyInstanceUid, seriesInstanceUid, sopInstanceUid }, 'instances')]
      : await this.access.all(request.caller, address, 'instances');
    const { multipart, transferSyntax } = instanceRepresentation(
      acceptable(headerOf(request, 'accept'), request.query['accept']),
      single,
      (uid) => places.every((place) => this.transcode.converts(place, uid)),
    );
    if (
      single &&
      places[0]!.sizeBytes <= IN_ONE_PIECE &&
      this.syntaxFor(places[0]!, transferSyntax) === places[0]!.transferSyntaxUid
    )
      return this.smallFile(request, reply, places[0]!, multipart);
    if (!multipart) return this.file(request, reply, places[0]!, transferSyntax);
    const digest = createHash('sha256')
      .update(places.map((place) => place.digest).join())
      .digest('hex');
    const boundary = `qiao-${digest.slice(0, 32)}`;
    await answerBody(request, reply, {
      type: `multipart/related; type="application/dicom"; boundary="${boundary}"`,
      etag: `W/"${digest.slice(0, 32)}.${transferSyntax}"`,
      // A study may still grow; one instance does not.
      ...(single ? {} : { cacheControl: 'private, no-cache' }),
      open: () => multipartBody(boundary, this.parts(places, transferSyntax)),
    });
  }

  /** An instance as stored that is small enough to be read at once, straight into its place in the body. */
  private async smallFile(
    request: Request,
    reply: RetrieveReply,
    place: InstancePlace,
    multipart: boolean,
  ): Promise<void> {
    const type = `application/dicom; transfer-syntax=${place.transferSyntaxUid}`;
    const boundary = `qiao-${place.digest.slice(0, 32)}`;
    const nothing = Buffer.alloc(0);
    const head = multipart ? partHead(boundary, { 'Content-Type': type, 'Content-Length': place.sizeBytes }) : nothing;
    const end = multipart ? multipartEnd(boundary) : nothing;
    await answerBody(request, reply, {
      type: multipart ? `multipart/related; type="application/dicom"; boundary="${boundary}"` : type,
      etag: multipart ? `"${place.digest}.parts"` : `"${place.digest}"`,
      size: head.length + place.sizeBytes + end.length,
      ranges: !multipart,
      open: async (start = 0, length = head.length + place.sizeBytes + end.length) => {
        const body = Buffer.allocUnsafe(length);
        head.copy(body);
        end.copy(body, length - end.length);
        const bytes = body.subarray(head.length, length - end.length);
        const read = await this.objects.readInto(place.objectKey, start, bytes);
        if (read < bytes.length) throw new Error(`${place.objectKey} is shorter than its row says`);
        return body;
      },
    });
  }

  private syntaxFor(place: InstancePlace, wanted: string): string {
    if (wanted === '*') return place.transferSyntaxUid;
    if (wanted !== 'default') return wanted;
    return this.transcode.converts(place, EXPLICIT_VR_LITTLE_ENDIAN)
      ? EXPLICIT_VR_LITTLE_ENDIAN
      : place.transferSyntaxUid;
  }

  /** One instance that cannot be converted after all does not spoil the others: it comes as stored, and its part says so. */
  private async *parts(places: readonly InstancePlace[], wanted: string): AsyncGenerator<AnswerPart> {
    for (const place of places) {
      const uid = this.syntaxFor(place, wanted);
      let converted: ConvertedDataSet;
      try {
        converted = await this.transcode.dataSet(place, uid);
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'conflict') throw error;
        converted = await this.transcode.dataSet(place, place.transferSyntaxUid);
      }
      const meta = fileMeta(place, converted.transferSyntaxUid);
      try {
        yield {
          headers: { 'Content-Type': `application/dicom; transfer-syntax=${converted.transferSyntaxUid}` },
          size: meta.length + converted.size,
          async *stream() {
            yield meta;
            yield* converted.stream();
          },
        };
      } finally {
        await converted.discard();
      }
    }
  }

  private async file(request: Request, reply: RetrieveReply, place: InstancePlace, wanted: string): Promise<void> {
    const uid = this.syntaxFor(place, wanted);
    const type = `application/dicom; transfer-syntax=${uid}`;
    if (uid === place.transferSyntaxUid) {
      return answerBody(request, reply, {
        type,
        etag: `"${place.digest}"`,
        size: place.sizeBytes,
        ranges: true,
        open: async (start, length) =>
          (await this.objects.get(
            place.objectKey,
            start === undefined ? undefined : { start, length: length! },
          )) as AsyncIterable<Buffer>,
      });
    }
    const etag = `"${place.digest}.${uid}"`;
    const nothing = async (): Promise<Buffer> => Buffer.alloc(0);
    if (request.method === 'HEAD' || unchanged(request.headers['if-none-match'], etag))
      return answerBody(request, reply, { type, etag, open: nothing });
    let converted: ConvertedDataSet;
    try {
      converted = await this.transcode.dataSet(place, uid);
    } catch (error) {
      // Who named no syntax gets what there is.
      if (wanted !== 'default' || !(error instanceof Refusal) || error.kind !== 'conflict') throw error;
      return this.file(request, reply, place, '*');
    }
    const meta = fileMeta(place, uid);
    const size = meta.length + converted.size;
    let opened = false;
    try {
      await answerBody(request, reply, {
        type,
        etag,
        size,
        ranges: true,
        open: (start = 0, length = size) => {
          opened = true;
          return spanOf(meta, converted, start, length);
        },
      });
    } finally {
      if (!opened) await converted.discard();
    }
  }
}

async function* spanOf(
  meta: Buffer,
  converted: ConvertedDataSet,
  start: number,
  length: number,
): AsyncGenerator<Buffer> {
  const end = start + length;
  if (start < meta.length) yield meta.subarray(start, Math.min(end, meta.length));
  const from = Math.max(0, start - meta.length);
  yield* converted.stream(from, Math.max(0, end - meta.length - from));
}

function fileMeta({ sopClassUid, sopInstanceUid }: InstancePlace, transferSyntaxUid: string): Buffer {
  return buildFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid });
}

function headerOf(request: RetrieveRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join() : value;
}
