import type { TlsOptions } from 'node:tls';

/** What TLS needs, in PEM. */
export interface SecureTransport {
  /** Our certificate, with those between it and its authority behind it. */
  readonly certificate: string | Buffer;
  readonly key: string | Buffer;
  /** Authorities of the peers. Where they are given, a peer without a certificate of one of them is refused. */
  readonly authorities?: string | Buffer;
}

/**
 * The suites of the BCP 195 RFC 8996, 9325 TLS Secure Transport Connection Profile (PS3.15 section B.12; RFC 9325 section 4.2):
 * ephemeral keys and authenticated encryption alone. TLS 1.3 brings its own.
 */
const SUITES = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

/** TLS 1.2 at least; the order of suites is ours. */
export function secureOptions(transport: SecureTransport): TlsOptions {
  return {
    cert: transport.certificate,
    key: transport.key,
    minVersion: 'TLSv1.2',
    ciphers: `TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:${SUITES}`,
    honorCipherOrder: true,
    ...(transport.authorities !== undefined && {
      ca: transport.authorities,
      requestCert: true,
      rejectUnauthorized: true,
    }),
  };
}
