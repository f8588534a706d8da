import { PDFArray, PDFDict, PDFDocument, PDFName, PDFNumber, PDFObject, PDFRef } from 'pdf-lib';
import { type PdfSignatureDetails, SignerError } from '#libs/ports';

/** Room for the CMS in hex: two RSA-3072 certificates and a signature take about 3 kB. */
const CMS_BYTES = 8192;
const BYTE_RANGE = '/ByteRange [0 0000000000 0000000000 0000000000]';

export interface PreparedPdf {
  /** The whole new file; the signature's hex and nothing else is still to be filled in. */
  readonly pdf: Uint8Array<ArrayBuffer>;
  /** Where `<` of the contents stands and what follows `>`. */
  readonly gapStart: number;
  readonly gapEnd: number;
}

/** A text string as UTF-16BE in hex, which every reader takes for Chinese (ISO 32000-1 7.9.2.2). */
function textString(text: string): string {
  const units = Buffer.from(text, 'utf16le').swap16();
  return `<FEFF${units.toString('hex').toUpperCase()}>`;
}

function pdfDate(date: Date): string {
  return `(D:${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}+00'00')`;
}

function serialise(object: PDFObject): Buffer {
  const bytes = new Uint8Array(object.sizeInBytes());
  object.copyBytesInto(bytes, 0);
  return Buffer.from(bytes);
}

/** Where the last cross-reference table begins; a table, because an update must be of the same kind as its base. */
function lastTable(pdf: Buffer): number {
  const at = pdf.lastIndexOf('startxref');
  const offset = at < 0 ? Number.NaN : Number.parseInt(pdf.toString('latin1', at + 9, at + 32), 10);
  if (!Number.isInteger(offset) || pdf.toString('latin1', offset, offset + 4) !== 'xref') {
    throw new SignerError('unsupported-pdf', 'the last cross-reference of the PDF is no table');
  }
  return offset;
}

async function load(pdf: Uint8Array): Promise<PDFDocument> {
  try {
    return await PDFDocument.load(pdf, { updateMetadata: false });
  } catch (error) {
    throw new SignerError('unsupported-pdf', error instanceof Error ? error.message : 'unreadable PDF');
  }
}

interface NewObjects {
  readonly objects: Map<PDFRef, Buffer>;
  readonly signature: PDFRef;
}

/** The form, the first page and the new field, as they stand after the update. */
function addField(document: PDFDocument, details: PdfSignatureDetails): NewObjects {
  const { context, catalog } = document;
  const page = document.getPages()[0];
  if (page === undefined) throw new SignerError('unsupported-pdf', 'the PDF has no page');
  const signature = context.nextRef();
  const field = context.nextRef();

  const form = catalog.lookupMaybe(PDFName.of('AcroForm'), PDFDict) ?? context.obj({});
  const fields = form.lookupMaybe(PDFName.of('Fields'), PDFArray) ?? context.obj([]);
  const name = `Signature${fields.size() + 1}`;
  fields.push(field);
  form.set(PDFName.of('Fields'), fields);
  form.set(PDFName.of('SigFlags'), PDFNumber.of(3));
  catalog.set(PDFName.of('AcroForm'), form);
  const annotations = page.node.lookupMaybe(PDFName.of('Annots'), PDFArray) ?? context.obj([]);
  annotations.push(field);
  page.node.set(PDFName.of('Annots'), annotations);

  const objects = new Map<PDFRef, Buffer>();
  const again = (ref: PDFRef, object: PDFObject) => objects.set(ref, serialise(object));
  again(context.trailerInfo.Root as PDFRef, catalog);
  again(page.ref, page.node);
  // What the catalogue and the page only point at is written again under its own number.
  for (const [holder, key, object] of [
    [catalog, 'AcroForm', form],
    [form, 'Fields', fields],
    [page.node, 'Annots', annotations],
  ] as const) {
    const value = holder.get(PDFName.of(key));
    if (value instanceof PDFRef) again(value, object);
  }
  objects.set(
    field,
    Buffer.from(
      `<< /Type /Annot /Subtype /Widget /FT /Sig /T (${name}) /V ${signature.toString()} /P ${page.ref.toString()} ` +
        `/Rect [0 0 0 0] /F 132 >>`,
    ),
  );
  objects.set(
    signature,
    Buffer.from(
      `<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached ${BYTE_RANGE} ` +
        `/Contents <${'0'.repeat(CMS_BYTES * 2)}> /Reason ${textString(details.reason)} ` +
        `/Name ${textString(details.name)} /Location ${textString(details.location)} ` +
        `/M ${pdfDate(details.signingTime)} >>`,
    ),
  );
  return { objects, signature };
}

