import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import {
  type DetachedSignature,
  type PdfSignatureDetails,
  type PdfSignatureVerdict,
  type PdfVerdict,
  type SignatureVerdict,
  Signer,
  SignerError,
  type SignerSubject,
  type SigningKey,
} from '#libs/ports';
import { ALGORITHM_NAME, importRootKey, issueCertificate, namesOf } from './authority.js';
import { type CmsVerdict, checkCms, signCms } from './cms.js';
import { fillSignature, prepareSignature, signedBytes } from './pdf-revision.js';
import { type FoundSignature, findSignatures, onlySignaturesAdded } from './pdf-signatures.js';
import { importPrivateKey, openKey, protectKey } from './protected-key.js';

export interface X509SignerOptions {
  readonly rootCertificatePem: string;
  /** PKCS#8 in PEM, `PRIVATE KEY`, or `ENCRYPTED PRIVATE KEY` with `rootKeyPassword`. */
  readonly rootKeyPem: string;
  readonly rootKeyPassword?: string;
  /** Every verdict on a signature under this root carries it on as `testCa`. */
  readonly isTestCa: boolean;
}

interface OpenedKey {
  readonly key: webcrypto.CryptoKey;
  readonly certificate: x509.X509Certificate;
}

/** PAdES B-B and CAdES B-B signatures by certificates of one root. Keys are opened for one signature and not kept. */
export class X509Signer extends Signer {
  private readonly root: x509.X509Certificate;
  private rootKey: Promise<webcrypto.CryptoKey> | null = null;

  constructor(private readonly options: X509SignerOptions) {
    super();
    this.root = new x509.X509Certificate(options.rootCertificatePem);
  }

  override async createKey(subject: SignerSubject, password: string): Promise<SigningKey> {
    this.rootKey ??= this.openRootKey();
    const { certificatePem, pkcs8 } = await issueCertificate(this.root, await this.rootKey, subject);
    return { certificatePem, encryptedKey: await protectKey(pkcs8, password), algorithm: ALGORITHM_NAME };
  }

  override async changePassword(key: SigningKey, password: string, newPassword: string): Promise<SigningKey> {
    return { ...key, encryptedKey: await protectKey(await openKey(key.encryptedKey, password), newPassword) };
  }

  override async signPdf(
    pdf: Uint8Array,
    key: SigningKey,
    password: string,
    details: PdfSignatureDetails,
  ): Promise<Uint8Array> {
    const opened = await this.open(key, password);
    const prepared = await prepareSignature(pdf, details);
    const content = signedBytes(prepared.pdf, prepared.gapStart, prepared.gapEnd, prepared.pdf.length);
    return fillSignature(prepared, await signCms({ ...opened, content, root: this.root, signingTime: null }));
  }

  override async signDetached(
    bytes: Uint8Array,
    key: SigningKey,
    password: string,
    details: { readonly signingTime: Date } = { signingTime: new Date() },
  ): Promise<DetachedSignature> {
    const opened = await this.open(key, password);
    const content = Uint8Array.from(bytes);
    const cms = await signCms({ ...opened, content, root: this.root, signingTime: details.signingTime });
    return { signature: Buffer.from(cms).toString('base64'), certificatePem: key.certificatePem };
  }

  override async verifyPdf(pdf: Uint8Array): Promise<PdfVerdict> {
    const found = await findSignatures(pdf).catch(() => []);
    const signatures: PdfSignatureVerdict[] = [];
    for (const signature of found) signatures.push(await this.judge(pdf, signature));
    const last = signatures.at(-1);
    const whole = last?.coversWholeFile ?? false;
    return {
      valid: whole && signatures.every(({ valid, laterChanges }) => valid && laterChanges !== 'content'),
      signerName: last?.signerName ?? null,
      coversWholeFile: whole,
      testCa: signatures.some(({ testCa }) => testCa),
      signatures,
    };
  }

