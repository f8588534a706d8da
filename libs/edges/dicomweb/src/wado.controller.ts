import { randomBytes } from 'node:crypto';
import { Controller, Get, Header, Param, Req, Res, StreamableFile, UseFilters } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { CatalogueRepository, ReadFrames, type InstanceLocation } from '#libs/catalogue';
import type { DicomJson } from '#libs/formats/dicom';
import { Route, scopeOf, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { frameMediaType } from './frame-media-type.js';
import { Readable } from 'node:stream';

interface Where {
  studyInstanceUid: string;
  seriesInstanceUid?: string;
  sopInstanceUid?: string;
}
interface Reply {
  header(name: string, value: string): Reply;
}
interface WadoRequest extends AuthenticatedRequest {
  headers: Record<string, string | undefined>;
}

/** Objects never change, so a browser may keep them; only for this user. */
const KEEP = 'private, max-age=3600';

/** WADO-RS (PS3.18 section 10.4) as far as the viewer needs it: metadata, instances and frames as they were stored. */
@Controller('dicom-web/studies/:study')
@UseFilters(DicomwebErrorFilter)
export class WadoController {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly readFrames: ReadFrames,
    private readonly objects: ObjectStore,
    private readonly audit: AuditTrail,
  ) {}

  @Get('metadata')
  @Header('content-type', 'application/dicom+json')
  @Route({ permission: 'image.view', summary: 'WADO-RS metadata of a study' })
  async studyMetadata(@Req() { caller }: WadoRequest, @Param('study') study: string): Promise<DicomJson[]> {
    return (await this.find(caller, { studyInstanceUid: study })).map(metadata);
  }

  @Get('series/:series/metadata')
  @Header('content-type', 'application/dicom+json')
  @Route({ permission: 'image.view', summary: 'WADO-RS metadata of a series' })
  async seriesMetadata(
    @Req() { caller }: WadoRequest,
    @Param('study') study: string,
    @Param('series') series: string,
  ): Promise<DicomJson[]> {
    return (await this.find(caller, { studyInstanceUid: study, seriesInstanceUid: series })).map(metadata);
  }

  @Get('series/:series/instances/:instance/metadata')
  @Header('content-type', 'application/dicom+json')
  @Route({ permission: 'image.view', summary: 'WADO-RS metadata of an instance' })
  async instanceMetadata(
    @Req() { caller }: WadoRequest,
    @Param('study') study: string,
    @Param('series') series: string,
    @Param('instance') instance: string,
  ): Promise<DicomJson[]> {
    return (
      await this.find(caller, { studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: instance })
    ).map(metadata);
  }

  @Get()
  @Route({ permission: 'image.view', summary: 'WADO-RS study' })
  study(@Req() { caller }: WadoRequest, @Param('study') study: string, @Res({ passthrough: true }) reply: Reply) {
    return this.files(caller, { studyInstanceUid: study }, reply);
  }

  @Get('series/:series')
  @Route({ permission: 'image.view', summary: 'WADO-RS series' })
  series(
    @Req() { caller }: WadoRequest,
    @Param('study') study: string,
    @Param('series') series: string,
    @Res({ passthrough: true }) reply: Reply,
  ) {
    return this.files(caller, { studyInstanceUid: study, seriesInstanceUid: series }, reply);
  }

  @Get('series/:series/instances/:instance')
  @Route({ permission: 'image.view', summary: 'WADO-RS instance' })
  async instance(
    @Req() { caller, headers }: WadoRequest,
    @Param('study') study: string,
    @Param('series') series: string,
    @Param('instance') instance: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StreamableFile> {
    const where = { studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: instance };
    if (!/^application\/dicom(?!\+)/i.test(headers['accept'] ?? '')) return this.files(caller, where, reply);
    const [found] = await this.find(caller, where);
    reply.header('cache-control', KEEP);
    return new StreamableFile(await this.objects.get(found!.objectKey), {
      type: 'application/dicom',
      length: found!.sizeBytes,
    });
  }

  @Get('series/:series/instances/:instance/frames/:list')
  @Route({ permission: 'image.view', summary: 'WADO-RS frames' })
  async frames(
    @Req() { caller }: WadoRequest,
    @Param('study') study: string,
    @Param('series') series: string,
    @Param('instance') instance: string,
    @Param('list') list: string,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StreamableFile> {
    const numbers = list.split(',').map(Number);
    const [found] = await this.find(caller, {
      studyInstanceUid: study,
      seriesInstanceUid: series,
      sopInstanceUid: instance,
    });
    const frames = await Promise.all(numbers.map((number) => this.readFrames.frame(found!, number)));
    const boundary = newBoundary();
    const type = frameMediaType(found!.transferSyntaxUid);
    reply.header('cache-control', KEEP);
    const parts = frames.flatMap((frame) => [
      Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Length: ${frame.length}\r\n\r\n`),
      frame,
    ]);
    const body = Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    return new StreamableFile(body, {
      type: `multipart/related; type="${type.split(';')[0]}"; boundary="${boundary}"`,
      length: body.length,
    });
  }

  private async files(caller: Caller, where: Where, reply: Reply): Promise<StreamableFile> {
    const found = await this.find(caller, where);
    const boundary = newBoundary();
    reply.header('cache-control', KEEP);
    const { objects } = this;
    async function* body() {
      for (const one of found) {
        yield Buffer.from(
          `\r\n--${boundary}\r\nContent-Type: application/dicom; transfer-syntax=${one.transferSyntaxUid}\r\n\r\n`,
        );
        yield* await objects.get(one.objectKey);
      }
      yield Buffer.from(`\r\n--${boundary}--\r\n`);
    }
    return new StreamableFile(Readable.from(body(), { objectMode: false }), {
      type: `multipart/related; type="application/dicom"; boundary="${boundary}"`,
    });
  }

  /** @throws Refusal `not-found`, also for what another organisation holds; that try is in the audit */
  private async find(caller: Caller, where: Where): Promise<InstanceLocation[]> {
    const found = await this.catalogue.instances(scopeOf(caller), where);
    const subject = { kind: 'study', id: where.studyInstanceUid.slice(0, 64) };
    if (found.length === 0) {
      if ((await this.catalogue.organisationsHolding(where.studyInstanceUid)).length > 0) {
        await this.audit.record({ actor: caller, action: 'retrieve', subject, outcome: 'refused' });
      }
      throw new Refusal('not-found', 'instance-not-found', 'There is nothing under this address.');
    }
    await this.audit.record({
      actor: caller,
      action: 'retrieve',
      subject,
      patientId: found[0]!.patientId,
      outcome: 'done',
      detail: { ...where, instances: found.length },
    });
    return found;
  }
}

function newBoundary(): string {
  return `qiao-${randomBytes(12).toString('hex')}`;
}

function metadata(instance: InstanceLocation): DicomJson {
  return { ...instance.attributes, '00083002': { vr: 'UI', Value: [instance.transferSyntaxUid] } };
}
