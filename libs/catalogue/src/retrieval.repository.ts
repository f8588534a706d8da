import type { OrganisationScope } from '#libs/identity';
import type { InstanceLocation } from './catalogue.repository.js';
import type { CompressedFrames } from './compressed-frames.repository.js';

/** Where instances are looked for: a study, one of its series, or one instance. */
export interface RetrieveAddress {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
}

/** An instance as its bytes and frames need it; `attributes` holds Image Pixel (PS3.3 C.7.6.3) and NumberOfFrames only. */
export interface InstancePlace extends InstanceLocation {
  /** Its frames without loss in a smaller syntax, where they are there. */
  readonly compressed?: CompressedFrames | null;
}

/** DICOM JSON of one instance as text, bulk data as `bulk/<path>` (pixel data among them), tags in rising order. */
export interface MetadataText {
  readonly organisation: string;
  readonly patientId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly json: string;
}

/** A series that an address names, and its prepared answer for one base, where there is one. */
export interface PreparedSeries {
  readonly seriesId: string;
  readonly examId: string;
  readonly examVersion: number;
  readonly settled: boolean;
  readonly organisation: string;
  readonly patientId: string;
  readonly objectKey: string | null;
  readonly sizeBytes: number | null;
}

/** What retrieval asks of the database: as little as each answer needs. */
export abstract class RetrievalRepository {
  /** Served DICOM instances in order of series and instance number, `limit` at most. */
  abstract places(scope: OrganisationScope, address: RetrieveAddress, limit?: number): Promise<InstancePlace[]>;
  /** The same instances' metadata. */
  abstract metadata(scope: OrganisationScope, address: RetrieveAddress): Promise<MetadataText[]>;
  abstract metadataOfSeries(seriesId: string): Promise<MetadataText[]>;
  /** Every series with this UID in scope (several only where organisations share a study). */
  abstract preparedSeries(
    scope: OrganisationScope,
    studyInstanceUid: string,
    seriesInstanceUid: string,
    base: string,
  ): Promise<PreparedSeries[]>;
  abstract seriesOfExam(examId: string): Promise<{ seriesId: string; examVersion: number }[]>;
  /** Writes a prepared answer down, if the examination is still of this version. `superseded`: objects that nothing leads to any more. */
  abstract keepPrepared(
    series: { seriesId: string; examId: string; examVersion: number },
    base: string,
    object: { key: string; size: number },
  ): Promise<{ kept: boolean; superseded: string[] }>;
  /** Notes by which address callers reach us. */
  abstract noteBase(base: string): Promise<void>;
  /** The bases that were used lately, the newest first. */
  abstract bases(limit: number): Promise<string[]>;
}
