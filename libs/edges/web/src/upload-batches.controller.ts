import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { ExpectInstances } from '#libs/catalogue';
import { Route, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { missingOf, UploadsRepository, type UploadBatch, type UploadItem } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { ProblemFilter } from './problem.filter.js';
import { batchAnnouncement, batchList, batchQuery, uploadBatch } from './schemas.js';
import { TusUploads } from './tus-uploads.js';
import { valid } from './valid.pipe.js';

const MOST_MISSING = 1000;

/**
 * What was chosen to be sent together: announced with how many files it has (and which instances of which studies), it is listed with its
 * progress until every file has its end, and tells completeness what is still to come.
 */
@Controller('api/uploads/batches')
@UseFilters(ProblemFilter)
export class UploadBatchesController {
  constructor(
    private readonly batches: UploadsRepository,
    private readonly uploads: TusUploads,
    private readonly expect: ExpectInstances,
    private readonly audit: AuditTrail,
  ) {}

  @Post()
  @HttpCode(204)
  @Route({ permission: 'upload.send', summary: 'Announce a batch of files', body: batchAnnouncement, status: 204 })
  async announce(
    @Req() { caller }: AuthenticatedRequest,
    @Body(valid(batchAnnouncement)) given: z.output<typeof batchAnnouncement>,
  ): Promise<void> {
    const { organisation } = caller;
    const studies = given.studies.map(({ studyInstanceUid }) => studyInstanceUid);
    await this.batches.open({ ...given, organisation, sender: caller.id, studies });
    for (const { studyInstanceUid, instances, sopInstanceUids } of given.studies) {
      await this.expect.expect({
        organisation,
        studyInstanceUid,
        source: 'manifest',
        key: given.batch,
        ...(instances === undefined ? {} : { count: instances }),
        ...(sopInstanceUids === undefined ? {} : { sopInstanceUids }),
      });
    }
  }

  @Get()
  @Route({
    permission: 'upload.send',
    summary: 'Batches of my organisation that are not finished',
    query: batchQuery,
    response: batchList,
  })
  async list(
    @Req() { caller }: AuthenticatedRequest,
    @Query(valid(batchQuery)) { limit, cursor }: z.output<typeof batchQuery>,
  ) {
    const { organisation } = caller;
    const open = await this.batches.openBatches(organisation, limit, cursor);
    const unfinished = await this.uploads.unfinished(organisation);
    await this.record(caller, 'list-uploads', { kind: 'organisation', id: organisation });
    return {
      items: open.map((batch) => ({ ...shown(batch), uploads: unfinished.get(batch.batch) ?? [] })),
      next: limit > 0 && open.length === limit ? open.at(-1)!.batch : null,
    };
  }

  @Get(':batch')
  @Route({
    permission: 'upload.send',
    summary: 'How far a batch is, and how its files ended',
    query: batchQuery,
    response: uploadBatch,
  })
  async batch(
    @Req() { caller }: AuthenticatedRequest,
    @Param('batch') id: string,
    @Query(valid(batchQuery)) { limit, cursor }: z.output<typeof batchQuery>,
  ) {
    const { organisation } = caller;
    const batch = await this.batches.batch(organisation, id);
    const items = limit === 0 ? [] : await this.batches.items(organisation, id, limit, cursor);
    const closed = !batch || batch.closedAs !== null;
    await this.record(caller, 'view-upload', { kind: 'upload-batch', id });
    return {
      batch: batch ? shown(batch) : null,
      uploads: (await this.uploads.unfinished(organisation)).get(id) ?? [],
      counts: await this.batches.counts(organisation, id),
      missing: closed ? missingOf(await this.batches.names(organisation, id)).slice(0, MOST_MISSING) : [],
      items: items.map(itemView),
      next: limit > 0 && items.length === limit ? items.at(-1)!.uploadId : null,
    };
  }

  @Delete(':batch')
  @HttpCode(204)
  @Route({ permission: 'upload.send', summary: 'Give up what of a batch was not sent', status: 204 })
  async giveUp(@Req() { caller }: AuthenticatedRequest, @Param('batch') id: string): Promise<void> {
    const { organisation } = caller;
    const batch = await this.batches.close(organisation, id, 'given-up');
    if (!batch) throw new Refusal('not-found', 'batch-not-found', 'There is no such open batch.');
    await this.record(caller, 'give-up-upload', { kind: 'upload-batch', id });
    // What will not come is not waited for.
    for (const studyInstanceUid of batch.studies)
      await this.expect.expect({ organisation, studyInstanceUid, source: 'manifest', key: id });
    await this.uploads.drop(organisation, id);
  }

  private record(caller: Caller, action: string, subject: { kind: string; id: string }): Promise<void> {
    return this.audit.record({ actor: caller, action, subject, outcome: 'done' });
  }
}

function shown({ batch, title, files, bytes, filesEnded, bytesEnded, createdAt, closedAs }: UploadBatch) {
  return { batch, title, files, bytes, filesEnded, bytesEnded, startedAt: createdAt.toISOString(), closedAs };
}

function itemView(item: UploadItem) {
  const { filename, outcome, code, reason, sopInstanceUid, studyInstanceUid, sizeBytes, whole } = item;
  return {
    filename,
    size: sizeBytes,
    outcome,
    code,
    reason,
    sopInstanceUid,
    studyInstanceUid,
    insideArchive: !whole,
  };
}
