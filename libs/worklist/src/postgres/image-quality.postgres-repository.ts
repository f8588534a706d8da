import { Injectable } from '@nestjs/common';
import { Database } from '#libs/persistence';
import type { ImageQuality, QualityVerdict } from '../domain/image-quality.js';
import { ImageQualityRepository } from '../image-quality.repository.js';

@Injectable()
export class ImageQualityPostgresRepository extends ImageQualityRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async add(quality: {
    id: string;
    readId: string;
    verdict: QualityVerdict;
    reasons: readonly string[];
    note: string | null;
    givenBy: string;
  }): Promise<void> {
    const { id, readId, verdict, reasons, note, givenBy } = quality;
    await this.database.rows(
      'INSERT INTO image_quality (id, read_id, verdict, reasons, note, given_by) VALUES ($1,$2,$3,$4,$5,$6)',
      [id, readId, verdict, reasons, note, givenBy],
    );
  }

  of(readIds: readonly string[]): Promise<ImageQuality[]> {
    return this.database.rows(
      `SELECT q.read_id AS "readId", q.verdict, q.reasons, q.note, q.given_at AS "givenAt",
         json_build_object('id', a.id, 'name', a.display_name) AS "givenBy"
       FROM image_quality q JOIN account a ON a.id = q.given_by WHERE q.read_id = ANY($1) ORDER BY q.given_at DESC, q.id DESC`,
      [readIds],
    );
  }
}
