import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ObjectStore, Signer } from '#libs/ports';
import type { SignedReport } from './domain/report.js';

export interface ReportVerdict {
  verdict: 'valid' | 'altered' | 'withdrawn';
  testCa: boolean;
  pdf: boolean;
  author: boolean;
  reviewer: boolean;
  content: boolean;
}

/** Checks a stored report from its bytes: both doctors' signatures, the PDF's own, and that page and record say the same. */
@Injectable()
export class VerifyReport {
  constructor(
    private readonly signer: Signer,
    private readonly objects: ObjectStore,
  ) {}

  async run(report: SignedReport): Promise<ReportVerdict> {
    const stat = await this.objects.stat(report.pdfKey);
    const bytes = stat === null ? Buffer.alloc(0) : await this.objects.getRange(report.pdfKey, 0, stat.size);
    const pdf = await this.signer.verifyPdf(bytes);
    const reviewer = await this.signer.verifyDetached(
      Buffer.from(report.canonical),
      report.reviewerSignature.signature,
    );
    const author = await this.signer.verifyDetached(
      Buffer.from(report.authorSignature.canonical),
      report.authorSignature.signature,
    );
    const sha = createHash('sha256').update(report.canonical).digest('hex');
    const result = {
      pdf: pdf.valid && createHash('sha256').update(bytes).digest('hex') === report.pdfSha256,
      author: author.valid && author.personId === report.content.author.id,
      reviewer: reviewer.valid && reviewer.personId === report.content.reviewer.id,
      content: sha === report.contentSha256,
    };
    const intact = Object.values(result).every(Boolean);
    const verdict = !intact ? 'altered' : report.status === 'entered-in-error' ? 'withdrawn' : 'valid';
    return { verdict, testCa: pdf.testCa, ...result };
  }
}
