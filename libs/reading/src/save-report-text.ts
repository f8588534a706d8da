import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { demand, type Caller } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import type { ReportText } from './domain/report-text.js';
import { ReportTextsRepository, type ReportTextWords } from './report-texts.repository.js';

/**
 * Templates and phrases change by versions, so that a report can say for ever what it was made of. A doctor's own are the doctor's alone;
 * the network's are changed by whom the network office gives that duty.
 */
@Injectable()
export class SaveReportText {
  constructor(
    private readonly database: Database,
    private readonly texts: ReportTextsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Refusal `invalid`: unknown-subject, report-text-empty */
  add(
    caller: Caller,
    text: Pick<ReportText, 'kind' | 'readKind'> & { subject: string | null; network: boolean } & ReportTextWords,
  ): Promise<{ id: string; version: number }> {
    demand(caller, text.network ? 'report-text.manage' : 'report.write');
    demandWords(text);
    return this.database.transaction(async () => {
      const { network, ...rest } = text;
      const subjects = await this.texts.subjects();
      if (rest.subject !== null && !subjects.some((one) => one.code === rest.subject && one.kind === rest.readKind))
        throw new Refusal('invalid', 'unknown-subject', 'There is no such examination for templates.');
      const id = newId();
      await this.texts.add({ ...rest, id, ownerId: network ? null : caller.id }, caller.id);
      await this.kept(caller, 'add-report-text', id, { kind: rest.kind, network });
      return { id, version: 1 };
    });
  }

  /** @throws Refusal `not-found` / report-text-not-found; `conflict` / stale-report-text; `invalid` / report-text-empty */
  change(caller: Caller, id: string, words: Partial<ReportTextWords>, version: number): Promise<{ version: number }> {
    return this.database.transaction(async () => {
      const text = await this.own(caller, id);
      if (text.version !== version)
        throw new Refusal('conflict', 'stale-report-text', 'It was changed meanwhile; nothing was overwritten.');
      const next = { ...text, ...words };
      demandWords(next);
      const saved = await this.texts.change(id, next, caller.id);
      await this.kept(caller, 'change-report-text', id, { version: saved, network: text.ownerId === null });
      return { version: saved };
    });
  }

  /** It is offered no longer; drafts and reports that name it still do. @throws Refusal `not-found` / report-text-not-found */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.database.transaction(async () => {
      const text = await this.own(caller, id);
      await this.texts.remove(id);
      await this.kept(caller, 'remove-report-text', id, { network: text.ownerId === null });
    });
  }

  /** Another's is as if it were not there. */
  private async own(caller: Caller, id: string): Promise<ReportText> {
    const text = await this.texts.lock(id);
    if (!text || (text.ownerId !== null && text.ownerId !== caller.id))
      throw new Refusal('not-found', 'report-text-not-found', 'There is no such template or phrase.');
    demand(caller, text.ownerId === null ? 'report-text.manage' : 'report.write');
    return text;
  }

  private kept(caller: Caller, action: string, id: string, detail: Record<string, unknown>): Promise<void> {
    return this.audit.record({ actor: caller, action, subject: { kind: 'report-text', id }, outcome: 'done', detail });
  }
}

function demandWords({ kind, findings, impression }: Pick<ReportText, 'kind'> & ReportTextWords): void {
  if (findings.trim() === '' && (kind === 'phrase' || impression.trim() === ''))
    throw new Refusal('invalid', 'report-text-empty', 'There are no words in it.');
}
