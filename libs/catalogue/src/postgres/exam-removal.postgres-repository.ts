import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { CatalogueRepository } from '../catalogue.repository.js';
import { EXAM_STATES } from '../domain/exam.states.js';
import type { Exam } from '../domain/exam.js';
import { ExamRemovalRepository } from '../exam-removal.repository.js';

@Injectable()
export class ExamRemovalPostgresRepository extends ExamRemovalRepository {
  constructor(
    private readonly database: Database,
    private readonly catalogue: CatalogueRepository,
  ) {
    super();
  }

  async lock(examId: string): Promise<{ exam: Exam; sopInstanceUids: string[] } | undefined> {
    if (!(await this.database.row('SELECT id FROM exam WHERE id = $1 FOR UPDATE', [examId]))) return undefined;
    const served = await this.database.rows<{ uid: string }>(
      'SELECT sop_instance_uid AS uid FROM instance WHERE exam_id = $1',
      [examId],
    );
    return { exam: (await this.catalogue.exam(examId))!, sopInstanceUids: served.map(({ uid }) => uid) };
  }

  async beingSent(organisation: string, studyInstanceUid: string): Promise<boolean> {
    const row = await this.database.row(
      `SELECT 1 AS one FROM exam_sending WHERE organisation = $1 AND study_instance_uid = $2 AND lease_until > now() LIMIT 1`,
      [organisation, studyInstanceUid],
    );
    return row !== undefined;
  }

  async remove(exam: Exam, instanceIds: readonly string[], actor: string): Promise<void> {
    const study = [exam.organisation, exam.studyInstanceUid];
    await this.database.rows('DELETE FROM instance WHERE exam_id = $1', [exam.id]);
    await this.database.rows('DELETE FROM series WHERE exam_id = $1', [exam.id]);
    await this.database.rows('DELETE FROM instance_beside WHERE instance_id = ANY($1::uuid[])', [instanceIds]);
    await this.database.rows('DELETE FROM identity_doubt WHERE exam_id = $1', [exam.id]);
    await this.database.rows('DELETE FROM exam_expectation WHERE organisation = $1 AND study_instance_uid = $2', study);
    await this.database.rows('DELETE FROM exam_sending WHERE organisation = $1 AND study_instance_uid = $2', study);
    await this.database.rows(
      `INSERT INTO state_transition (machine, subject_id, from_state, to_state, event, actor)
       VALUES ('exam', $1, $2, $3, 'delete', $4)`,
      [exam.id, exam.state, EXAM_STATES.next(exam.state, 'delete'), actor],
    );
    await this.database.rows('DELETE FROM exam WHERE id = $1', [exam.id]);
  }
}
