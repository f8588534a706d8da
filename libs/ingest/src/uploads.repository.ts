import type { NewBatch, UploadBatch, UploadItem } from './domain/upload.js';

export abstract class UploadsRepository {
  /** Announces a batch, or says anew what belongs to it. */
  abstract open(batch: NewBatch): Promise<void>;
  /** The open batches of an organisation, oldest first. */
  abstract openBatches(organisation: string, limit: number, after?: string): Promise<UploadBatch[]>;
  abstract batch(organisation: string, batch: string): Promise<UploadBatch | undefined>;
  /** Undefined: there is no such open batch. */
  abstract close(organisation: string, batch: string, as: 'given-up' | 'expired'): Promise<UploadBatch | undefined>;
  /** Open batches of which nothing was heard since `before`. */
  abstract silentSince(before: Date): Promise<UploadBatch[]>;
  /**
   * Notes the end of a file once, also when it came twice under one name because a line broke; a batch of which every file has ended is
   * finished.
   */
  abstract note(item: UploadItem): Promise<void>;
  abstract find(uploadId: string): Promise<UploadItem | undefined>;
  abstract items(organisation: string, batch: string, limit: number, after?: string): Promise<UploadItem[]>;
  abstract counts(organisation: string, batch: string): Promise<Record<string, number>>;
  /** Names of all, and what the indexes among them name. */
  abstract names(organisation: string, batch: string): Promise<Pick<UploadItem, 'filename' | 'referenced'>[]>;
}
