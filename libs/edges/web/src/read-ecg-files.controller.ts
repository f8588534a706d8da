import { Controller, Get, Header, Param, Req, StreamableFile, UseFilters } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { ReadEcgRecording } from '#libs/catalogue';
import { writeZip } from '#libs/formats/zip';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { FindVisibleRead } from './find-visible-read.js';
import { ProblemFilter } from './problem.filter.js';

/** The ECG of a read as files for other systems. */
@Controller('api/reads/:id/ecg')
@UseFilters(ProblemFilter)
export class ReadEcgFilesController {
  constructor(
    private readonly visibleRead: FindVisibleRead,
    private readonly ecgs: ReadEcgRecording,
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
    await this.audit.record({
      actor: caller,
      action: 'export-ecg',
      subject: { kind: 'read', id },
      patientId: row.patient.id,
      outcome: 'done',
    });
    const [only] = files;
    if (files.length === 1 && only)
      return new StreamableFile(only, {
        type: 'application/dicom',
        disposition: `attachment; filename="ecg-${row.id}.dcm"`,
      });
    const entries = files.map((content, index) => ({ name: `ecg-${index + 1}.dcm`, content }));
    return new StreamableFile(writeZip(entries), {
      type: 'application/zip',
      disposition: `attachment; filename="ecg-${row.id}.zip"`,
    });
  }
}
