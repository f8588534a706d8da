/** What the HTTP edges have in common: the status of a refusal, and the address by which a caller reached us. */
export { REFUSAL_STATUS } from './refusal-status.js';
export { requestOrigin } from './request-origin.js';
