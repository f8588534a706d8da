/** One instance that is kept, served or beside the served one of its UID. */
export interface KeptInstance {
  id: string;
  sopInstanceUid: string;
  digest: string;
  standing: 'first' | 're-encoded' | 'conflict';
  sizeBytes: number;
}

/** Taking instances out of the rows. Their objects stay until nothing names them and garbage is collected. */
export abstract class InstanceRemovalRepository {
  /** Everything kept under these UIDs, locked until the transaction ends, the served one of each first. */
  abstract lock(organisation: string, sopInstanceUids: readonly string[]): Promise<KeptInstance[]>;
  /** Something of this study was received and waits to be filed. */
  abstract waiting(organisation: string, studyInstanceUid: string): Promise<boolean>;
  abstract remove(ids: readonly string[]): Promise<void>;
}
