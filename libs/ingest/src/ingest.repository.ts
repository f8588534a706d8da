import type { StoredInstance } from './domain/stored-instance.js';

export type NewInstance = Omit<StoredInstance, 'standing'>;

export abstract class IngestRepository {
  /**
   * Writes the row and its `instance-stored` event in one transaction. Unique constraints decide, whoever comes first: the same UID and
   * digest is a duplicate; another digest is kept with a standing of its own. Nothing is committed before `object` has resolved, which
   * says that the instance's object is safe. Settles behind `object`, and rejects as that does.
   */
  abstract add(
    instance: NewInstance,
    object: Promise<void>,
  ): Promise<{ outcome: 'stored' | 'duplicate' | 're-encoded' | 'conflict'; id: string }>;
  abstract byIds(ids: readonly string[]): Promise<StoredInstance[]>;
  abstract markIndexed(ids: readonly string[]): Promise<void>;
  abstract quarantine(entry: {
    organisation: string;
    code: string;
    reason: string;
    objectKey: string;
    sizeBytes: number;
    source: Record<string, unknown>;
  }): Promise<string>;
}
