import { describe, expect, it } from '@jest/globals';
import type { SeriesSummary, StudySummary } from '#libs/catalogue';
import { Refusal } from '#libs/kernel';
import type { SignedReport } from '#libs/report';
import type { ExamRequest } from '#libs/worklist';
import { wantsPdf } from './binary.controller.js';
import { capabilityStatement } from './capability-statement.js';
import { diagnosticReport } from './diagnostic-report.js';
import { imagingStudy } from './imaging-study.js';
import { errorAnswer } from './operation-outcome.js';
import { patientResource } from './patient.js';
import { serviceRequest } from './service-request.js';

const report = {
  id: 'report-1',
  examId: 'exam-1',
  patientId: 'patient-1',
  organisation: 'shahe',
  kind: 'imaging',
  item: 'CT-CHEST',
  status: 'final',
  version: 1,
  lastUpdated: new Date('2026-11-22T03:00:00.123Z'),
  signedAt: new Date('2026-11-22T03:00:00Z'),
  content: {
    readingInstitution: { code: 'county', name: '县医院' },
    patient: { number: 'P1', name: '王小明' },
    exam: {
      accessionNumber: 'A1',
      item: { code: 'CT-CHEST', name: '胸部CT平扫' },
      modality: 'CT',
      description: null,
      examinedAt: '2026-11-22T01:00:00.000Z',
    },
    findings: '两肺纹理清晰 <5mm\n心影不大',
    impression: '未见明显异常',
    author: { id: 'a', name: '张医生' },
    reviewer: { id: 'b', name: '李医生' },
  },
} as unknown as SignedReport;
const pdf = { size: 1234, sha1: 'abc=' };
const BASE = 'https://qiao.example/fhir/R4';

describe('a report as DiagnosticReport', () => {
  it('carries every element by its place in R4', () => {
    expect(diagnosticReport(report, pdf, BASE)).toMatchObject({
      resourceType: 'DiagnosticReport',
      id: 'report-1',
      meta: { versionId: '1', lastUpdated: '2026-11-22T03:00:00.123Z' },
      identifier: [
        { system: 'urn:qiao:report', value: 'report-1' },
        { system: 'urn:qiao:accession:shahe', value: 'A1' },
      ],
      status: 'final',
      category: [{ coding: [{ code: 'RAD' }] }],
      code: { coding: [{ system: 'urn:qiao:item', code: 'CT-CHEST', display: '胸部CT平扫' }] },
      subject: {
        reference: 'Patient/patient-1',
        identifier: { system: 'urn:qiao:org:shahe:patient', value: 'P1' },
        display: '王小明',
      },
      effectiveDateTime: '2026-11-22T01:00:00.000Z',
      issued: '2026-11-22T03:00:00.000Z',
      performer: [{ display: '县医院' }],
      resultsInterpreter: [{ display: '张医生' }, { display: '李医生' }],
      imagingStudy: [{ reference: 'ImagingStudy/exam-1' }],
      conclusion: '未见明显异常',
      presentedForm: [{ contentType: 'application/pdf', url: `${BASE}/Binary/report-1`, size: 1234, hash: 'abc=' }],
    });
  });
  it('keeps findings in the narrative, as text', () => {
    const { text } = diagnosticReport(report, pdf, BASE) as unknown as { text: { div: string } };
    expect(text.div).toContain('两肺纹理清晰 &lt;5mm<br/>心影不大');
  });
  it('of an ECG has no study, and without an item a code in words', () => {
    const ecg = {
      ...report,
      kind: 'ecg',
      content: { ...report.content, exam: { ...report.content.exam, item: null, modality: null, examinedAt: null } },
    };
    const resource = diagnosticReport(ecg as SignedReport, pdf, BASE);
    expect(resource).not.toHaveProperty('imagingStudy');
    expect(resource).not.toHaveProperty('effectiveDateTime');
    expect(resource).toMatchObject({ category: [{ coding: [{ code: 'EC' }] }], code: { text: '心电图' } });
  });
});

describe('the other resources', () => {
  it('ImagingStudy', () => {
    const study = {
      id: 'exam-1',
      organisation: 'shahe',
      patientId: 'patient-1',
      studyInstanceUid: '1.2.3',
      accessionNumber: null,
      description: null,
      examinedAt: null,
      modalities: ['CT'],
      lastReceivedAt: new Date(0),
      patient: { number: 'P1', name: '' },
    } as unknown as StudySummary;
    const series: SeriesSummary[] = [
      { seriesInstanceUid: '1.2.3.4', modality: null, number: -1, description: null, instances: 3 },
    ];
    const resource = imagingStudy(study, series);
    expect(resource).toMatchObject({
      identifier: [{ system: 'urn:dicom:uid', value: 'urn:oid:1.2.3' }],
      status: 'available',
      numberOfSeries: 1,
      numberOfInstances: 3,
      series: [{ uid: '1.2.3.4', modality: { code: 'OT' }, numberOfInstances: 3 }],
    });
    expect(JSON.stringify(resource)).not.toMatch(/null|"number"/);
  });
  it('Patient', () => {
    const patient = {
      id: 'p',
      organisation: 'shahe',
      number: 'P1',
      personId: 'x',
      name: '王',
      sex: 'F',
      birthDate: null,
      idCard: null,
    } as const;
    expect(patientResource(patient)).toEqual({
      resourceType: 'Patient',
      id: 'p',
      identifier: [{ use: 'usual', system: 'urn:qiao:org:shahe:patient', value: 'P1' }],
      name: [{ use: 'official', text: '王' }],
      gender: 'female',
    });
  });
  it('ServiceRequest', () => {
    const request = {
      id: 'r',
      organisation: 'shahe',
      accessionNumber: 'A1',
      patientNumber: 'P1',
      patientName: '王',
      item: 'CT-CHEST',
      clinicalInformation: '',
      priority: 'emergency',
      requestedAt: new Date(0),
      examId: null,
    } as unknown as ExamRequest;
    expect(serviceRequest(request, 'p', '胸部CT平扫')).toMatchObject({
      status: 'active',
      priority: 'stat',
      subject: { reference: 'Patient/p' },
    });
    expect(serviceRequest({ ...request, examId: 'e' }, null, null)).toMatchObject({ status: 'completed' });
  });
  it('CapabilityStatement names what is served and nothing else', () => {
    const { rest } = capabilityStatement(BASE) as unknown as {
      rest: { resource: { type: string; searchParam?: { name: string; type: string }[] }[] }[];
    };
    expect(rest[0]!.resource.map(({ type }) => type)).toEqual([
      'DiagnosticReport',
      'ImagingStudy',
      'Patient',
      'ServiceRequest',
      'Binary',
    ]);
    for (const { searchParam = [] } of rest[0]!.resource)
      for (const { type } of searchParam) expect(type).toBeDefined();
  });
});

describe('errors', () => {
  it.each([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['too-large', 413],
    ['unavailable', 503],
  ] as const)('%s is %i', (kind, status) => {
    expect(errorAnswer(new Refusal(kind, 'x', 'y'))).toMatchObject({
      status,
      outcome: { resourceType: 'OperationOutcome' },
    });
  });
  it('tells nothing of what nobody expected', () => {
    const { status, outcome } = errorAnswer(new Error('secret'));
    expect(status).toBe(500);
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });
});

describe('wantsPdf', () => {
  it.each([
    ['application/pdf', true],
    ['application/pdf;q=0.9, */*', true],
    ['application/fhir+json, application/pdf', false],
    ['*/*', false],
    ['', false],
  ])('%j → %s', (accept, pdfWanted) => expect(wantsPdf(accept)).toBe(pdfWanted));
});
