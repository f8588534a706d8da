import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import type { OrganisationScope } from '#libs/identity';
import { ObjectNotFound, ObjectStore } from '#libs/ports';
import { metadataJson, PrepareSeriesMetadata } from './prepare-series-metadata.js';
import { RetrievalRepository, type PreparedSeries, type RetrieveAddress } from './retrieval.repository.js';

const compress = promisify(gzip);
const NOTED_FOR_MS = 3_600_000;
const NOTED_BASES = 16;

/** Metadata that were found; the JSON is made or fetched when `gzip` is called, after the access is on record. */
export interface MetadataAnswer {
  readonly organisation: string;
  readonly patientId: string;
  /** The JSON array of PS3.18 F.2, compressed by gzip. */
  gzip(): Promise<Buffer>;
}

/** DICOM JSON of what an address names: of a settled series one prepared object, else from the database. */
@Injectable()
export class ReadMetadata {
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly retrieval: RetrievalRepository,
    private readonly prepareSeriesMetadata: PrepareSeriesMetadata,
    private readonly objects: ObjectStore,
  ) {}

  /** `base` is what bulk data links begin with, up to `/studies`. Undefined: nothing in scope. */
  async find(scope: OrganisationScope, address: RetrieveAddress, base: string): Promise<MetadataAnswer | undefined> {
    await this.note(base);
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = address;
    if (seriesInstanceUid !== undefined && sopInstanceUid === undefined) {
      const found = await this.retrieval.preparedSeries(scope, studyInstanceUid, seriesInstanceUid, base);
      const [only] = found;
      if (!only) return undefined;
      if (found.length === 1 && only.settled) {
        const { organisation, patientId } = only;
        return { organisation, patientId, gzip: () => this.prepared(only, base) };
      }
    }
    const texts = await this.retrieval.metadata(scope, address);
    const [first] = texts;
    if (!first) return undefined;
    return { ...first, gzip: () => compress(metadataJson(texts, base), { level: 4 }) };
  }

  private async prepared(series: PreparedSeries, base: string): Promise<Buffer> {
    if (series.objectKey !== null && series.sizeBytes !== null) {
      try {
        return await this.objects.getRange(series.objectKey, 0, series.sizeBytes);
      } catch (error) {
        if (!(error instanceof ObjectNotFound)) throw error;
      }
    }
    const built = await this.prepareSeriesMetadata.build(series.seriesId, base);
    await this.prepareSeriesMetadata.keep(series, base, built);
    return built.gzip;
  }

  /** So that the next examination to settle has its answers ready for this address. */
  private async note(base: string): Promise<void> {
    const now = Date.now();
    if ((this.noted.get(base) ?? 0) > now) return;
    if (this.noted.size >= NOTED_BASES) this.noted.clear();
    this.noted.set(base, now + NOTED_FOR_MS);
    await this.retrieval.noteBase(base);
  }
}
