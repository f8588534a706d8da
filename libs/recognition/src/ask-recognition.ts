import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, type Caller } from '#libs/identity';
import { Clock, newId } from '#libs/kernel';
import { PatientsRepository, validIdCard } from '#libs/patients';
import { Database } from '#libs/persistence';
import { ReportRepository, type SignedReport } from '#libs/report';
import { WorklistRepository, type ExamItem } from '#libs/worklist';
import { windowEnd, windowStart, withinWindow, type Recognition } from './domain/recognition.js';
import { RecognitionRepository } from './recognition.repository.js';

export interface RecognitionQuestion {
  /** which moment of ordering asks, and the asking system's id of this very call */
  hook: string;
  hookInstance: string;
  /** the asking system's own name for the person who will see the answer */
  shownTo: string;
  /** of the patient; systems `urn:qiao:org:<code>:patient` of the caller's own organisation and `urn:qiao:id-card` count */
  identifiers: readonly { system: string; value: string }[];
  /** codes of urn:qiao:item that are about to be ordered */
  items: readonly string[];
}

export interface RecognitionProposal {
  recognition: Recognition;
  report: SignedReport;
  item: ExamItem;
  examinedAt: Date;
  validUntil: Date;
}

interface WhoItIs {
  persons: string[];
  patientId: string | null;
  /** number and card name two different people: nothing is shown */
  disagree: boolean;
}

/** Looks through the whole network for results that make an order needless, and writes down what was shown to whom. */
@Injectable()
export class AskRecognition {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientsRepository,
    private readonly worklist: WorklistRepository,
    private readonly reports: ReportRepository,
    private readonly recognitions: RecognitionRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** @returns newest first within an item; the same hook call asked again gets the same cards */
  run(caller: Caller, question: RecognitionQuestion): Promise<RecognitionProposal[]> {
    demand(caller, 'recognition.ask');
    return this.database.transaction(async () => {
      const who = await this.whoIs(caller, question.identifiers);
      const items = (await this.worklist.items()).filter((item) => question.items.includes(item.code));
      const proposals: RecognitionProposal[] = [];
      for (const item of items) {
        for (const personId of who.persons) proposals.push(...(await this.propose(caller, question, personId, item)));
      }
      await this.audit.record({
        actor: caller,
        action: 'ask-recognition',
        subject: { kind: 'hook', id: `${question.hook} ${question.hookInstance}`.slice(0, 300) },
        patientId: who.patientId,
        outcome: who.disagree ? 'refused' : 'done',
        detail: {
          shownTo: question.shownTo,
          items: items.map((item) => item.code),
          shown: proposals.length,
          ...(who.disagree ? { reason: 'identifiers-disagree' } : {}),
        },
      });
      return proposals;
    });
  }

  private async propose(
    caller: Caller,
    { hook, hookInstance, shownTo }: RecognitionQuestion,
    personId: string,
    item: ExamItem,
  ): Promise<RecognitionProposal[]> {
    const now = this.clock.now();
    const found = await this.reports.ofPerson(personId, item.code, windowStart(now, item.recognitionDays));
    const proposals: RecognitionProposal[] = [];
    for (const report of found) {
      const examinedAt = new Date(report.content.exam.examinedAt ?? report.content.exam.arrivedAt);
      if (!withinWindow(examinedAt, now, item.recognitionDays)) continue;
      const recognition = await this.recognitions.propose(
        {
          id: newId(),
          cardId: newId(),
          organisation: caller.organisation,
          personId,
          item: item.code,
          reportId: report.id,
          hook,
          hookInstance,
          shownTo,
        },
        caller.id,
      );
      await this.audit.record({
        actor: caller,
        action: 'show-result',
        subject: { kind: 'report', id: report.id },
        patientId: report.patientId,
        outcome: 'done',
        detail: { shownTo, hook, hookInstance, item: item.code, card: recognition.cardId, from: report.organisation },
      });
      proposals.push({
        recognition,
        report,
        item,
        examinedAt,
        validUntil: windowEnd(examinedAt, item.recognitionDays),
      });
    }
    return proposals;
  }

  /** The person by the organisation's own number, by a checksum-valid ID card, or by both where they do not contradict each other. */
  private async whoIs(caller: Caller, identifiers: RecognitionQuestion['identifiers']): Promise<WhoItIs> {
    const own = `urn:qiao:org:${caller.organisation}:patient`;
    const number = identifiers.find((one) => one.system === own)?.value;
    const idCard = identifiers
      .filter((one) => one.system === 'urn:qiao:id-card')
      .map((one) => validIdCard(one.value))
      .find((card) => card !== null);
    const [patient] = number
      ? await this.patients.search({ organisations: [caller.organisation] }, { number, limit: 1 })
      : [];
    const disagree = Boolean(idCard && patient?.idCard && patient.idCard !== idCard);
    if (disagree) return { persons: [], patientId: patient!.id, disagree };
    const byCard = idCard ? await this.patients.personByIdCard(idCard) : undefined;
    const persons = [...new Set([patient?.personId, byCard].filter((person) => person !== undefined))];
    return { persons, patientId: patient?.id ?? null, disagree };
  }
}
