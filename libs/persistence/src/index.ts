/**
 * The one way to PostgreSQL: connections and transactions (`Database`), forward-only migrations, and the outbox through which news
 * goes from a stage to the stages on its right.
 */
export { Database, isTemporaryDatabaseError, isUniqueViolation, openDatabase } from './database.js';
export type { ObjectReferences } from './object-references.js';
export { migrate } from './migrations.js';
export { Outbox, Reaction, type OutboxEvent } from './outbox.js';
export { Deliveries, DELIVERY_BATCH, type DeliveryJob } from './deliveries.js';
