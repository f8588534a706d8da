import {
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
} from 'pdf-lib';
import { signedBytes } from './pdf-revision.js';

/** A signature as it stands in the file, not checked yet. */
export interface FoundSignature {
  readonly fieldName: string;
  readonly reason: string | null;
  readonly subFilter: string | null;
  readonly signingTime: Date | null;
  /** Null where the byte range is not: from 0, one gap holding exactly this signature's contents, inside the file. */
  readonly range: {
    readonly content: Uint8Array<ArrayBuffer>;
    readonly cms: Uint8Array<ArrayBuffer>;
    readonly end: number;
  } | null;
}

const text = (value: PDFObject | undefined) =>
  value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : null;

function date(value: PDFObject | undefined): Date | null {
  if (!(value instanceof PDFString || value instanceof PDFHexString)) return null;
  try {
    return value.decodeDate();
  } catch {
    return null;
  }
}

/** The DER inside a contents string, whose rest is padding. */
function withoutPadding(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const first = bytes[1] ?? 0;
  const long = first & 0x7f;
  const length = first < 0x80 ? 2 + first : 2 + long + (long > 0 && long <= 4 ? bytes.readUIntBE(2, long) : 0);
  return Uint8Array.from(bytes.subarray(0, length));
}

function readRange(pdf: Uint8Array, dict: PDFDict): FoundSignature['range'] {
  const numbers = dict.lookupMaybe(PDFName.of('ByteRange'), PDFArray)?.asArray() ?? [];
  const [from, gapStart, gapEnd, rest] = numbers.map((n) => (n instanceof PDFNumber ? n.asNumber() : -1));
  if (numbers.length !== 4 || from !== 0) return null;
  if (gapStart === undefined || gapEnd === undefined || rest === undefined) return null;
  const end = gapEnd + rest;
  if (!(gapStart > 0 && gapEnd > gapStart + 2 && rest > 0 && end <= pdf.length)) return null;
  // Anything else in the gap would be read by a viewer and covered by nobody.
  const gap = Buffer.from(pdf.subarray(gapStart, gapEnd)).toString('latin1');
  const contents = dict.get(PDFName.of('Contents'));
  if (!/^<[0-9A-Fa-f]*>$/.test(gap) || gap.length % 2 !== 0) return null;
  if (!(contents instanceof PDFHexString) || contents.asString() !== gap.slice(1, -1)) return null;
  const cms = withoutPadding(Buffer.from(gap.slice(1, -1), 'hex'));
  return { content: signedBytes(pdf, gapStart, gapEnd, end), cms, end };
}

/** The signatures of a PDF in the order of their ranges; none for what is no PDF. */
export async function findSignatures(pdf: Uint8Array): Promise<FoundSignature[]> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false }).catch(() => null);
  const form = document?.catalog.lookupMaybe(PDFName.of('AcroForm'), PDFDict);
  const fields = form?.lookupMaybe(PDFName.of('Fields'), PDFArray);
  const found: FoundSignature[] = [];
  for (let index = 0; index < (fields?.size() ?? 0); index++) {
    const field = fields!.lookupMaybe(index, PDFDict);
    const value = field?.lookupMaybe(PDFName.of('V'), PDFDict);
    if (field?.get(PDFName.of('FT')) !== PDFName.of('Sig') || value === undefined) continue;
    const subFilter = value.get(PDFName.of('SubFilter'));
    found.push({
      fieldName: text(field.lookup(PDFName.of('T'))) ?? '',
      reason: text(value.lookup(PDFName.of('Reason'))),
      subFilter: subFilter instanceof PDFName ? subFilter.decodeText() : null,
      signingTime: date(value.lookup(PDFName.of('M'))),
      range: readRange(pdf, value),
    });
  }
  return found.sort((a, b) => (a.range?.end ?? Infinity) - (b.range?.end ?? Infinity));
}

const bytesOf = (object: PDFObject): Buffer => {
  const bytes = new Uint8Array(object.sizeInBytes());
  object.copyBytesInto(bytes, 0);
  return Buffer.from(bytes);
};

/** A dictionary as text without the entries that a further signature has to change. */
function without(dict: PDFDict, keys: readonly string[]): string {
  return dict
    .entries()
    .filter(([key]) => !keys.includes(key.decodeText()))
    .map(([key, value]) => `${key.toString()} ${value.toString()}`)
    .sort()
    .join('\n');
}

/**
 * Whether a later revision only adds signatures to an earlier one: every object that was there is the same, but for the
 * form's entries in the catalogue and the annotations of pages, to which signature fields alone may be added.
 */
export async function onlySignaturesAdded(earlier: Uint8Array, later: Uint8Array): Promise<boolean> {
  const options = { updateMetadata: false };
  const [before, after] = await Promise.all([PDFDocument.load(earlier, options), PDFDocument.load(later, options)]);
  if (String(before.context.trailerInfo.Root) !== String(after.context.trailerInfo.Root)) return false;
  for (const [ref, old] of before.context.enumerateIndirectObjects()) {
    const now = after.context.lookup(ref);
    if (now === undefined) return false;
    if (old instanceof PDFDict && now instanceof PDFDict && !(old instanceof PDFRawStream)) {
      const isCatalogue = ref === before.context.trailerInfo.Root;
      const isPage = old.get(PDFName.of('Type')) === PDFName.of('Page');
      const free = isCatalogue ? ['AcroForm'] : isPage ? ['Annots'] : [];
      if (without(old, free) !== without(now, free)) return false;
      if (isPage && !onlyFieldsAdded(old, now, 'Annots')) return false;
      if (isCatalogue && !formGrewOnly(old, now)) return false;
    } else if (!bytesOf(old).equals(bytesOf(now))) return false;
  }
  return true;
}

function formGrewOnly(old: PDFDict, now: PDFDict): boolean {
  const before = old.lookupMaybe(PDFName.of('AcroForm'), PDFDict);
  const after = now.lookupMaybe(PDFName.of('AcroForm'), PDFDict);
  if (before === undefined || after === undefined) return false;
  return without(before, ['Fields']) === without(after, ['Fields']) && onlyFieldsAdded(before, after, 'Fields');
}

/** The list begins with what it held, and what follows are signature fields that show nothing on the page. */
function onlyFieldsAdded(old: PDFDict, now: PDFDict, key: string): boolean {
  const list = (dict: PDFDict) => dict.lookupMaybe(PDFName.of(key), PDFArray)?.asArray() ?? [];
  const before = list(old);
  const after = list(now);
  if (!before.every((item, index) => String(item) === String(after[index]))) return false;
  return after.slice(before.length).every((item) => {
    const field = item instanceof PDFRef ? now.context.lookupMaybe(item, PDFDict) : undefined;
    const rect = field?.lookupMaybe(PDFName.of('Rect'), PDFArray)?.toString();
    const invisible = rect === '[ 0 0 0 0 ]' && field?.get(PDFName.of('AP')) === undefined;
    return field?.get(PDFName.of('FT')) === PDFName.of('Sig') && invisible;
  });
}
