import { Injectable } from '@nestjs/common';
import { ReadEcgRecording, type InstanceLocation } from '#libs/catalogue';
import { deriveLimbLeads } from '#libs/formats/ecg';
import { layoutEcgPage } from '#libs/formats/ecg-page';
import { text } from '#libs/formats/dicom';
import { renderReportPdf, type EcgStrip, type ReportFonts } from '#libs/formats/report-pdf';
import { Refusal } from '#libs/kernel';
import { maskIdCard } from '#libs/patients';
import type { ReportContent } from './domain/report.js';
import { DrawKeyImages } from './draw-key-images.js';

/** The fonts of the printed page, read once at start by whoever composes the application. */
export class ReportFontFiles {
  constructor(readonly fonts: ReportFonts) {}
}

/** The page of a report: its words, and the images of choice or the ECG strip. */
@Injectable()
export class ComposeReportPdf {
  constructor(
    private readonly images: DrawKeyImages,
    private readonly ecgs: ReadEcgRecording,
    private readonly fonts: ReportFontFiles,
  ) {}

  async compose(
    content: ReportContent,
    details: { examId: string; idCard: string | null; instances: readonly InstanceLocation[] },
  ): Promise<Uint8Array> {
    const time = (iso: string | null) => (iso === null ? null : new Date(iso));
    const attributes = details.instances[0]?.attributes ?? {};
    return renderReportPdf(
      {
        kind: content.kind,
        reportId: content.reportId,
        reportNumber: content.reportId.slice(-12).toUpperCase(),
        version: content.version,
        status: 'final',
        requestingInstitution: content.examiningInstitution.name,
        examiningInstitution: content.examiningInstitution.name,
        readingInstitution: content.readingInstitution.name,
        patient: {
          number: content.patient.number,
          name: content.patient.name,
          sex: content.patient.sex,
          age: content.patient.age,
          idCardMasked: details.idCard === null ? null : maskIdCard(details.idCard),
        },
        exam: {
          item: content.exam.item?.name ?? content.exam.description,
          modality: content.exam.modality,
          accessionNumber: content.exam.accessionNumber,
          device: text(attributes, '00081090') || text(attributes, '00080070') || null,
          examiner: text(attributes, '00081070') || null,
        },
        times: {
          examined: time(content.exam.examinedAt),
          arrived: time(content.exam.arrivedAt),
          reported: time(content.submittedAt),
          reviewed: time(content.signedAt),
          timeZone: 'Asia/Shanghai',
        },
        clinicalInformation: content.clinicalInformation,
        findings: content.findings,
        impression: content.impression,
        critical: null,
        keyImages: content.kind === 'imaging' ? await this.images.draw(details.instances, content.keyImages) : [],
        ecg: content.kind === 'ecg' ? await this.strip(details.examId) : null,
        author: content.author.name,
        reviewer: content.reviewer.name,
        instanceCount: content.instances.length,
        instanceListHash: content.instancesSha256,
        testCa: content.testCa,
      },
      this.fonts.fonts,
    );
  }

  /** null where the ECG is a document: its pages are not a strip to be drawn to scale. */
  private async strip(examId: string): Promise<EcgStrip | null> {
    const recording = await this.ecgs.ofExam(examId).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'ecg-document') return null;
      throw error;
    });
    if (recording === null) return null;
    const leads = [...recording.leads, ...deriveLimbLeads(recording)];
    const page = layoutEcgPage({ ...recording, leads }, { speedMmPerS: 25, gainMmPerMv: 10, layout: '3x4+1' });
    return { page, leads };
  }
}
