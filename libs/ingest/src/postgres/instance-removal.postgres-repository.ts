import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import { InstanceRemovalRepository, type KeptInstance } from '../instance-removal.repository.js';

@Injectable()
export class InstanceRemovalPostgresRepository extends InstanceRemovalRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(organisation: string, sopInstanceUids: readonly string[]): Promise<KeptInstance[]> {
    // The served ones first: who wants to stand beside one of them waits here, or is there for the second look to find.
    await this.database.rows(
      `SELECT id FROM ingest_instance WHERE organisation = $1 AND sop_instance_uid = ANY($2) AND standing = 'first'
       ORDER BY sop_instance_uid FOR UPDATE`,
      [organisation, sopInstanceUids],
    );
    return this.database.rows(
      `SELECT id, sop_instance_uid AS "sopInstanceUid", digest, standing, size_bytes::float8 AS "sizeBytes" FROM ingest_instance
       WHERE organisation = $1 AND sop_instance_uid = ANY($2) ORDER BY sop_instance_uid, standing <> 'first', received_at, id FOR UPDATE`,
      [organisation, sopInstanceUids],
    );
  }

  async waiting(organisation: string, studyInstanceUid: string): Promise<boolean> {
    const row = await this.database.row(
      `SELECT 1 AS one FROM ingest_instance WHERE organisation = $1 AND study_instance_uid = $2 AND state = 'stored'
         AND standing = 'first' LIMIT 1`,
      [organisation, studyInstanceUid],
    );
    return row !== undefined;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.database.rows('DELETE FROM ingest_instance WHERE id = ANY($1::uuid[])', [ids]);
  }
}
