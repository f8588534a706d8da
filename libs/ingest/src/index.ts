/**
 * Ingest: the door. Bytes come in by any edge, are hashed while they are spooled, put into the object store, and then written down with
 * their outbox event in one transaction; only then is anything acknowledged.
 *
 * Within an organisation the same UID and digest is a duplicate and a success; the same UID with another digest is kept beside the
 * first, as `re-encoded` or `conflict`, and never served in its place.
 */
export { INSTANCE_STORED, type InstanceStored } from './domain/ingest.events.js';
export { missingOf, type NewBatch, type UploadBatch, type UploadItem, type UploadOutcome } from './domain/upload.js';
export type { InstanceSource, Receipt, Standing, StoredFormat, StoredInstance } from './domain/stored-instance.js';
export { CommitStorage } from './commit-storage.js';
export {
  COMMITMENT_FAILURE,
  type CommitmentOutcome,
  type ReferencedInstance,
  type StorageCommitment,
} from './domain/storage-commitment.js';
export { DemandRoom } from './demand-room.js';
export type { Usage } from './usage.repository.js';
export { InstanceRemovalRepository, type KeptInstance } from './instance-removal.repository.js';
export { INGEST_OBJECTS } from './ingest-objects.js';
export { IngestModule } from './ingest.module.js';
export { IngestRepository } from './ingest.repository.js';
export { type EcgSupplement } from './domain/ecg-attributes.js';
export { ReceiveEcg } from './receive-ecg.js';
export { ReceiveInstance, type InstanceReception } from './receive-instance.js';
export { ReceiveUpload, type FinishedUpload } from './receive-upload.js';
export { Spool, type SpooledFile } from './spool.js';
export type { Manifest } from './unpack-archive.js';
export { UploadsRepository } from './uploads.repository.js';
