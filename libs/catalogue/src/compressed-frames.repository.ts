import type { InstanceLocation } from './catalogue.repository.js';

/** Frames of an instance in another syntax, one behind the other in one object. */
export interface CompressedFrames {
  readonly objectKey: string;
  readonly transferSyntaxUid: string;
  /** where each frame ends in the object */
  readonly frameEnds: readonly number[];
}

/** What is to be compressed, and what came of it. A row goes with its instance. */
export abstract class CompressedFramesRepository {
  /** Notes every picture of the examination that may become smaller: stored uncompressed or run-length encoded. */
  abstract expect(examId: string): Promise<void>;
  /** Takes one on, the newest first; it comes again `againInSeconds` later unless it was kept. */
  abstract take(againInSeconds: number): Promise<InstanceLocation | undefined>;
  /** @returns false: the instance has gone */
  abstract keep(instanceId: string, made: (CompressedFrames & { readonly size: number }) | null): Promise<boolean>;
}
