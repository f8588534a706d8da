/**
 * Signatures by X.509 certificates: PAdES B-B (ETSI EN 319 142-1) in PDFs, CAdES B-B (EN 319 122-1) beside other bytes.
 * `createTestAuthority` makes a root that is for trying out only; a licensed CA needs an adapter of its own.
 */
export { createTestAuthority, type TestAuthority } from './authority.js';
export { X509Signer, type X509SignerOptions } from './x509-signer.js';
