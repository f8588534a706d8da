import { createHash } from 'node:crypto';
import type { ReadingState } from './reading.states.js';
import type { TemplateUsed } from './report-text.js';

export interface KeyImage {
  sopInstanceUid: string;
  /** from 1 */
  frame: number;
}

export interface Draft {
  findings: string;
  impression: string;
  keyImages: KeyImage[];
  /** in the order of their insertion; missing in drafts of before there were any */
  templates?: TemplateUsed[];
}

export interface InstanceDigest {
  sopInstanceUid: string;
  digest: string;
}

export interface AuthorSignature {
  /** base64 CMS over the UTF-8 bytes of `canonical` */
  signature: string;
  canonical: string;
  signedAt: string;
  instancesSha256: string;
}

export interface Reading {
  /** the read's id */
  id: string;
  state: ReadingState;
  version: number;
  authorId: string;
  reviewerId: string | null;
  draft: Draft;
  draftVersion: number;
  savedAt: Date;
  submittedAt: Date | null;
  reviewedAt: Date | null;
  sentBackReason: string | null;
  authorSignature: AuthorSignature | null;
}

/** JSON with sorted keys and no white space, so that the same content has the same bytes (after RFC 8785). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 over one line `uid digest\n` for each instance that was read, in order of UID. */
export function instancesSha256(instances: readonly InstanceDigest[]): string {
  const lines = instances.map((one) => `${one.sopInstanceUid} ${one.digest}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
