import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type SignerSubject } from '#libs/ports';
import { RSA_SHA256, fromPem, importPrivateKey, toPem } from './protected-key.js';

/** RSA is what every PDF reader checks, old ones too; 3072 bits because reports are kept beyond 2030. */
const KEY_ALGORITHM = { ...RSA_SHA256, modulusLength: 3072, publicExponent: Uint8Array.of(1, 0, 1) };
export const ALGORITHM_NAME = 'RSA-3072-SHA256';

const TEST_ROOT_NAME = 'Qiao built-in TEST CA';
const YEAR = 365.25 * 86_400_000;
const CLOCK_SKEW = 3_600_000;

export interface TestAuthority {
  readonly rootCertificatePem: string;
  /** PKCS#8 `PRIVATE KEY` in PEM, not encrypted: keep it where only the server can read it. */
  readonly rootKeyPem: string;
}

/** Positive, not zero and at most 20 octets (RFC 5280 4.1.2.2). */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

async function generateKeys(): Promise<{ keys: webcrypto.CryptoKeyPair; pkcs8: Uint8Array<ArrayBuffer> }> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  return { keys, pkcs8: new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)) };
}

function lifetime(years: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - CLOCK_SKEW), notAfter: new Date(now + years * YEAR) };
}

/** A root of its own for trying out: whoever signs under it signs with no standing in law, and every report says so. */
export async function createTestAuthority(): Promise<TestAuthority> {
  const { keys, pkcs8 } = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: new x509.Name([{ O: ['Qiao'] }, { OU: ['FOR TESTING ONLY'] }, { CN: [TEST_ROOT_NAME] }]),
    keys,
    signingAlgorithm: RSA_SHA256,
    ...lifetime(20),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { rootCertificatePem: `${certificate.toString('pem')}\n`, rootKeyPem: toPem('PRIVATE KEY', pkcs8) };
}

/** A certificate for one person, issued by the root, with the private key as PKCS#8 DER. */
export async function issueCertificate(
  root: x509.X509Certificate,
  rootKey: webcrypto.CryptoKey,
  subject: SignerSubject,
): Promise<{ certificatePem: string; pkcs8: Uint8Array<ArrayBuffer> }> {
  const { keys, pkcs8 } = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    issuer: root.subjectName,
    subject: new x509.Name([
      { C: ['CN'] },
      { O: [subject.organisation] },
      { CN: [subject.commonName] },
      { [PERSON_ID_OID]: [subject.personId] },
    ]),
    publicKey: keys.publicKey,
    signingKey: rootKey,
    signingAlgorithm: RSA_SHA256,
    ...lifetime(5),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  });
  return { certificatePem: `${certificate.toString('pem')}\n`, pkcs8 };
}

export function importRootKey(rootKeyPem: string): Promise<webcrypto.CryptoKey> {
  return importPrivateKey(fromPem('PRIVATE KEY', rootKeyPem));
}

/** X.520 serialNumber, where the person's id is kept. */
const PERSON_ID_OID = '2.5.4.5';

export interface SubjectNames {
  readonly signerName: string | null;
  readonly organisation: string | null;
  readonly personId: string | null;
}

export function namesOf(certificate: x509.X509Certificate): SubjectNames {
  const field = (name: string) => certificate.subjectName.getField(name)[0] ?? null;
  return { signerName: field('CN'), organisation: field('O'), personId: field(PERSON_ID_OID) };
}
