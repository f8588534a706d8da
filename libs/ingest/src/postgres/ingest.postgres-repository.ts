import { Injectable } from '@nestjs/common';
import type { DicomJson } from '#libs/formats/dicom';
import { newId } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { INSTANCE_STATES } from '../domain/instance.states.js';
import { sameHeader } from '../domain/same-header.js';
import type { Standing, StoredInstance } from '../domain/stored-instance.js';
import { IngestRepository, type NewInstance } from '../ingest.repository.js';
import { GatheredInsert } from './gathered-insert.js';
import { storable } from './storable.js';

const COLUMNS = `id, organisation, sop_instance_uid AS "sopInstanceUid", sop_class_uid AS "sopClassUid",
  transfer_syntax_uid AS "transferSyntaxUid", study_instance_uid AS "studyInstanceUid", series_instance_uid AS "seriesInstanceUid",
  digest, standing, format, object_key AS "objectKey", size_bytes::float8 AS "sizeBytes",
  dataset_offset AS "datasetOffset", pixel_data AS "pixelData", attributes, source`;

const STORED = INSTANCE_STATES.next(INSTANCE_STATES.initial, 'store');

@Injectable()
export class IngestPostgresRepository extends IngestRepository {
  private readonly gathered: GatheredInsert;

  constructor(private readonly database: Database) {
    super();
    this.gathered = new GatheredInsert(database);
  }

  async add(
    instance: NewInstance,
    object: Promise<void>,
  ): Promise<{ outcome: 'stored' | 'duplicate' | 're-encoded' | 'conflict'; id: string }> {
    if (await this.gathered.add(instance, object)) return { outcome: 'stored', id: instance.id };
    return this.database.transaction(async () => {
      const others = await this.database.rows<{
        id: string;
        digest: string;
        standing: Standing;
        ts: string;
        attributes: DicomJson | null;
      }>(
        `SELECT id, digest, standing, transfer_syntax_uid AS ts,
           CASE WHEN standing = 'first' AND digest <> $3 AND format = 'dicom' THEN attributes END AS attributes
         FROM ingest_instance WHERE organisation = $1 AND sop_instance_uid = $2`,
        [instance.organisation, instance.sopInstanceUid, instance.digest],
      );
      const same = others.find((other) => other.digest === instance.digest);
      if (same) return { outcome: 'duplicate', id: same.id };
      const first = others.find((other) => other.standing === 'first');
      // It was deleted just now.
      if (!first) return this.add(instance, object);
      const standing =
        first.ts !== instance.transferSyntaxUid &&
        first.attributes !== null &&
        sameHeader(first.attributes, JSON.parse(storable(instance.attributes)) as DicomJson)
          ? 're-encoded'
          : 'conflict';
      if (await this.gathered.alone(instance, standing)) return { outcome: standing, id: instance.id };
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
}
