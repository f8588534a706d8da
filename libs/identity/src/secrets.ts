import { hash as digestOf, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id (the library's default algorithm) with the second recommended setting of RFC 9106 section 4 scaled to OWASP's minimum: 19 MiB, 2 passes, 1 lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashSecret(secret: string): Promise<string> {
  return hash(secret, COST);
}

export function secretMatches(stored: string, given: string): Promise<boolean> {
  return verify(stored, given);
}

/** A random token for a header or a cookie: 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Tokens are kept as digests: a copy of the table opens nothing. */
export function tokenHash(token: string): string {
  return digestOf('sha256', token, 'hex');
}

/** A password that a person can type: 20 characters without look-alikes, over 100 bits. */
export function newPassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  let password = '';
  while (password.length < 20) {
    for (const byte of randomBytes(32)) {
      if (byte < 224 && password.length < 20) password += alphabet[byte % 56]!;
    }
  }
  return password;
}
