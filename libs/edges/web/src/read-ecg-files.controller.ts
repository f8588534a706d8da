import { Controller, Get, Header, Param, Query, Req, StreamableFile, UseFilters } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { MeasureEcg, ReadEcgRecording } from '#libs/catalogue';
import type { FhirBundle } from '#libs/formats/ecg';
import { writeZip } from '#libs/formats/zip';
import { Route, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { ComposeEcgPdf } from '#libs/report';
import type { WorklistRow } from '#libs/worklist';
import { computedOf } from './computed-measurements.js';
import { FindVisibleRead } from './find-visible-read.js';
import { ProblemFilter } from './problem.filter.js';
import { ecgPdfQuery } from './read-ecg.schemas.js';
import { valid } from './valid.pipe.js';

const LARGEST_ZIPPED = 1 << 26;

/** The ECG of a read as files for other systems. */
@Controller('api/reads/:id/ecg')
@UseFilters(ProblemFilter)
export class ReadEcgFilesController {
  constructor(
    private readonly visibleRead: FindVisibleRead,
    private readonly ecgs: ReadEcgRecording,
    private readonly measureEcg: MeasureEcg,
    private readonly composeEcgPdf: ComposeEcgPdf,
    private readonly audit: AuditTrail,
  ) {}

  @Get('dicom')
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary:
      'The ECG of a read as a DICOM waveform, whatever format it came in; application/zip where it takes several instances',
    responseType: 'application/dicom',
  })
  async dicom(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string): Promise<StreamableFile> {
    const row = await this.visibleRead.run(caller, id);
    const files = await this.ecgs.dicomOfExam(row.examId, new Date(row.exam.firstReceivedAt).toISOString());
    await this.exported(caller, row);
    const [only] = files;
    if (files.length === 1 && only)
      return new StreamableFile(only, {
        type: 'application/dicom',
        disposition: `attachment; filename="ecg-${row.id}.dcm"`,
      });
    return zipOf(row, 'dcm', files);
  }

  @Get('csv')
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary:
      'The ECG of a read as CSV with a declared header, stored leads only; application/zip where they do not share their time',
    responseType: 'text/csv',
  })
  async csv(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string): Promise<StreamableFile> {
    const row = await this.visibleRead.run(caller, id);
    const texts = await this.ecgs.csvOfExam(row.examId);
    await this.exported(caller, row);
    const [only] = texts;
    if (texts.length > 1 || !only) return zipOf(row, 'csv', texts.map(gathered));
    return new StreamableFile(Readable.from(only), {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: `attachment; filename="ecg-${row.id}.csv"`,
    });
  }

  @Get('fhir')
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary:
      'The ECG of a read as FHIR R4 Observations: the waveform, what the device found, what was computed; the latter two preliminary',
    responseType: 'application/fhir+json',
  })
  async fhir(@Req() { caller }: AuthenticatedRequest, @Param('id') id: string): Promise<FhirBundle> {
    const row = await this.visibleRead.run(caller, id);
    const { examId, patient, organisation } = row;
    const subject = {
      reference: `Patient/${patient.id}`,
      type: 'Patient',
      identifier: { system: `urn:qiao:org:${organisation}:patient`, value: patient.number },
      ...(patient.name ? { display: patient.name } : {}),
    };
    const about = { subject, performer: row.organisationName };
    const bundle = await this.ecgs.fhirOfExam(
      examId,
      about,
      async (recording) => (await computedOf(this.measureEcg, examId, recording)) ?? [],
    );
    await this.exported(caller, row);
    return bundle;
  }

  @Get('pdf')
  @Header('cache-control', 'private, no-store')
  @Route({
    permission: 'image.view',
    summary: 'The ECG of a read as a page to scale, unread and unsigned; speed in mm/s, gain in mm/mV, from in seconds',
    query: ecgPdfQuery,
    responseType: 'application/pdf',
  })
  async pdf(
    @Req() { caller }: AuthenticatedRequest,
    @Param('id') id: string,
    @Query(valid(ecgPdfQuery)) { speed, gain, layout, cabrera, from }: z.output<typeof ecgPdfQuery>,
  ): Promise<StreamableFile> {
    const row = await this.visibleRead.run(caller, id);
    const { exam, examId, patient } = row;
    const { number, name, sex, birthDate } = patient;
    const page = await this.composeEcgPdf.compose(
      {
        examId,
        institution: row.organisationName,
        patient: { number, name, sex, birthDate },
        accessionNumber: exam.accessionNumber,
        examined: exam.examinedAt === null ? null : new Date(exam.examinedAt),
        arrived: new Date(exam.firstReceivedAt),
      },
      {
        speedMmPerS: Number(speed),
        gainMmPerMv: Number(gain),
        layout,
        cabrera: cabrera === 'true',
        fromSeconds: from,
      },
      (recording) => computedOf(this.measureEcg, examId, recording),
    );
    await this.exported(caller, row);
    return new StreamableFile(page, { type: 'application/pdf', disposition: `inline; filename="ecg-${row.id}.pdf"` });
  }

  private exported(caller: Caller, { id, patient }: WorklistRow): Promise<void> {
    return this.audit.record({
      actor: caller,
      action: 'export-ecg',
      subject: { kind: 'read', id },
      patientId: patient.id,
      outcome: 'done',
    });
  }
}

function zipOf({ id }: WorklistRow, ending: string, files: readonly Uint8Array[]): StreamableFile {
  const entries = files.map((content, index) => ({ name: `ecg-${index + 1}.${ending}`, content }));
  return new StreamableFile(writeZip(entries), {
    type: 'application/zip',
    disposition: `attachment; filename="ecg-${id}.zip"`,
  });
}

/** @throws Refusal `too-large` / ecg-csv-too-large: an archive is put together in memory */
function gathered(text: Iterable<string>): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  for (const piece of text) {
    pieces.push(Buffer.from(piece));
    size += piece.length;
    if (size > LARGEST_ZIPPED)
      throw new Refusal('too-large', 'ecg-csv-too-large', 'This recording is too long for an archive of CSV files.');
  }
  return Buffer.concat(pieces);
}
