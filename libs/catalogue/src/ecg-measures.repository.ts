export interface StoredMeasures {
  instanceId: string;
  sopInstanceUid: string;
  objectKey: string;
  sizeBytes: number;
}

export abstract class EcgMeasuresRepository {
  /** Instances of the examination that were measured by these methods, or could not be. */
  abstract measured(examId: string, version: number): Promise<string[]>;
  abstract ofExam(examId: string): Promise<StoredMeasures[]>;
  /** Null keeps that it could not be measured. What is superseded has no row any more, and goes with the garbage. */
  abstract keep(instanceId: string, version: number, object: { key: string; size: number } | null): Promise<void>;
}
