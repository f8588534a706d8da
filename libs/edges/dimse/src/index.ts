/**
 * DIMSE over TCP, the provider's side: Verification and Storage (PS3.4 annexes A and B, PS3.7, PS3.8). The room knows sockets and
 * bytes; what an instance means, and where it is kept, is the sink's.
 */
export { DimseServer, type DimseServerOptions } from './dimse-server.js';
export type { DimseLog } from './dimse-log.js';
export type { InstanceWriter, StoreOutcome, StoreRequest, StoreSink } from './store-sink.js';
export { DIMSE_STATUS } from './command-elements.js';
export { DIMSE_IMPLEMENTATION, MAXIMUM_LENGTH } from './negotiation.js';
