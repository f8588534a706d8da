import type { InstanceLocation } from './catalogue.repository.js';
import type { ManifestInstance } from './domain/study-manifest.js';

/** An examination, and its prepared manifest where there is one. */
export interface PreparedExam {
  readonly studyInstanceUid: string;
  readonly version: number;
  readonly settled: boolean;
  readonly objectKey: string | null;
  readonly sizeBytes: number | null;
}

/** A series, and its prepared preview and what that shows, where there is one. */
export interface PreparedSeriesPreview {
  readonly seriesId: string;
  readonly preview: {
    readonly sopInstanceUid: string;
    readonly frame: number;
    readonly objectKey: string;
    readonly sizeBytes: number;
  } | null;
}

export interface StoredObject {
  readonly key: string;
  readonly size: number;
}

/** Prepared manifests and previews: rows name their objects, and go when what the examination holds changes. */
export abstract class FirstPictureRepository {
  abstract exam(examId: string): Promise<PreparedExam | undefined>;
  /** What the examination serves, in no order that matters; `limit` at most. */
  abstract instances(examId: string, limit: number): Promise<ManifestInstance[]>;
  abstract instance(examId: string, sopInstanceUid: string): Promise<InstanceLocation | undefined>;
  abstract series(examId: string, seriesInstanceUid: string): Promise<PreparedSeriesPreview | undefined>;
  /** Each writes its row if the examination is still of this version. @returns objects that nothing leads to any more */
  abstract keepManifest(examId: string, version: number, object: StoredObject): Promise<string[]>;
  abstract keepPreview(
    examId: string,
    version: number,
    seriesId: string,
    preview: { sopInstanceUid: string; frame: number } & StoredObject,
  ): Promise<string[]>;
}
