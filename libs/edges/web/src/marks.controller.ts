import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { ReadMarks, SaveMarks, type DocumentSummary } from '#libs/reading';
import { FindVisibleRead } from './find-visible-read.js';
import { documentsAsked, marksBody, marksOfRead, marksSaved } from './marks.schemas.js';
import { ProblemFilter } from './problem.filter.js';
import { valid } from './valid.pipe.js';

const shown = ({ contentSha256: _hash, ...document }: DocumentSummary) => document;

@Controller('api/reads/:id/marks')
@UseFilters(ProblemFilter)
export class MarksController {
  constructor(
    private readonly reads: FindVisibleRead,
    private readonly readMarks: ReadMarks,
    private readonly saveMarks: SaveMarks,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({
    permission: 'worklist.view',
    summary: 'Measurements, annotations and key images of a read, with those from elsewhere',
    response: marksOfRead,
  })
  async all(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const read = await this.reads.run(caller, id);
    const marks = await this.readMarks.run(read);
    await this.audit.record({
      actor: caller,
      action: 'view-marks',
      subject: { kind: 'read', id },
      patientId: read.patient.id,
      outcome: 'done',
    });
    return { ...marks, documents: marks.documents.map(shown) };
  }

  @Put()
  @Route({
    permission: 'report.write',
    summary: 'Save the measurements and annotations of the draft',
    body: marksBody,
    response: marksSaved,
  })
  async save(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(marksBody)) body: z.output<typeof marksBody>,
  ) {
    await this.reads.run(caller, id);
    return this.saveMarks.run(caller, id, body.marks, body.version);
  }

  @Post('save')
  @HttpCode(202)
  @Route({
    permission: 'report.write',
    summary: 'Have marks and key images made into DICOM documents now',
    response: documentsAsked,
    status: 202,
  })
  async documents(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const read = await this.reads.run(caller, id);
    const documents = await this.saveMarks.documents(caller, id);
    await this.audit.record({
      actor: caller,
      action: 'save-marks',
      subject: { kind: 'read', id },
      patientId: read.patient.id,
      outcome: 'done',
    });
    return { documents: documents.map(shown) };
  }
}
