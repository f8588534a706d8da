import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { HangingRule, HangingRuleContent } from '../domain/hanging-rule.js';
import { HangingRulesRepository } from '../hanging-rules.repository.js';

const RULE = 'id, owner_id AS "ownerId", enabled, version, name, condition, steps';

@Injectable()
export class HangingRulesPostgresRepository extends HangingRulesRepository {
  constructor(private readonly database: Database) {
    super();
  }

  list(ownerId: string): Promise<HangingRule[]> {
    return this.database.rows(
      `SELECT ${RULE} FROM hanging_rule WHERE owner_id IS NULL OR owner_id = $1 ORDER BY owner_id NULLS LAST, position, id`,
      [ownerId],
    );
  }

  lock(id: string): Promise<HangingRule | undefined> {
    return this.database.row(`SELECT ${RULE} FROM hanging_rule WHERE id = $1 FOR UPDATE`, [id]);
  }

  async add(id: string, ownerId: string | null, content: HangingRuleContent, savedBy: string): Promise<void> {
    const { name, enabled, condition, steps } = content;
    await this.database.rows(
      `INSERT INTO hanging_rule (id, owner_id, position, enabled, name, condition, steps, saved_by)
       SELECT $1, $2, coalesce(min(position), 1) - 1, $3, $4, $5, $6, $7 FROM hanging_rule WHERE owner_id IS NOT DISTINCT FROM $2`,
      [id, ownerId, enabled, name, JSON.stringify(condition), JSON.stringify(steps), savedBy],
    );
  }

  async change(id: string, content: HangingRuleContent, savedBy: string): Promise<number> {
    const { name, enabled, condition, steps } = content;
    const row = await this.database.row<{ version: number }>(
      `UPDATE hanging_rule SET name = $2, enabled = $3, condition = $4, steps = $5, saved_by = $6, saved_at = clock_timestamp(),
         version = version + 1 WHERE id = $1 RETURNING version`,
      [id, name, enabled, JSON.stringify(condition), JSON.stringify(steps), savedBy],
    );
    return row!.version;
  }

  async remove(id: string): Promise<void> {
    await this.database.rows('DELETE FROM hanging_rule WHERE id = $1', [id]);
  }

  async count(ownerId: string | null): Promise<number> {
    const row = await this.database.row<{ count: number }>(
      'SELECT count(*)::int AS count FROM hanging_rule WHERE owner_id IS NOT DISTINCT FROM $1',
      [ownerId],
    );
    return row!.count;
  }

  async order(ownerId: string | null, ids: readonly string[]): Promise<void> {
    await this.database.rows(
      `WITH placed AS (
         SELECT r.id, row_number() OVER (ORDER BY w.at NULLS LAST, r.position, r.id) AS at
         FROM hanging_rule r LEFT JOIN unnest($2::uuid[]) WITH ORDINALITY AS w (id, at) ON w.id = r.id
         WHERE r.owner_id IS NOT DISTINCT FROM $1)
       UPDATE hanging_rule r SET position = placed.at FROM placed WHERE placed.id = r.id`,
      [ownerId, ids],
    );
  }
}
