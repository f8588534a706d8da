/** Who a signing key is made for; all three end up in the subject of the certificate. */
export interface SignerSubject {
  /** The person's name as it shall be shown by a reader, e.g. 钱审. */
  readonly commonName: string;
  readonly organisation: string;
  /** The person's id in this system (X.520 serialNumber), which tells two people of one name apart. */
  readonly personId: string;
}

/** A person's key as it may be stored: without the password nobody, the server included, can sign with it. */
export interface SigningKey {
  readonly certificatePem: string;
  /** PKCS#8 `ENCRYPTED PRIVATE KEY` in PEM. */
  readonly encryptedKey: string;
  /** e.g. `RSA-3072-SHA256`; what the certificate and the signatures of this key use. */
  readonly algorithm: string;
}

/** What a PDF reader shows beside the signature; none of it is proof of time. */
export interface PdfSignatureDetails {
  readonly reason: string;
  readonly name: string;
  readonly location: string;
  readonly signingTime: Date;
}

/** The result of checking one signature. */
export interface SignatureVerdict {
  /** Intact, made by a certificate that the configured root issued, and inside that certificate's lifetime. */
  readonly valid: boolean;
  /** The signed bytes and the signed attributes are those that were signed, with the key of the certificate. */
  readonly intact: boolean;
  /** The certificate was issued by the configured root. */
  readonly trusted: boolean;
  readonly signerName: string | null;
  readonly organisation: string | null;
  readonly personId: string | null;
  /** As the signer claims it; null where the signature names none. */
  readonly signingTime: Date | null;
  /** True where the root is a test authority: the signature has no standing in law. */
  readonly testCa: boolean;
  /** What is wrong, in English for the log; empty where the signature is valid. */
  readonly problems: readonly string[];
}

/** One signature of a PDF, in the order in which they were made. */
export interface PdfSignatureVerdict extends SignatureVerdict {
  readonly fieldName: string;
  readonly reason: string | null;
  readonly subFilter: string | null;
  /** The signed range ends where the file ends; false for every signature but the last. */
  readonly coversWholeFile: boolean;
  /** What was added to the file behind this signature: nothing, only further signatures, or something else. */
  readonly laterChanges: 'none' | 'signatures-only' | 'content';
}

export interface PdfVerdict {
  /** There is a signature, all of them are valid, the last covers the file, and nothing but signatures came between. */
  readonly valid: boolean;
  /** The last signer. */
  readonly signerName: string | null;
  readonly coversWholeFile: boolean;
  /** One of the signatures comes from a test authority. */
  readonly testCa: boolean;
  readonly signatures: readonly PdfSignatureVerdict[];
}

export interface DetachedSignature {
  /** CMS SignedData without its content, DER in base64. */
  readonly signature: string;
  readonly certificatePem: string;
}

export type SignerErrorCode =
  /** The password does not open this key. */
  | 'wrong-password'
  /** The stored key is not an encrypted PKCS#8 key that this signer can read, or does not belong to its certificate. */
  | 'damaged-key'
  /** Not a PDF that can be signed: unreadable, encrypted, or its last cross-reference is a stream. */
  | 'unsupported-pdf';

/** An expected refusal of a signer; anything else that it throws is a fault. */
export class SignerError extends Error {
  constructor(
    readonly code: SignerErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'SignerError';
  }
}

/**
 * Makes and checks electronic signatures. 电子签名法 第13条 wants the signing data exclusive to the signer and solely
 * controlled by the signer, so every key is locked with its owner's password, which is asked at each signature.
 */
export abstract class Signer {
  /** A new key and certificate for one person, locked with the person's password. */
  abstract createKey(subject: SignerSubject, password: string): Promise<SigningKey>;

  /** The same key and certificate under a new password. Throws SignerError `wrong-password`, `damaged-key`. */
  abstract changePassword(key: SigningKey, password: string, newPassword: string): Promise<SigningKey>;

  /**
   * Signs a PDF by appending to it, so that signatures which it has already stay valid.
   * Throws SignerError `wrong-password`, `damaged-key`, `unsupported-pdf`.
   */
  abstract signPdf(
    pdf: Uint8Array,
    key: SigningKey,
    password: string,
    details: PdfSignatureDetails,
  ): Promise<Uint8Array>;

  /** Signs any bytes; the signature is kept beside them. Throws SignerError `wrong-password`, `damaged-key`. */
  abstract signDetached(
    bytes: Uint8Array,
    key: SigningKey,
    password: string,
    details?: { readonly signingTime: Date },
  ): Promise<DetachedSignature>;

  /** Never throws for what is in the file: something that is no signed PDF is a PDF without valid signatures. */
  abstract verifyPdf(pdf: Uint8Array): Promise<PdfVerdict>;

  /** Never throws for what is in the signature. `signature` is base64 as `signDetached` gave it. */
  abstract verifyDetached(bytes: Uint8Array, signature: string): Promise<SignatureVerdict>;
}
