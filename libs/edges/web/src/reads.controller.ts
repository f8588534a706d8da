import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { Route, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { keyed, ReviewReading, SaveDraft, SubmitReading } from '#libs/reading';
import { SignReport } from '#libs/report';
import { ChangeRead, GradeImages } from '#libs/worklist';
import { FindVisibleRead } from './find-visible-read.js';
import { ProblemFilter } from './problem.filter.js';
import { ReadView } from './read-view.js';
import {
  done,
  draftBody,
  draftSaved,
  gradeBody,
  passwordBody,
  readDetail,
  returnBody,
  sendBackBody,
  signed,
  submitBody,
} from './schemas.js';
import { valid } from './valid.pipe.js';

@Controller('api/reads/:id')
@UseFilters(ProblemFilter)
export class ReadsController {
  constructor(
    private readonly visibleRead: FindVisibleRead,
    private readonly changeRead: ChangeRead,
    private readonly gradeImages: GradeImages,
    private readonly saveDraft: SaveDraft,
    private readonly submitReading: SubmitReading,
    private readonly reviewReading: ReviewReading,
    private readonly signReport: SignReport,
    private readonly view: ReadView,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({ permission: 'worklist.view', summary: 'One read', response: readDetail })
  async one(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const row = await this.visibleRead.run(caller, id);
    await this.seen(caller, 'view-read', id, row.patient.id);
    return this.view.detail(caller, row);
  }

  @Post('claim')
  @HttpCode(200)
  @Route({ permission: 'report.write', summary: 'Claim a read', response: done })
  async claim(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    await this.visibleRead.run(caller, id);
    await this.changeRead.claim(caller, id);
    return { id };
  }

  @Post('release')
  @HttpCode(200)
  @Route({ permission: 'report.write', summary: 'Give a claimed read back to the list', response: done })
  async release(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    await this.visibleRead.run(caller, id);
    await this.changeRead.release(caller, id);
    return { id };
  }

  @Post('return')
  @HttpCode(200)
  @Route({
    permission: 'report.write',
    summary: 'Return the examination to the township',
    body: returnBody,
    response: done,
  })
  async return(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(returnBody)) body: z.output<typeof returnBody>,
  ) {
    await this.visibleRead.run(caller, id);
    await this.changeRead.return(caller, id, body.reason, body.note ?? null);
    return { id };
  }

  @Post('grade')
  @HttpCode(200)
  @Route({
    permission: 'worklist.view',
    summary: 'Grade the images (影像质控: 甲, 乙, 丙), with their faults',
    body: gradeBody,
    response: done,
  })
  async grade(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(gradeBody)) body: z.output<typeof gradeBody>,
  ) {
    await this.visibleRead.run(caller, id);
    await this.gradeImages.run(caller, id, body.grade, body.reasons, body.note ?? null);
    return { id };
  }

  @Put('report')
  @Route({ permission: 'report.write', summary: 'Save the draft', body: draftBody, response: draftSaved })
  async draft(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(draftBody)) body: z.output<typeof draftBody>,
  ) {
    const { version, ...draft } = body;
    await this.visibleRead.run(caller, id);
    const saved = await this.saveDraft.run(caller, id, draft, version);
    return { ...saved, contradictions: saved.contradictions.map(keyed) };
  }

  @Post('submit')
  @HttpCode(200)
  @Route({ permission: 'report.write', summary: 'Submit and sign as author', body: submitBody, response: done })
  async submit(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(submitBody)) body: z.output<typeof submitBody>,
  ) {
    await this.visibleRead.run(caller, id);
    await this.submitReading.run(caller, id, body.password, body.despite);
    return { id };
  }

  @Post('send-back')
  @HttpCode(200)
  @Route({
    permission: 'report.review',
    summary: 'Send the report back to its author',
    body: sendBackBody,
    response: done,
  })
  async sendBack(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(sendBackBody)) body: z.output<typeof sendBackBody>,
  ) {
    await this.visibleRead.run(caller, id);
    await this.reviewReading.sendBack(caller, id, body.reason);
    return { id };
  }

  @Post('review')
  @HttpCode(200)
  @Route({ permission: 'report.review', summary: 'Pass the report as reviewer', response: done })
  async review(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    await this.visibleRead.run(caller, id);
    await this.reviewReading.review(caller, id);
    return { id };
  }

  @Post('sign')
  @HttpCode(200)
  @Route({ permission: 'report.review', summary: 'Sign the reviewed report', body: passwordBody, response: signed })
  async sign(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(passwordBody)) body: z.output<typeof passwordBody>,
  ) {
    await this.visibleRead.run(caller, id);
    return this.signReport.run(caller, id, body.password);
  }

  private seen(caller: Caller, action: string, id: string, patientId: string): Promise<void> {
    return this.audit.record({ actor: caller, action, subject: { kind: 'read', id }, patientId, outcome: 'done' });
  }
}
