import { Controller, Get, Header, Param, Query, Req, StreamableFile, UseFilters } from '@nestjs/common';
import type { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { MeasureEcg, ReadEcgLevels, ReadEcgRecording } from '#libs/catalogue';
import { ECG_LEVELS, toEcgView } from '#libs/formats/ecg';
import { Route, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { beatsOf, computedForView } from './computed-measurements.js';
import { FindVisibleRead } from './find-visible-read.js';
import { ProblemFilter } from './problem.filter.js';
import { ecgLevels, ecgLevelsQuery, ecgOverview, ecgQuery, ecgView } from './read-ecg.schemas.js';
import { valid } from './valid.pipe.js';

/** The ECG of a read, for a viewer. */
@Controller('api/reads/:id/ecg')
@UseFilters(ProblemFilter)
export class ReadEcgController {
  constructor(
    private readonly visibleRead: FindVisibleRead,
    private readonly ecgs: ReadEcgRecording,
    private readonly levelsOf: ReadEcgLevels,
    private readonly measureEcg: MeasureEcg,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary:
      'The ECG recording of a read: stored and derived leads with their samples, and what the device says of it; of one of more than ten minutes a stretch',
    query: ecgQuery,
    response: ecgView,
  })
  async recording(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Query(valid(ecgQuery)) { from, seconds }: z.output<typeof ecgQuery>,
  ) {
    const examId = await this.seen(caller, id);
    const further = from !== undefined && seconds !== undefined;
    const part = await this.ecgs.partOfExam(examId, further ? { fromSeconds: from, seconds } : undefined);
    const computed =
      further && part.stretch
        ? { beats: beatsOf(part.recording) }
        : await computedForView(this.measureEcg, examId, part);
    return {
      ...toEcgView(part.recording),
      ...computed,
      ...(part.stretch ? { stretch: part.stretch } : {}),
    };
  }

  @Get('overview')
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary: 'Of an ECG of more than ten minutes: the rate by the minute, pauses and fast runs, computed',
    response: ecgOverview,
  })
  async overview(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    return this.levelsOf.overview(await this.seen(caller, id));
  }

  @Get('levels')
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary: 'Of an ECG of more than ten minutes: the extremes of a lead, to draw hours of it small',
    query: ecgLevelsQuery,
    response: ecgLevels,
  })
  async levels(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Query(valid(ecgLevelsQuery)) { lead, from, seconds }: z.output<typeof ecgLevelsQuery>,
  ) {
    const found = await this.levelsOf.ofLead(await this.seen(caller, id), lead, { fromSeconds: from, seconds });
    const { pairsPerSecond, microvoltsPerUnit, nothing } = ECG_LEVELS;
    const bytes = Buffer.alloc(found.extremes.length * 2);
    found.extremes.forEach((value, i) => bytes.writeInt16LE(value, i * 2));
    return { ...found, pairsPerSecond, microvoltsPerUnit, nothing, extremes: bytes.toString('base64') };
  }

  @Get('document')
  @Header('content-type', 'application/pdf')
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary: 'The ECG of a read that came as a PDF, as it came',
    responseType: 'application/pdf',
  })
  async document(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string): Promise<StreamableFile> {
    return new StreamableFile(await this.ecgs.documentOfExam(await this.seen(caller, id)), {
      type: 'application/pdf',
      disposition: 'inline; filename="ecg.pdf"',
    });
  }

  /** @returns the examination */
  private async seen(caller: Caller, id: string): Promise<string> {
    const row = await this.visibleRead.run(caller, id);
    await this.audit.record({
      actor: caller,
      action: 'view-ecg',
      subject: { kind: 'read', id },
      patientId: row.patient.id,
      outcome: 'done',
    });
    return row.examId;
  }
}
