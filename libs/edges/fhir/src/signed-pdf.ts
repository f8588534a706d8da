import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SignedReport } from '#libs/report';
import { ObjectStore } from '#libs/ports';

const REMEMBERED = 4096;

export interface PdfFacts {
  size: number;
  /** R4's Attachment.hash is SHA-1, in base64 */
  sha1: string;
}

/** The signed PDF of a report. Objects never change, so what was once found out about one stays true. */
@Injectable()
export class SignedPdf {
  private readonly known = new Map<string, PdfFacts>();

  constructor(private readonly objects: ObjectStore) {}

  async bytes({ pdfKey }: Pick<SignedReport, 'pdfKey'>): Promise<Buffer> {
    const stat = await this.objects.stat(pdfKey);
    return this.objects.getRange(pdfKey, 0, stat?.size ?? 0);
  }

  async facts(report: Pick<SignedReport, 'pdfKey'>): Promise<PdfFacts> {
    const known = this.known.get(report.pdfKey);
    if (known) return known;
    const bytes = await this.bytes(report);
    const facts = { size: bytes.length, sha1: createHash('sha1').update(bytes).digest('base64') };
    if (this.known.size >= REMEMBERED) this.known.delete(this.known.keys().next().value!);
    this.known.set(report.pdfKey, facts);
    return facts;
  }
}
