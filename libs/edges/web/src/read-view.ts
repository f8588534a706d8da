import { Injectable } from '@nestjs/common';
import { CriticalProposalsRepository, type CriticalProposal } from '#libs/critical';
import type { Caller } from '#libs/identity';
import { maskIdCard } from '#libs/patients';
import {
  contradictions,
  keyed,
  ReadingRepository,
  reportBackground,
  type Reading,
  type ReadingSummary,
} from '#libs/reading';
import { ageAt, ReportRepository } from '#libs/report';
import { ImageQualityRepository, type WorklistRow } from '#libs/worklist';
import { qualityOf } from './image-quality-view.js';

const iso = (date: Date | string | null): string | null => (date === null ? null : new Date(date).toISOString());
const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

/** A read as the screen shows it: the worklist's line with what reading and report know of it. */
@Injectable()
export class ReadView {
  constructor(
    private readonly readings: ReadingRepository,
    private readonly reports: ReportRepository,
    private readonly qualities: ImageQualityRepository,
    private readonly criticals: CriticalProposalsRepository,
  ) {}

  async rows(rows: readonly WorklistRow[]) {
    const ids = rows.map((row) => row.id);
    const [readings, reports, proposed, qualities] = await Promise.all([
      this.readings.summaries(ids),
      this.reports.byReads(ids),
      this.criticals.undecided(rows.map((row) => row.examId)),
      this.qualities.of(rows.flatMap(({ id, retakeOf }) => (retakeOf === null ? [id] : [id, retakeOf]))),
    ]);
    return rows.map((row) => {
      const report = reports.find((one) => one.readId === row.id);
      return {
        id: row.id,
        state: row.state,
        kind: row.kind,
        priority: row.priority,
        item: row.item === null ? null : { code: row.item, name: row.itemName ?? row.item },
        modality: row.exam.modality,
        description: row.exam.description,
        patient: {
          number: row.patient.number,
          name: row.patient.name,
          sex: row.patient.sex,
          birthDate: row.patient.birthDate,
          age: ageAt(row.patient.birthDate, new Date(row.exam.examinedAt ?? row.createdAt)),
          idCardMasked: row.patient.idCard === null ? null : maskIdCard(row.patient.idCard),
        },
        organisation: { code: row.organisation, name: row.organisationName },
        examId: row.examId,
        studyInstanceUid: row.exam.studyInstanceUid,
        instances: row.exam.instances,
        expectedInstances: row.exam.expectedInstances,
        missing: row.exam.missingInstances,
        interrupted: row.exam.interrupted,
        conflicts: row.exam.conflicts,
        identityDoubts: row.exam.identityDoubts,
        criticalProposed: proposed.get(row.examId) ?? 0,
        examState: row.exam.state,
        examinedAt: iso(row.exam.examinedAt),
        receivedAt: iso(row.exam.firstReceivedAt),
        dueAt: iso(row.dueAt),
        clinicalInformation: row.clinicalInformation,
        assignee: person(row.assigneeId, row.assigneeName),
        claimedBy: person(row.claimedBy, row.claimedByName),
        reading: summary(readings.find((one) => one.id === row.id)),
        report: report ? { id: report.id, status: report.status, signedAt: iso(report.signedAt) } : null,
        returned: row.returnReason === null ? null : { reason: row.returnReason, note: row.returnNote },
        ...qualityOf(row, qualities),
      };
    });
  }

  async detail(caller: Caller, row: WorklistRow) {
    const reading = await this.readings.find(row.id);
    const [view] = await this.rows([row]);
    const criticalProposals = (await this.criticals.ofExam(row.examId)).map(proposalView);
    const draft = reading && {
      ...reading.draft,
      templates: reading.draft.templates ?? [],
      version: reading.draftVersion,
      savedAt: iso(reading.savedAt),
    };
    const contradicting = reading ? contradictions(reading.draft, reportBackground(row)).map(keyed) : [];
    return {
      ...view!,
      draft: draft ?? null,
      criticalProposals,
      contradictions: contradicting,
      allowed: allowed(caller, row, reading),
    };
  }
}

function proposalView(proposal: CriticalProposal) {
  const { id, ruleSet, code, rule, value, threshold, basis, evidence, state, version, decidedBy, reason, note } =
    proposal;
  const [proposedAt, decidedAt] = [iso(proposal.proposedAt), iso(proposal.decidedAt)];
  return {
    id,
    ruleSet,
    code,
    rule,
    value,
    threshold,
    basis,
    evidence,
    state,
    version,
    proposedAt,
    decidedBy,
    decidedAt,
    reason,
    note,
  };
}

function summary(reading: ReadingSummary | undefined) {
  if (!reading) return null;
  const { state, author, reviewer, sentBackReason } = reading;
  return { state, author, reviewer, sentBackReason };
}

/** What this caller may do with this read now, for the buttons; the use cases decide again. */
function allowed(caller: Caller, row: WorklistRow, reading: Reading | undefined): string[] {
  const acts: string[] = [];
  const mine = row.state === 'claimed' && row.claimedBy === caller.id;
  const drafting = (reading?.state ?? 'drafting') === 'drafting';
  if (caller.permissions.has('report.write')) {
    if (row.state === 'open' || row.state === 'assigned') acts.push('claim');
    if (mine && drafting) acts.push('release', 'return', 'draft', 'submit');
  }
  if (caller.permissions.has('report.review') && reading && reading.authorId !== caller.id) {
    if (reading.state === 'submitted') acts.push('review', 'send-back');
    if (reading.state === 'reviewed' && row.state === 'claimed' && reading.reviewerId === caller.id) acts.push('sign');
  }
  const judges = caller.permissions.has('report.review') || caller.permissions.has('quality.decide');
  if (row.state !== 'returned' && row.state !== 'cancelled' && (row.claimedBy === caller.id || judges))
    acts.push('grade');
  return acts;
}
