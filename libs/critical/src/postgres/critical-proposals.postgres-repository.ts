import { Injectable } from '@nestjs/common';
import { newId } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { CriticalProposalsRepository } from '../critical-proposals.repository.js';
import type { CriticalProposal, NewCriticalProposal } from '../domain/critical-proposal.js';
import { CRITICAL_PROPOSAL_STATES, type CriticalProposalEvent } from '../domain/critical-proposal.states.js';

const COLUMNS = `p.id, p.exam_id AS "examId", p.rule_set AS "ruleSet", p.code, p.rule, p.value, p.threshold, p.basis, p.evidence, p.state,
  p.version, p.proposed_at AS "proposedAt", p.decided_at AS "decidedAt", p.reason, p.note,
  (SELECT json_build_object('id', a.id, 'name', a.display_name) FROM account a WHERE a.id = p.decided_by) AS "decidedBy"`;

@Injectable()
export class CriticalProposalsPostgresRepository extends CriticalProposalsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async ruleSet(): Promise<string> {
    return (await this.database.row<{ id: string }>('SELECT rule_set AS id FROM critical_ecg_rules'))!.id;
  }

  async inTurn(examId: string): Promise<void> {
    await this.database.rows(`SELECT pg_advisory_xact_lock(hashtextextended('critical-proposal ' || $1, 0))`, [examId]);
  }

  async propose(proposals: readonly NewCriticalProposal[]): Promise<void> {
    for (const one of proposals) {
      const made = await this.database.row<{ id: string }>(
        `INSERT INTO critical_proposal (id, exam_id, rule_set, code, rule, value, threshold, basis, evidence, state)
         VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) ON CONFLICT (exam_id, rule_set, code) DO NOTHING RETURNING id`,
        [
          newId(),
          one.examId,
          one.ruleSet,
          one.code,
          one.rule,
          one.value,
          one.threshold,
          one.basis,
          JSON.stringify(one.evidence),
          CRITICAL_PROPOSAL_STATES.initial,
        ],
      );
      if (made) await this.log(made.id, null, CRITICAL_PROPOSAL_STATES.initial, 'propose', one.ruleSet);
    }
  }

  ofExam(examId: string): Promise<CriticalProposal[]> {
    return this.database.rows(`SELECT ${COLUMNS} FROM critical_proposal p WHERE p.exam_id = $1 ORDER BY p.id`, [
      examId,
    ]);
  }

  async undecided(examIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.rows<{ examId: string; proposals: number }>(
      `SELECT exam_id AS "examId", count(*)::int AS proposals FROM critical_proposal
       WHERE exam_id = ANY($1) AND state = $2 GROUP BY exam_id`,
      [examIds, CRITICAL_PROPOSAL_STATES.initial],
    );
    return new Map(rows.map(({ examId, proposals }) => [examId, proposals]));
  }

  lock(id: string): Promise<CriticalProposal | undefined> {
    return this.database.row(`SELECT ${COLUMNS} FROM critical_proposal p WHERE p.id = $1 FOR UPDATE`, [id]);
  }

  async move(
    proposal: CriticalProposal,
    event: CriticalProposalEvent,
    { by, at, reason, note }: Parameters<CriticalProposalsRepository['move']>[2],
  ): Promise<void> {
    const state = CRITICAL_PROPOSAL_STATES.next(proposal.state, event);
    await this.database.rows(
      `UPDATE critical_proposal SET state = $2, version = version + 1, decided_by = $3, decided_at = $4, reason = $5, note = $6
       WHERE id = $1`,
      [proposal.id, state, by, at, reason, note],
    );
    await this.log(proposal.id, proposal.state, state, event, by);
  }

  private async log(id: string, from: string | null, to: string, event: string, actor: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor)
       VALUES ('critical-proposal', $1, $2, $3, $4, $5)`,
      [id, from, to, event, actor],
    );
  }
}
