import { Body, Controller, Get, Post, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { CreateRequest, WorklistRepository, type ExamRequest } from '#libs/worklist';
import { ProblemFilter } from './problem.filter.js';
import { pageQuery, request, requestBody, requestPage } from './schemas.js';
import { valid } from './valid.pipe.js';

@Controller('api/requests')
@UseFilters(ProblemFilter)
export class RequestsController {
  constructor(
    private readonly createRequest: CreateRequest,
    private readonly worklist: WorklistRepository,
    private readonly audit: AuditTrail,
  ) {}

  @Post()
  @Route({
    permission: 'request.create',
    summary: 'Order an examination (申请单)',
    body: requestBody,
    response: request,
    status: 201,
  })
  async create(@Req() { caller }: AuthenticatedRequest, @Body(valid(requestBody)) body: z.output<typeof requestBody>) {
    const { scheduledAt, ...schedule } = body.schedule ?? {};
    const at = scheduledAt === undefined ? {} : { scheduledAt: new Date(scheduledAt) };
    return view(await this.createRequest.run(caller, { ...body, schedule: { ...schedule, ...at } }));
  }

  @Get()
  @Route({
    permission: 'request.view',
    summary: "The organisation's own requests",
    query: pageQuery,
    response: requestPage,
  })
  async list(@Req() { caller }: AuthenticatedRequest, @Query(valid(pageQuery)) query: z.output<typeof pageQuery>) {
    const rows = await this.worklist.requests(scopeOf(caller), {
      limit: query.limit + 1,
      ...(query.cursor ? { after: query.cursor } : {}),
    });
    const shown = rows.slice(0, query.limit);
    await this.audit.record({
      actor: caller,
      action: 'list-requests',
      subject: { kind: 'organisation', id: caller.organisation },
      outcome: 'done',
      detail: { requests: shown.map((row) => row.id) },
    });
    return { items: shown.map(view), next: rows.length > query.limit ? shown.at(-1)!.id : null };
  }
}

function view(made: ExamRequest) {
  return {
    id: made.id,
    organisation: made.organisation,
    accessionNumber: made.accessionNumber,
    patient: { number: made.patientNumber, name: made.patientName, sex: made.sex, birthDate: made.birthDate },
    item: made.item,
    clinicalInformation: made.clinicalInformation,
    priority: made.priority,
    patientClass: made.patientClass,
    requestedAt: made.requestedAt,
    examId: made.examId,
  };
}
