import { Injectable } from '@nestjs/common';
import { newId } from '#libs/kernel';
import { Database, Outbox } from '#libs/persistence';
import { INSTANCE_STORED } from '../domain/ingest.events.js';
import { INSTANCE_STATES } from '../domain/instance.states.js';
import type { Standing, StoredInstance } from '../domain/stored-instance.js';
import { IngestRepository, type NewInstance } from '../ingest.repository.js';

const COLUMNS = `id, organisation, sop_instance_uid AS "sopInstanceUid", sop_class_uid AS "sopClassUid",
  transfer_syntax_uid AS "transferSyntaxUid", study_instance_uid AS "studyInstanceUid", series_instance_uid AS "seriesInstanceUid",
  digest, header_digest AS "headerDigest", standing, format, object_key AS "objectKey", size_bytes::float8 AS "sizeBytes",
  dataset_offset AS "datasetOffset", pixel_data AS "pixelData", attributes, source`;

const STORED = INSTANCE_STATES.next(INSTANCE_STATES.initial, 'store');

@Injectable()
export class IngestPostgresRepository extends IngestRepository {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  add(instance: NewInstance): Promise<{ outcome: 'stored' | 'duplicate' | 're-encoded' | 'conflict'; id: string }> {
    return this.database.transaction(async () => {
      if (await this.insert(instance, 'first')) {
        await this.outbox.publish(INSTANCE_STORED, `${instance.organisation}/${instance.studyInstanceUid}`, {
          instanceId: instance.id,
        });
        return { outcome: 'stored', id: instance.id };
      }
      const others = await this.database.rows<{
        id: string;
        digest: string;
        header_digest: string;
        standing: Standing;
        ts: string;
      }>(
        `SELECT id, digest, header_digest, standing, transfer_syntax_uid AS ts FROM ingest_instance
         WHERE organisation = $1 AND sop_instance_uid = $2`,
        [instance.organisation, instance.sopInstanceUid],
      );
      const same = others.find((other) => other.digest === instance.digest);
      if (same) return { outcome: 'duplicate', id: same.id };
      const first = others.find((other) => other.standing === 'first')!;
      const standing =
        first.header_digest === instance.headerDigest && first.ts !== instance.transferSyntaxUid
          ? 're-encoded'
          : 'conflict';
      if (await this.insert(instance, standing)) return { outcome: standing, id: instance.id };
      const twin = await this.database.row<{ id: string }>(
        'SELECT id FROM ingest_instance WHERE organisation = $1 AND sop_instance_uid = $2 AND digest = $3',
        [instance.organisation, instance.sopInstanceUid, instance.digest],
      );
      return { outcome: 'duplicate', id: twin!.id };
    });
  }

  byIds(ids: readonly string[]): Promise<StoredInstance[]> {
    return this.database.rows(
      `SELECT ${COLUMNS} FROM ingest_instance WHERE id = ANY($1::uuid[]) ORDER BY received_at, id`,
      [ids],
    );
  }

  async markIndexed(ids: readonly string[]): Promise<void> {
    await this.database.rows(
      'UPDATE ingest_instance SET state = $2, version = version + 1 WHERE id = ANY($1::uuid[]) AND state = $3',
      [ids, INSTANCE_STATES.next(STORED, 'index'), STORED],
    );
  }

  async quarantine(entry: Parameters<IngestRepository['quarantine']>[0]): Promise<string> {
    const id = newId();
    await this.database.rows(
      `INSERT INTO ingest_quarantine (id, organisation, code, reason, object_key, size_bytes, source) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
      [
        id,
        entry.organisation,
        entry.code,
        entry.reason,
        entry.objectKey,
        entry.sizeBytes,
        JSON.stringify(entry.source),
      ],
    );
    return id;
  }

  private async insert(instance: NewInstance, standing: Standing): Promise<boolean> {
    const row = await this.database.row(
      `INSERT INTO ingest_instance (id, organisation, sop_instance_uid, digest, header_digest, standing, state, format, sop_class_uid,
         transfer_syntax_uid, study_instance_uid, series_instance_uid, object_key, size_bytes, dataset_offset, pixel_data, attributes, source)
       VALUES ($1,$2,$3,$4,$5,$6,$18,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17) ON CONFLICT DO NOTHING RETURNING id`,
      [
        instance.id,
        instance.organisation,
        instance.sopInstanceUid,
        instance.digest,
        instance.headerDigest,
        standing,
        instance.format,
        instance.sopClassUid,
        instance.transferSyntaxUid,
        instance.studyInstanceUid,
        instance.seriesInstanceUid,
        instance.objectKey,
        instance.sizeBytes,
        instance.datasetOffset,
        instance.pixelData === null ? null : JSON.stringify(instance.pixelData),
        // PostgreSQL's jsonb takes every character but U+0000, which some devices pad with.
        JSON.stringify(instance.attributes).replaceAll(String.raw`\u0000`, ''),
        JSON.stringify(instance.source),
        STORED,
      ],
    );
    return row !== undefined;
  }
}
