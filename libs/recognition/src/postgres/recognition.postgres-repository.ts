import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import type { DeclineReason, Recognition } from '../domain/recognition.js';
import { RECOGNITION_STATES, type RecognitionEvent } from '../domain/recognition.states.js';
import { RecognitionRepository, type NewRecognition } from '../recognition.repository.js';

const COLUMNS = `id, card_id AS "cardId", organisation, person_id AS "personId", item, report_id AS "reportId", hook,
  hook_instance AS "hookInstance", shown_to AS "shownTo", state, version, reason_code AS "reasonCode", reason_text AS "reasonText",
  proposed_at AS "proposedAt", decided_at AS "decidedAt"`;

@Injectable()
export class RecognitionPostgresRepository extends RecognitionRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async propose(proposal: NewRecognition, actor: string): Promise<Recognition> {
    const { organisation, item, reportId, hook, hookInstance } = proposal;
    const made = await this.database.row<Recognition>(
      `INSERT INTO recognition (id, card_id, organisation, person_id, item, report_id, hook, hook_instance, shown_to, state)
       VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
       ON CONFLICT (hook_instance, report_id, item, hook, organisation) DO NOTHING RETURNING ${COLUMNS}`,
      [
        proposal.id,
        proposal.cardId,
        organisation,
        proposal.personId,
        item,
        reportId,
        hook,
        hookInstance,
        proposal.shownTo,
        RECOGNITION_STATES.initial,
      ],
    );
    if (made) {
      await this.log(made.id, null, made.state, 'propose', actor);
      return made;
    }
    return (await this.database.row<Recognition>(
      `SELECT ${COLUMNS} FROM recognition
       WHERE hook_instance = $1 AND report_id = $2 AND item = $3 AND hook = $4 AND organisation = $5`,
      [hookInstance, reportId, item, hook, organisation],
    ))!;
  }

  lock(organisation: string, cardId: string): Promise<Recognition | undefined> {
    return this.database.row(`SELECT ${COLUMNS} FROM recognition WHERE card_id = $1 AND organisation = $2 FOR UPDATE`, [
      cardId,
      organisation,
    ]);
  }

  async move(
    recognition: Recognition,
    event: RecognitionEvent,
    actor: string,
    change: Parameters<RecognitionRepository['move']>[3],
  ): Promise<void> {
    const state = RECOGNITION_STATES.next(recognition.state, event);
    const rows = await this.database.rows(
      `UPDATE recognition SET state = $3, version = version + 1, reason_code = $4, reason_text = $5, decided_at = $6
       WHERE id = $1 AND version = $2 RETURNING id`,
      [
        recognition.id,
        recognition.version,
        state,
        change.reasonCode ?? null,
        change.reasonText ?? null,
        change.decidedAt,
      ],
    );
    if (rows.length === 0)
      throw new Refusal('conflict', 'recognition-changed', 'Somebody else decided this one meanwhile.');
    await this.log(recognition.id, recognition.state, state, event, actor);
  }

  reasons(): Promise<DeclineReason[]> {
    return this.database.rows(
      `SELECT code, text_zh AS "textZh", text_en AS "textEn", counts_as_refusal AS "countsAsRefusal" FROM decline_reason ORDER BY code`,
    );
  }

  async wasOffered(organisation: string, reportId: string): Promise<boolean> {
    const row = await this.database.row(
      'SELECT 1 AS offered FROM recognition WHERE organisation = $1 AND report_id = $2 LIMIT 1',
      [organisation, reportId],
    );
    return row !== undefined;
  }

  async organisationOf(cardId: string): Promise<string | undefined> {
    return (
      await this.database.row<{ organisation: string }>('SELECT organisation FROM recognition WHERE card_id = $1', [
        cardId,
      ])
    )?.organisation;
  }

  private async log(id: string, from: string | null, to: string, event: string, actor: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ('recognition', $1, $2, $3, $4, $5)`,
      [id, from, to, event, actor],
    );
  }
}
