import type { StoredFormat } from '#libs/ingest';

/** A recording that is to be measured. */
export interface DueRecording {
  instanceId: string;
  examId: string;
  format: StoredFormat;
  objectKey: string;
  sizeBytes: number;
}

export interface StoredObject {
  key: string;
  size: number;
}

export interface StoredMeasures {
  sopInstanceUid: string;
  objectKey: string;
  sizeBytes: number;
}

/** What is to be measured, and where the measures are. A row goes with its instance. */
export abstract class EcgMeasuresRepository {
  /** Notes every recording of the examination that was not measured by these methods. */
  abstract expect(examId: string, version: number): Promise<void>;
  /**
   * Takes one on, the newest first; it comes again `againInSeconds` (and a second for each megabyte) later unless it was
   * kept, but not for ever.
   */
  abstract take(againInSeconds: number): Promise<DueRecording | undefined>;
  /** Null measures keep that it could not be read. @returns false: it is measured already, or the instance has gone */
  abstract keep(
    instanceId: string,
    made: { measures: StoredObject | null; levels: StoredObject | null },
  ): Promise<boolean>;
  /** In the order in which the recordings came. */
  abstract ofExam(examId: string): Promise<StoredMeasures[]>;
  /** The levels of its first long recording, once they are made. */
  abstract levelsOfExam(examId: string): Promise<StoredObject | undefined>;
}
