/**
 * DIMSE over TCP and TLS (PS3.7, PS3.8). `DimseServer` knows sockets and bytes: associations, messages, and the port that a service
 * class of PS3.4 implements (`DimseService`; `StoreSink` for Storage, whose data sets flow). The service classes of the product are in
 * `services/`, a folder each, and `DimseModule` brings them all. `RequestedAssociation` is the other direction: our own requests.
 */
export { AssociationEnded } from './association-ended.js';
export { COMMAND_FIELD, DIMSE_STATUS } from './command-elements.js';
export type { DimseAnswer, DimseRequest, DimseResponse, OutgoingCommand } from './command-set.js';
export type { DimseLog } from './dimse-log.js';
export { DimseServer, type DimseServerOptions } from './dimse-server.js';
export type { AssociationLine, DimseService, FinalAnswer, Operation, Peer, ServiceRequest } from './dimse-service.js';
export { DIMSE_IMPLEMENTATION, MAXIMUM_LENGTH } from './negotiation.js';
export { RequestedAssociation, type AssociationRequest } from './requested-association.js';
export type { SecureTransport } from './secure-transport.js';
export { DimseModule } from './services/dimse.module.js';
export { DimseServices } from './services/dimse-services.js';
export { ReportCommitment } from './services/storage-commitment/report-commitment.js';
export type { InstanceWriter, StoreOutcome, StoreRequest, StoreSink } from './store-sink.js';
