/** What Qiao needs of the world around it; each port is an abstract class, which is also its injection token. */
export { JobQueue, type Job } from './job-queue.js';
export * from './object-store.js';
export * from './pixel-codec.js';
export * from './signer.js';
