/** The `JobQueue` port on BullMQ. */
export { BullmqQueue, type QueueConnection } from './bullmq-queue.js';
