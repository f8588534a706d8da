/**
 * CDS Hooks 2.0: discovery at `/cds-services`, the service `mutual-recognition` on order-select and order-sign, and its feedback.
 * Errors are `{code, message}`: 400 for a malformed call, 412 when the prefetch `patient` cannot be had.
 */
export { CdsHooksModule } from './cds-hooks.module.js';
