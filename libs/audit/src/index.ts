/** Who saw and did what, when, and with what outcome; written, never changed. */
export { AuditTrail, type AuditEntry, type AuditOutcome } from './audit-trail.js';
