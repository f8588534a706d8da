import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import {
  CatalogueRepository,
  ChooseInstance,
  DecideIdentity,
  ReconciliationRepository,
  type IdentityDoubt,
} from '#libs/catalogue';
import { inScope, Route, scopeOf, type AuthenticatedRequest } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';
import { maskIdCard, PatientsRepository } from '#libs/patients';
import { ProblemFilter } from './problem.filter.js';
import {
  duplicateDecided,
  duplicateDecision,
  identityDecided,
  identityDecision,
  openReconciliations,
  reconciliation,
} from './reconciliation.schemas.js';
import { pageQuery } from './schemas.js';
import { valid } from './valid.pipe.js';

interface Person {
  name: string;
  number: string;
  sex: 'M' | 'F' | 'O' | null;
  birthDate: string | null;
  idCard: string | null;
}

const masked = ({ name, number, sex, birthDate, idCard }: Person) => ({
  name,
  number,
  sex,
  birthDate,
  idCardMasked: idCard === null ? null : maskIdCard(idCard),
});
const doubtView = ({
  organisation: _organisation,
  examId: _examId,
  fingerprint: _fingerprint,
  ...doubt
}: IdentityDoubt) => ({
  ...doubt,
  claimed: masked(doubt.claimed),
});

/** What only a person can decide about an examination: whose it is, and which of two objects of one UID is served. */
@Controller('api')
@UseFilters(ProblemFilter)
export class ReconciliationController {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly patients: PatientsRepository,
    private readonly repository: ReconciliationRepository,
    private readonly decideIdentity: DecideIdentity,
    private readonly chooseInstance: ChooseInstance,
    private readonly audit: AuditTrail,
  ) {}

  @Get('reconciliation')
  @Route({
    permission: 'quality.view',
    summary: 'Examinations that wait for a decision',
    query: pageQuery,
    response: openReconciliations,
  })
  async open(@Req() { caller }: AuthenticatedRequest, @Query(valid(pageQuery)) query: z.output<typeof pageQuery>) {
    const found = await this.repository.open(scopeOf(caller), {
      limit: query.limit + 1,
      ...(query.cursor ? { after: query.cursor } : {}),
    });
    const shown = found.slice(0, query.limit);
    await this.audit.record({
      actor: caller,
      action: 'list-reconciliation',
      subject: { kind: 'organisation', id: caller.organisation },
      outcome: 'done',
      detail: { exams: shown.map((one) => one.examId) },
    });
    const items = shown.map(({ patientId: _patientId, ...one }) => one);
    return { items, next: found.length > query.limit ? shown.at(-1)!.examId : null };
  }

  @Get('exams/:id/reconciliation')
  @Route({ permission: 'quality.view', summary: 'What is doubtful about an examination', response: reconciliation })
  async one(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string) {
    const exam = isId(id) ? await this.catalogue.exam(id) : undefined;
    const subject = { kind: 'exam', id: id.slice(0, 64) };
    if (!exam || !inScope(scopeOf(caller), exam.organisation)) {
      if (exam) await this.audit.record({ actor: caller, action: 'view-reconciliation', subject, outcome: 'refused' });
      throw new Refusal('not-found', 'exam-not-found', 'There is no such examination.');
    }
    const [patient, doubts, duplicates] = await Promise.all([
      this.patients.byId({ organisations: [exam.organisation] }, exam.patientId),
      this.repository.doubtsOf(id),
      this.repository.besideOf(id),
    ]);
    await this.audit.record({
      actor: caller,
      action: 'view-reconciliation',
      subject,
      patientId: exam.patientId,
      outcome: 'done',
    });
    return {
      filedUnder: masked(patient!),
      doubts: doubts.map(doubtView),
      duplicates: duplicates.map(({ organisation: _organisation, ...one }) => one),
    };
  }

  @Post('identity-doubts/:id/decision')
  @HttpCode(200)
  @Route({
    permission: 'quality.decide',
    summary: 'Say whose a doubtful examination is',
    body: identityDecision,
    response: identityDecided,
  })
  decide(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(identityDecision)) body: z.output<typeof identityDecision>,
  ) {
    if (!isId(id)) throw new Refusal('not-found', 'doubt-not-found', 'There is no such doubt.');
    return this.decideIdentity.run(caller, id, body.decision, body.reason);
  }

  @Post('duplicates/:id/decision')
  @HttpCode(200)
  @Route({
    permission: 'quality.decide',
    summary: 'Keep serving the instance of a UID, or serve the other from now on',
    body: duplicateDecision,
    response: duplicateDecided,
  })
  choose(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Body(valid(duplicateDecision)) body: z.output<typeof duplicateDecision>,
  ) {
    if (!isId(id)) throw new Refusal('not-found', 'duplicate-not-found', 'There is no such instance.');
    return this.chooseInstance.run(caller, id, body.decision, body.reason);
  }
}
