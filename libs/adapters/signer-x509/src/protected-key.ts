import { webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import { SignerError } from '#libs/ports';

/** PKCS #5 v2.1 (RFC 8018) names and the count that OWASP gives for PBKDF2-HMAC-SHA256. */
const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const HMAC_SHA256 = '1.2.840.113549.2.9';
const AES256_CBC = '2.16.840.1.101.3.4.1.42';
const ITERATIONS = 600_000;
/** A stored key that asks for more than this would hold a core for many seconds. */
const MOST_ITERATIONS = 10_000_000;

const PEM_LABEL = 'ENCRYPTED PRIVATE KEY';

export const RSA_SHA256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export function fromPem(label: string, pem: string): Uint8Array<ArrayBuffer> {
  const match = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(pem);
  if (match === null) throw new SignerError('damaged-key', `no PEM block ${label}`);
  return Uint8Array.from(Buffer.from(match[1]!, 'base64'));
}

async function deriveKey(
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<webcrypto.CryptoKey> {
  const secret = await webcrypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, [
    'deriveKey',
  ]);
  return webcrypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    secret,
    { name: 'AES-CBC', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** PKCS#8 DER under a password: PBES2 of PBKDF2-HMAC-SHA256 and AES-256-CBC, which OpenSSL reads too. */
export async function protectKey(pkcs8: Uint8Array<ArrayBuffer>, password: string): Promise<string> {
  const salt = webcrypto.getRandomValues(new Uint8Array(16));
  const iv = webcrypto.getRandomValues(new Uint8Array(16));
  const key = await deriveKey(password, salt, ITERATIONS);
  const encrypted = await webcrypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, pkcs8);
  const sequence = (...value: asn1js.AsnType[]) => new asn1js.Sequence({ value });
  const oid = (value: string) => new asn1js.ObjectIdentifier({ value });
  const octets = (valueHex: ArrayBuffer) => new asn1js.OctetString({ valueHex });
  const kdf = sequence(
    octets(salt.buffer),
    new asn1js.Integer({ value: ITERATIONS }),
    sequence(oid(HMAC_SHA256), new asn1js.Null()),
  );
  const info = sequence(
    sequence(oid(PBES2), sequence(sequence(oid(PBKDF2), kdf), sequence(oid(AES256_CBC), octets(iv.buffer)))),
    octets(encrypted),
  );
  return toPem(PEM_LABEL, new Uint8Array(info.toBER()));
}

interface Protected {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly encrypted: Uint8Array<ArrayBuffer>;
}

function children(node: asn1js.AsnType | undefined): asn1js.AsnType[] {
  return node instanceof asn1js.Sequence ? node.valueBlock.value : [];
}

function octetsOf(node: asn1js.AsnType | undefined): Uint8Array<ArrayBuffer> | null {
  return node instanceof asn1js.OctetString ? new Uint8Array(node.valueBlock.valueHexView) : null;
}

function isOid(node: asn1js.AsnType | undefined, value: string): boolean {
  return node instanceof asn1js.ObjectIdentifier && node.valueBlock.toString() === value;
}

function readProtected(pem: string): Protected {
  const parsed = asn1js.fromBER(fromPem(PEM_LABEL, pem));
  const [scheme, data] = parsed.offset === -1 ? [] : children(parsed.result);
  const [schemeName, schemeParameters] = children(scheme);
  const [kdf, cipher] = children(schemeParameters);
  const [kdfName, kdfParameters] = children(kdf);
  const [cipherName, ivNode] = children(cipher);
  const parameters = children(kdfParameters);
  const salt = octetsOf(parameters[0]);
  const count = parameters[1];
  const iterations = count instanceof asn1js.Integer ? count.valueBlock.valueDec : 0;
  const [prf] = children(parameters.at(-1));
  const iv = octetsOf(ivNode);
  const encrypted = octetsOf(data);
  const known =
    isOid(schemeName, PBES2) && isOid(kdfName, PBKDF2) && isOid(prf, HMAC_SHA256) && isOid(cipherName, AES256_CBC);
  if (!known || salt === null || iv === null || iv.length !== 16 || encrypted === null) {
    throw new SignerError('damaged-key', 'not a PBES2 key of PBKDF2-HMAC-SHA256 and AES-256-CBC');
  }
  if (iterations < 1 || iterations > MOST_ITERATIONS) {
    throw new SignerError('damaged-key', `PBKDF2 count ${iterations} is out of range`);
  }
  return { salt, iterations, iv, encrypted };
}

/** The PKCS#8 DER again. AES-CBC cannot tell a wrong password from a damaged cipher text: both are `wrong-password`. */
export async function openKey(pem: string, password: string): Promise<Uint8Array<ArrayBuffer>> {
  const { salt, iterations, iv, encrypted } = readProtected(pem);
  const key = await deriveKey(password, salt, iterations);
  try {
    const pkcs8 = new Uint8Array(await webcrypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, encrypted));
    // One wrong password in 256 passes the padding; what it yields is no private key.
    await importPrivateKey(pkcs8);
    return pkcs8;
  } catch {
    throw new SignerError('wrong-password', 'the password does not open this signing key');
  }
}

export function importPrivateKey(pkcs8: Uint8Array<ArrayBuffer>): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', pkcs8, RSA_SHA256, false, ['sign']);
}
