import type { SignedReport } from '#libs/report';
import { present, type Resource } from './resource.js';
import type { PdfFacts } from './signed-pdf.js';
import { accessionSystem, ITEM_SYSTEM, patientSystem, REPORT_SYSTEM } from './systems.js';

/** HL7 table 0074, the value set of DiagnosticReport.category in R4. */
const SECTION = {
  imaging: { code: 'RAD', display: 'Radiology' },
  ecg: { code: 'EC', display: 'Electrocardiac (e.g. EKG, EEC, Holter)' },
} as const;

/**
 * A signed report as R4's DiagnosticReport. The impression is the conclusion; findings have no element of their own in R4 and stand in the
 * narrative; the signed PDF is attached by reference.
 * @param base where FHIR lives, without a slash at the end
 */
export function diagnosticReport(report: SignedReport, pdf: PdfFacts, base: string): Resource {
  const { content } = report;
  const { exam, patient } = content;
  const section = SECTION[report.kind];
  return present({
    resourceType: 'DiagnosticReport',
    id: report.id,
    meta: { versionId: String(report.version), lastUpdated: report.lastUpdated.toISOString() },
    text: narrative(content.findings, content.impression),
    identifier: [
      { system: REPORT_SYSTEM, value: report.id },
      ...(exam.accessionNumber ? [{ system: accessionSystem(report.organisation), value: exam.accessionNumber }] : []),
    ],
    status: report.status,
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', ...section }] }],
    code: exam.item
      ? { coding: [{ system: ITEM_SYSTEM, code: exam.item.code, display: exam.item.name }], text: exam.item.name }
      : { text: exam.description || exam.modality || (report.kind === 'ecg' ? '心电图' : '影像检查') },
    subject: present({
      reference: `Patient/${report.patientId}`,
      type: 'Patient',
      identifier: { system: patientSystem(report.organisation), value: patient.number },
      display: patient.name,
    }),
    effectiveDateTime: exam.examinedAt,
    issued: report.signedAt.toISOString(),
    performer: [{ type: 'Organization', display: content.readingInstitution.name }],
    resultsInterpreter: [content.author, content.reviewer].map((doctor) => ({
      type: 'Practitioner',
      display: doctor.name,
    })),
    imagingStudy:
      report.kind === 'imaging' && report.examId !== null
        ? [{ reference: `ImagingStudy/${report.examId}`, type: 'ImagingStudy' }]
        : null,
    conclusion: content.impression,
    presentedForm: [
      {
        contentType: 'application/pdf',
        language: 'zh-CN',
        url: `${base}/Binary/${report.id}`,
        size: pdf.size,
        hash: pdf.sha1,
        title: `${exam.item?.name ?? '检查'}报告`,
        creation: report.signedAt.toISOString(),
      },
    ],
  });
}

function narrative(findings: string, impression: string) {
  const paragraph = (title: string, text: string) =>
    `<p><b>${title}</b><br/>${escaped(text).replaceAll(/\r?\n/g, '<br/>')}</p>`;
  return {
    status: 'generated',
    div: `<div xmlns="http://www.w3.org/1999/xhtml" lang="zh-CN">${paragraph('检查所见', findings)}${paragraph('诊断意见', impression)}</div>`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
