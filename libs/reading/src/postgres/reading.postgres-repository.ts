import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { Database } from '#libs/persistence';
import type { Draft, Reading } from '../domain/reading.js';
import { READING_STATES, type ReadingEvent } from '../domain/reading.states.js';
import { ReadingRepository, type ReadingSummary } from '../reading.repository.js';

const READING = `id, state, version, author_id AS "authorId", reviewer_id AS "reviewerId", draft, draft_version AS "draftVersion",
  saved_at AS "savedAt", submitted_at AS "submittedAt", reviewed_at AS "reviewedAt", sent_back_reason AS "sentBackReason",
  author_signature AS "authorSignature"`;
const EMPTY: Draft = { findings: '', impression: '', keyImages: [] };

@Injectable()
export class ReadingPostgresRepository extends ReadingRepository {
  constructor(private readonly database: Database) {
    super();
  }

  find(readId: string): Promise<Reading | undefined> {
    return this.database.row(`SELECT ${READING} FROM reading WHERE id = $1`, [readId]);
  }

  lock(readId: string): Promise<Reading | undefined> {
    return this.database.row(`SELECT ${READING} FROM reading WHERE id = $1 FOR UPDATE`, [readId]);
  }

  async begin(readId: string, authorId: string): Promise<Reading> {
    const made = await this.database.row(
      `INSERT INTO reading (id, state, author_id, draft) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING RETURNING id`,
      [readId, READING_STATES.initial, authorId, JSON.stringify(EMPTY)],
    );
    if (made) await this.log(readId, null, READING_STATES.initial, 'begin', authorId);
    return (await this.lock(readId))!;
  }

  saveDraft(
    readId: string,
    authorId: string,
    draft: Draft,
    version: number,
  ): Promise<{ version: number; savedAt: Date } | undefined> {
    return this.database.row(
      `UPDATE reading SET draft = $3, draft_version = draft_version + 1, author_id = $2, saved_at = clock_timestamp()
       WHERE id = $1 AND draft_version = $4 RETURNING draft_version AS version, saved_at AS "savedAt"`,
      [readId, authorId, JSON.stringify(draft), version],
    );
  }

  async move(
    reading: Reading,
    event: ReadingEvent,
    actor: string,
    change: Parameters<ReadingRepository['move']>[3],
  ): Promise<void> {
    const state = READING_STATES.next(reading.state, event);
    const next = { ...reading, ...change };
    const rows = await this.database.rows(
      `UPDATE reading SET state = $3, version = version + 1, reviewer_id = $4, sent_back_reason = $5, author_signature = $6,
         submitted_at = CASE WHEN $7 = 'submit' THEN clock_timestamp() ELSE submitted_at END,
         reviewed_at = CASE WHEN $7 = 'review' THEN clock_timestamp() ELSE reviewed_at END
       WHERE id = $1 AND version = $2 RETURNING id`,
      [
        reading.id,
        reading.version,
        state,
        next.reviewerId,
        next.sentBackReason,
        next.authorSignature === null ? null : JSON.stringify(next.authorSignature),
        event,
      ],
    );
    if (rows.length === 0)
      throw new Refusal('conflict', 'reading-changed', 'Somebody else changed this reading; look again.');
    await this.log(reading.id, reading.state, state, event, actor);
  }

  summaries(readIds: readonly string[]): Promise<ReadingSummary[]> {
    return this.database.rows(
      `SELECT g.id, g.state, json_build_object('id', a.id, 'name', a.display_name) AS author,
         CASE WHEN v.id IS NOT NULL THEN json_build_object('id', v.id, 'name', v.display_name) END AS reviewer,
         g.sent_back_reason AS "sentBackReason"
       FROM reading g JOIN account a ON a.id = g.author_id LEFT JOIN account v ON v.id = g.reviewer_id WHERE g.id = ANY($1)`,
      [readIds],
    );
  }

  async waitingForReview(exceptAuthor: string): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `SELECT g.id FROM reading g JOIN read r ON r.id = g.id
       WHERE g.state IN ('submitted', 'reviewed') AND r.state = 'claimed' AND g.author_id <> $1`,
      [exceptAuthor],
    );
    return rows.map((row) => row.id);
  }

  private async log(id: string, from: string | null, to: string, event: string, actor: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor) VALUES ('reading', $1, $2, $3, $4, $5)`,
      [id, from, to, event, actor],
    );
  }
}
