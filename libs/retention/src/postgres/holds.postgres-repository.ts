import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { Database } from '#libs/persistence';
import { HOLD_STATES, type HoldState } from '../domain/hold.states.js';
import { HoldsRepository, type Hold } from '../holds.repository.js';

const HOLD = `id, exam_id AS "examId", organisation, state, version, reason, placed_by AS "placedBy", placed_at AS "placedAt",
  lift_reason AS "liftReason", lifted_by AS "liftedBy", lifted_at AS "liftedAt"`;

@Injectable()
export class HoldsPostgresRepository extends HoldsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async add(hold: Pick<Hold, 'id' | 'examId' | 'organisation' | 'reason' | 'placedBy'>): Promise<void> {
    const state = HOLD_STATES.initial;
    await this.database.rows(
      `INSERT INTO exam_hold (id, exam_id, organisation, state, reason, placed_by) VALUES ($1, $2, $3, $4, $5, $6)`,
      [hold.id, hold.examId, hold.organisation, state, hold.reason, hold.placedBy],
    );
    await this.log(hold.id, null, state, 'place', hold.placedBy);
  }

  lock(id: string): Promise<Hold | undefined> {
    return this.database.row(`SELECT ${HOLD} FROM exam_hold WHERE id = $1 FOR UPDATE`, [id]);
  }

  async lift(hold: Hold, by: { actor: string; reason: string }): Promise<HoldState> {
    const state = HOLD_STATES.next(hold.state, 'lift');
    await this.database.rows(
      `UPDATE exam_hold SET state = $2, version = version + 1, lift_reason = $3, lifted_by = $4, lifted_at = now() WHERE id = $1`,
      [hold.id, state, by.reason, by.actor],
    );
    await this.log(hold.id, hold.state, state, 'lift', by.actor);
    return state;
  }

  ofExam(examId: string): Promise<Hold[]> {
    return this.database.rows(`SELECT ${HOLD} FROM exam_hold WHERE exam_id = $1 ORDER BY placed_at, id`, [examId]);
  }

  standing(scope: OrganisationScope, page: { after?: string; limit: number }): Promise<Hold[]> {
    return this.database.rows(
      `SELECT ${HOLD} FROM exam_hold WHERE state = 'standing' AND ($1::text[] IS NULL OR organisation = ANY($1))
         AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [scopeParameter(scope), page.after ?? null, page.limit],
    );
  }

  private async log(id: string, from: string | null, to: string, event: string, actor: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ('hold', $1, $2, $3, $4, $5)`,
      [id, from, to, event, actor],
    );
  }
}
