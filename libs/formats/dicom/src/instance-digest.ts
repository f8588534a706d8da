import { createHash } from 'node:crypto';

/** Incremental digest of one instance; `update` may be called any number of times before the single `digest`. */
export interface InstanceDigest {
  update(datasetChunk: Uint8Array): this;
  digest(encoding: 'hex'): string;
}

/**
 * The digest by which two arrivals are the same instance: SHA-256 over the ASCII transfer syntax UID without padding,
 * one line feed (0x0A), then the data set exactly as it came, from its first byte after group 0002 to its last
 * (deflated bytes stay deflated). Preamble and file meta are outside, so C-STORE and STOW-RS of one instance agree.
 */
export function instanceDigest(transferSyntaxUid: string): InstanceDigest {
  const hash = createHash('sha256').update(`${transferSyntaxUid}\n`, 'latin1');
  const self: InstanceDigest = {
    update(datasetChunk) {
      hash.update(datasetChunk);
      return self;
    },
    digest: (encoding) => hash.digest(encoding),
  };
  return self;
}
