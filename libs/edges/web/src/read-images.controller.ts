import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { ReadFirstPicture, RenderInstance } from '#libs/catalogue';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { ageAt } from '#libs/report';
import { Refusal } from '#libs/kernel';
import type { WorklistRow } from '#libs/worklist';
import { FindVisibleRead } from './find-visible-read.js';
import { ProblemFilter } from './problem.filter.js';
import { imagesManifest } from './read-images.schemas.js';

/** The parts of Fastify's request and reply that are used here. */
type Request = AuthenticatedRequest & { readonly headers: Record<string, string | string[] | undefined> };
interface Reply {
  code(status: number): Reply;
  header(name: string, value: string | number): Reply;
  send(body?: Buffer | string): Reply;
}

const compress = promisify(gzip);
/** Most of a manifest are digits of UIDs: matches found among them by chance cost more than they save. */
const DIGITS = { level: 9, memLevel: 9, strategy: constants.Z_FILTERED };
const iso = (date: Date | string | null): string | null => (date === null ? null : new Date(date).toISOString());
const hex = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

/**
 * What the screen needs to show the first picture of a read at once; everything else is asked of DICOMweb. With `purpose: prefetch` it is
 * fetched ahead into the browser's cache, which must ask again before it is shown.
 */
@Controller('api/reads/:id/images')
@UseFilters(ProblemFilter)
export class ReadImagesController {
  constructor(
    private readonly findVisibleRead: FindVisibleRead,
    private readonly firstPicture: ReadFirstPicture,
    private readonly renderInstance: RenderInstance,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({
    permission: 'image.view',
    summary:
      'Manifest of the images of a read: whose they are, its series and images in reading order, and what to show first',
    response: imagesManifest,
  })
  async manifest(@Req() request: Request, @Res() reply: Reply, @Param('id') id: string): Promise<void> {
    const row = await this.findVisibleRead.run(request.caller, id);
    const manifest = await this.firstPicture.manifest(row.examId);
    await this.asked(request, 'images', row);
    const json = JSON.stringify({ ...whose(row), ...manifest });
    const etag = `W/"${hex(json)}"`;
    if (answered(request, reply, etag)) return;
    const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    reply.header('content-type', 'application/json; charset=utf-8');
    if (zipped) reply.header('content-encoding', 'gzip').send(await compress(json, DIGITS));
    else reply.header('content-encoding', 'identity').send(Buffer.from(json));
  }

  @Get(':series/preview')
  @Route({
    permission: 'image.view',
    summary:
      'Preview of a series (`first`: of the first one that holds pictures): a JPEG of at most 32 kB of the image that the manifest says is ' +
      'shown first. The headers `content-location` and `x-shown-frame` say which series, instance and frame it is. 204: no series holds any',
    responseType: 'image/jpeg',
  })
  async preview(
    @Req() request: Request,
    @Res() reply: Reply,
    @Param('id') id: string,
    @Param('series') series: string,
  ): Promise<void> {
    const row = await this.findVisibleRead.run(request.caller, id);
    const shown = await ifThere(series, () =>
      this.firstPicture.preview(row.examId, series === 'first' ? null : series),
    );
    if (!shown) return void reply.code(204).send();
    await this.asked(request, 'preview', row, { seriesInstanceUid: shown.seriesInstanceUid });
    reply
      .header('content-location', `/api/reads/${id}/images/${encodeURIComponent(shown.seriesInstanceUid)}/preview`)
      .header('x-shown-frame', `${shown.sopInstanceUid}/${shown.frame}`);
    if (answered(request, reply, `"${shown.digest.slice(0, 32)}"`)) return;
    reply.header('content-type', 'image/jpeg').send(shown.jpeg);
  }

  @Get(':series/pixels')
  @Route({
    permission: 'image.view',
    summary:
      'The same image of a series as its preview with every stored bit (of colours 8), for a browser that has no decoder yet: a line of JSON, ' +
      'a table of shades, and predicted samples (`libs/formats/rendering/src/packed-picture.ts`). 409 `picture-too-large` over 4 Mi pixels',
    responseType: 'application/octet-stream',
  })
  async pixels(
    @Req() request: Request,
    @Res() reply: Reply,
    @Param('id') id: string,
    @Param('series') series: string,
  ): Promise<void> {
    const row = await this.findVisibleRead.run(request.caller, id);
    const first = await ifThere(series, () => this.firstPicture.first(row.examId, series === 'first' ? null : series));
    if (!first) return void reply.code(204).send();
    const { instance, frame } = first;
    const { seriesInstanceUid, sopInstanceUid } = instance;
    await this.asked(request, 'first-image', row, { seriesInstanceUid, sopInstanceUid, frame });
    reply.header('x-shown-frame', `${sopInstanceUid}/${frame}`);
    // The instance's digest says all that is drawn; the number, how it is packed.
    if (answered(request, reply, `"${instance.digest.slice(0, 32)}.${frame}.1"`)) return;
    const packed = await this.renderInstance.packed(instance, frame, { seriesInstanceUid, sopInstanceUid, frame });
    reply
      .header('content-type', 'application/octet-stream')
      .header('content-encoding', 'gzip')
      .send(await compress(packed, { level: 5 }));
  }

  /** In the audit; what a page fetches ahead, before its person has opened the read, is not said to be seen. */
  private asked(
    { caller, headers }: Request,
    what: string,
    row: WorklistRow,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    const subject = { kind: 'read', id: row.id };
    const action = `${headers['purpose'] === 'prefetch' ? 'prefetch' : 'view'}-${what}`;
    return this.audit.record({ actor: caller, action, subject, patientId: row.patient.id, outcome: 'done', detail });
  }
}

/** Of an examination without pictures there is no first one, which is no error; of a series that is named, it is. */
async function ifThere<T>(series: string, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (series === 'first' && error instanceof Refusal && error.code === 'no-picture') return null;
    throw error;
  }
}

/** As it is now; what is prepared says nothing about persons. */
function whose(row: WorklistRow) {
  const { number, name, sex, birthDate } = row.patient;
  return {
    id: row.id,
    patient: {
      number,
      name,
      sex,
      birthDate,
      age: ageAt(birthDate, new Date(row.exam.examinedAt ?? row.createdAt)),
    },
    organisation: { code: row.organisation, name: row.organisationName },
    examinedAt: iso(row.exam.examinedAt),
    examState: row.exam.state,
    instances: row.exam.instances,
    expectedInstances: row.exam.expectedInstances,
    missing: row.exam.missingInstances,
    interrupted: row.exam.interrupted,
  };
}

/** May be kept by this person's browser, but must be asked about each time. @returns whether the asker has it already */
function answered(request: Request, reply: Reply, etag: string): boolean {
  reply
    .header('etag', etag)
    .header('cache-control', 'private, no-cache')
    .header('vary', 'accept-encoding, authorization, cookie');
  const known = request.headers['if-none-match'];
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  if (typeof known !== 'string' || !known.split(',').some((tag) => plain(tag) === plain(etag))) return false;
  reply.code(304).send();
  return true;
}
