import type { AuditTrail } from '#libs/audit';
import type { CatalogueRepository, Exam } from '#libs/catalogue';
import { inScope, scopeOf, type Caller } from '#libs/identity';
import { isId, Refusal } from '#libs/kernel';

/** The examination, if it is within the caller's sight; a try beyond it is audited. @throws Refusal `not-found` / exam-not-found */
export async function visibleExam(
  catalogue: CatalogueRepository,
  audit: AuditTrail,
  caller: Caller,
  examId: string,
  action: string,
): Promise<Exam> {
  const exam = isId(examId) ? await catalogue.exam(examId) : undefined;
  if (exam && inScope(scopeOf(caller), exam.organisation)) return exam;
  if (exam) {
    await audit.record({ actor: caller, action, subject: { kind: 'exam', id: examId }, outcome: 'refused' });
  }
  throw new Refusal('not-found', 'exam-not-found', 'There is no such examination.');
}
