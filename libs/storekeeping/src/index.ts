/**
 * Storekeeping: whether the store holds what the database says, and the removal of what the database does not name. Knows the stages
 * only by the `ObjectReferences` that they declare.
 */
export { CollectGarbage, type Collected } from './collect-garbage.js';
export type { Difference, DifferenceKind, NamedBy } from './difference.js';
export { removeOldFiles } from './remove-old-files.js';
export { VerifyStore, type Verification, type VerifyOptions } from './verify-store.js';