/**
 * Appends an incremental update (ISO 32000-1 7.5.6) with an empty signature to a PDF. Not a byte of what was there
 * is touched, which keeps earlier signatures valid; the signature is invisible, the page itself names the doctors.
 */
export async function prepareSignature(pdf: Uint8Array, details: PdfSignatureDetails): Promise<PreparedPdf> {
  const base = Buffer.from(pdf);
  const previousTable = lastTable(base);
  const document = await load(pdf);
  const { context } = document;
  if (context.trailerInfo.Encrypt !== undefined) throw new SignerError('unsupported-pdf', 'the PDF is encrypted');
  const { objects, signature } = addField(document, details);

  const parts: Buffer[] = [base];
  let length = base.length;
  const append = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  if (base.at(-1) !== 0x0a) append(Buffer.from('\n'));
  const offsets = new Map<PDFRef, number>();
  for (const [ref, body] of objects) {
    offsets.set(ref, length);
    append(
      Buffer.concat([
        Buffer.from(`${ref.objectNumber} ${ref.generationNumber} obj\n`),
        body,
        Buffer.from('\nendobj\n'),
      ]),
    );
  }
  const table = length;
  const rows = [...offsets].sort(([a], [b]) => a.objectNumber - b.objectNumber);
  const sections = rows.map(([ref, offset]) => {
    const generation = String(ref.generationNumber).padStart(5, '0');
    return `${ref.objectNumber} 1\n${String(offset).padStart(10, '0')} ${generation} n \n`;
  });
  const { Root, Info, ID } = context.trailerInfo;
  const extra = [Info && `/Info ${Info.toString()}`, ID && `/ID ${ID.toString()}`].filter(Boolean).join(' ');
  append(
    Buffer.from(
      `xref\n${sections.join('')}trailer\n<< /Size ${context.largestObjectNumber + 1} /Root ${String(Root)} ` +
        `/Prev ${previousTable} ${extra} >>\nstartxref\n${table}\n%%EOF\n`,
      'latin1',
    ),
  );

  const out = Buffer.concat(parts);
  const signatureAt = offsets.get(signature)!;
  const gapStart = out.indexOf('/Contents <', signatureAt) + '/Contents '.length;
  const gapEnd = gapStart + CMS_BYTES * 2 + 2;
  const range = `/ByteRange [0 ${gapStart} ${gapEnd} ${out.length - gapEnd}]`.padEnd(BYTE_RANGE.length);
  out.write(range, out.indexOf(BYTE_RANGE, signatureAt), 'latin1');
  return { pdf: Uint8Array.from(out), gapStart, gapEnd };
}

/** The bytes that the signature is over. */
export function signedBytes(pdf: Uint8Array, gapStart: number, gapEnd: number, end: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(gapStart + end - gapEnd);
  bytes.set(pdf.subarray(0, gapStart));
  bytes.set(pdf.subarray(gapEnd, end), gapStart);
  return bytes;
}

/** Writes the CMS into its place, in the same buffer. */
export function fillSignature(prepared: PreparedPdf, cms: Uint8Array): Uint8Array {
  if (cms.length > CMS_BYTES) throw new Error(`a signature of ${cms.length} bytes does not fit into ${CMS_BYTES}`);
  prepared.pdf.set(Buffer.from(Buffer.from(cms).toString('hex'), 'latin1'), prepared.gapStart + 1);
  return prepared.pdf;
}
