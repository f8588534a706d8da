import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';

/** RFC 5652 and RFC 5035 (signing-certificate-v2). */
const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

const engine = new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto });

const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => webcrypto.subtle.digest('SHA-256', bytes);

/** DER wants a SET OF in the order of its encoded members (X.690 11.6). */
function sortedByEncoding(attributes: pkijs.Attribute[]): pkijs.Attribute[] {
  const encoded = attributes.map((attribute) => ({ attribute, der: Buffer.from(attribute.toSchema().toBER()) }));
  return encoded.sort((a, b) => Buffer.compare(a.der, b.der)).map(({ attribute }) => attribute);
}

/** ESSCertIDv2 with its default algorithm (SHA-256) left out, as DER wants a default. */
async function signingCertificateV2(certificateDer: Uint8Array<ArrayBuffer>): Promise<asn1js.Sequence> {
  const hash = new asn1js.OctetString({ valueHex: await sha256(certificateDer) });
  const certId = new asn1js.Sequence({ value: [hash] });
  return new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [certId] })] });
}

export interface CmsInput {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly key: webcrypto.CryptoKey;
  readonly certificate: x509.X509Certificate;
  readonly root: x509.X509Certificate;
  /** Left out for PAdES, where the time is in the signature dictionary (EN 319 142-1 6.3); CAdES wants it. */
  readonly signingTime: Date | null;
}

/** A detached CMS SignedData in DER with the certificate and its root. */
export async function signCms(input: CmsInput): Promise<Uint8Array<ArrayBuffer>> {
  const certificateDer = new Uint8Array(input.certificate.rawData);
  const certificate = pkijs.Certificate.fromBER(certificateDer);
  const attribute = (type: string, value: asn1js.AsnType) => new pkijs.Attribute({ type, values: [value] });
  const attributes = [
    attribute(OID.contentType, new asn1js.ObjectIdentifier({ value: OID.data })),
    attribute(OID.messageDigest, new asn1js.OctetString({ valueHex: await sha256(input.content) })),
    attribute(OID.signingCertificateV2, await signingCertificateV2(certificateDer)),
  ];
  if (input.signingTime !== null) {
    attributes.push(attribute(OID.signingTime, new asn1js.UTCTime({ valueDate: input.signingTime })));
  }
  const signedData = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID.data }),
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({ type: 0, attributes: sortedByEncoding(attributes) }),
      }),
    ],
    certificates: [certificate, pkijs.Certificate.fromBER(input.root.rawData)],
  });
  await signedData.sign(input.key, 0, 'SHA-256', undefined, engine);
  const info = new pkijs.ContentInfo({ contentType: OID.signedData, content: signedData.toSchema(true) });
  return new Uint8Array(info.toSchema().toBER());
}

export interface CmsVerdict {
  readonly intact: boolean;
  readonly certificate: x509.X509Certificate | null;
  readonly signingTime: Date | null;
  readonly problems: readonly string[];
}

/** The one value of an attribute that must be there once (RFC 5652 11.1, 11.2). */
function onlyValue(signer: pkijs.SignerInfo, type: string): asn1js.AsnType | null {
  const found = signer.signedAttrs?.attributes.filter((attribute) => attribute.type === type) ?? [];
  const values = found[0]?.values ?? [];
  return found.length === 1 && values.length === 1 ? (values[0] as asn1js.AsnType) : null;
}

/** signing-certificate-v2 must name the certificate that the signer info points at, by SHA-256. */
async function namesCertificate(value: asn1js.AsnType | null, der: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const first = (node: asn1js.AsnType | null | undefined) =>
    node instanceof asn1js.Sequence ? (node.valueBlock.value[0] ?? null) : null;
  const certId = first(first(value));
  const members = certId instanceof asn1js.Sequence ? certId.valueBlock.value : [];
  const explicit = members[0] instanceof asn1js.Sequence;
  if (explicit && first(members[0])?.valueBlock.toString() !== OID.sha256) return false;
  const hash = members[explicit ? 1 : 0];
  if (!(hash instanceof asn1js.OctetString)) return false;
  return Buffer.from(hash.valueBlock.valueHexView).equals(Buffer.from(await sha256(der)));
}

const refused = (problem: string): CmsVerdict => ({
  intact: false,
  certificate: null,
  signingTime: null,
  problems: [problem],
});

function parseSignedData(der: Uint8Array<ArrayBuffer>): pkijs.SignedData | null {
  try {
    const info = pkijs.ContentInfo.fromBER(der);
    return info.contentType === OID.signedData ? new pkijs.SignedData({ schema: info.content }) : null;
  } catch {
    return null;
  }
}

/** Whether the signature is over this content; the chain is the caller's question. */
export async function checkCms(der: Uint8Array<ArrayBuffer>, content: Uint8Array<ArrayBuffer>): Promise<CmsVerdict> {
  const signedData = parseSignedData(der);
  if (signedData === null) return refused('not a CMS SignedData');
  // A content inside the signature would be checked in place of the one given.
  if (signedData.encapContentInfo.eContent !== undefined) return refused('the signature is not detached');
  const signer = signedData.signerInfos[0];
  if (signer === undefined || signedData.signerInfos.length !== 1) return refused('not exactly one signer');
  if (signer.digestAlgorithm.algorithmId !== OID.sha256) return refused('the digest is not SHA-256');

  const certificate = signedData.certificates?.find(
    (item): item is pkijs.Certificate =>
      item instanceof pkijs.Certificate &&
      signer.sid instanceof pkijs.IssuerAndSerialNumber &&
      item.issuer.isEqual(signer.sid.issuer) &&
      item.serialNumber.isEqual(signer.sid.serialNumber),
  );
  if (certificate === undefined) return refused("the signer's certificate is missing");
  const certificateDer = new Uint8Array(certificate.toSchema(false).toBER());

  const problems: string[] = [];
  const contentType = onlyValue(signer, OID.contentType);
  if (contentType?.valueBlock.toString() !== OID.data)
    problems.push('the signed attribute content-type is not id-data');
  const digest = onlyValue(signer, OID.messageDigest);
  const expected = Buffer.from(await sha256(content));
  if (!(digest instanceof asn1js.OctetString && expected.equals(digest.valueBlock.valueHexView))) {
    problems.push('the content is not the one that was signed');
  }
  if (!(await namesCertificate(onlyValue(signer, OID.signingCertificateV2), certificateDer))) {
    problems.push('signing-certificate-v2 is missing or names another certificate');
  }
  const signed = await signedData
    .verify({ signer: 0, data: content.buffer, checkChain: false }, engine)
    .catch(() => false);
  if (!signed) problems.push('the signature does not fit the certificate and the signed attributes');
  const time = onlyValue(signer, OID.signingTime);
  return {
    intact: problems.length === 0,
    certificate: new x509.X509Certificate(certificateDer),
    signingTime: time instanceof asn1js.UTCTime || time instanceof asn1js.GeneralizedTime ? time.toDate() : null,
    problems,
  };
}