  override async verifyDetached(bytes: Uint8Array, signature: string): Promise<SignatureVerdict> {
    const cms = await checkCms(Uint8Array.from(Buffer.from(signature, 'base64')), Uint8Array.from(bytes));
    return this.verdict(cms, cms.signingTime);
  }

  private async judge(pdf: Uint8Array, found: FoundSignature): Promise<PdfSignatureVerdict> {
    const { fieldName, reason, subFilter, range } = found;
    const cms: CmsVerdict =
      range === null
        ? {
            intact: false,
            certificate: null,
            signingTime: null,
            problems: ['the byte range is not that of a signature'],
          }
        : await checkCms(range.cms, range.content);
    const problems = [...cms.problems];
    if (subFilter !== 'ETSI.CAdES.detached') problems.push('the SubFilter is not ETSI.CAdES.detached');
    if (cms.signingTime !== null) problems.push('the CMS holds a signing-time, which PAdES forbids');
    const verdict = await this.verdict({ ...cms, problems }, found.signingTime);
    const coversWholeFile = range?.end === pdf.length;
    return { ...verdict, fieldName, reason, subFilter, coversWholeFile, laterChanges: await changesBehind(pdf, range) };
  }

  private async verdict(cms: CmsVerdict, signingTime: Date | null): Promise<SignatureVerdict> {
    const { certificate, intact } = cms;
    const problems = [...cms.problems];
    const trusted = certificate !== null && (await this.issued(certificate));
    if (!trusted) problems.push('the certificate was not issued by the configured root');
    if (signingTime === null) problems.push('no time of signing is claimed');
    else if (certificate !== null && !(signingTime >= certificate.notBefore && signingTime <= certificate.notAfter)) {
      problems.push("the claimed time is outside the certificate's lifetime");
    }
    const names =
      certificate === null ? { signerName: null, organisation: null, personId: null } : namesOf(certificate);
    const testCa = trusted && this.options.isTestCa;
    return { valid: problems.length === 0, intact, trusted, ...names, signingTime, testCa, problems };
  }

  /** Signers stand directly below the root; a certificate that may itself issue is none of theirs. */
  private async issued(certificate: x509.X509Certificate): Promise<boolean> {
    if (certificate.issuer !== this.root.subject) return false;
    if (certificate.getExtension(x509.BasicConstraintsExtension)?.ca === true) return false;
    const usages = certificate.getExtension(x509.KeyUsagesExtension)?.usages ?? 0;
    if ((usages & x509.KeyUsageFlags.nonRepudiation) === 0) return false;
    return certificate.verify({ publicKey: this.root.publicKey, signatureOnly: true }).catch(() => false);
  }

  private async open(key: SigningKey, password: string): Promise<OpenedKey> {
    const privateKey = await importPrivateKey(await openKey(key.encryptedKey, password));
    const certificate = new x509.X509Certificate(key.certificatePem);
    const probe = webcrypto.getRandomValues(new Uint8Array(32));
    const signature = await webcrypto.subtle.sign(privateKey.algorithm.name, privateKey, probe);
    const publicKey = await certificate.publicKey.export();
    if (
      !(await webcrypto.subtle.verify(privateKey.algorithm.name, publicKey as webcrypto.CryptoKey, signature, probe))
    ) {
      throw new SignerError('damaged-key', 'the signing key does not belong to its certificate');
    }
    return { key: privateKey, certificate };
  }

  private async openRootKey(): Promise<webcrypto.CryptoKey> {
    const { rootKeyPem, rootKeyPassword } = this.options;
    if (rootKeyPassword === undefined) return importRootKey(rootKeyPem);
    return importPrivateKey(await openKey(rootKeyPem, rootKeyPassword));
  }
}

async function changesBehind(
  pdf: Uint8Array,
  range: FoundSignature['range'],
): Promise<PdfSignatureVerdict['laterChanges']> {
  if (range === null) return 'content';
  if (range.end === pdf.length) return 'none';
  const same = await onlySignaturesAdded(pdf.subarray(0, range.end), pdf).catch(() => false);
  return same ? 'signatures-only' : 'content';
}
