import { Injectable } from '@nestjs/common';
import { readDicomWaveform, readEcg, type EcgRecording } from '#libs/formats/ecg';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { CatalogueRepository, type InstanceLocation } from './catalogue.repository.js';

/** The ECG of an examination, from the bytes as they came. */
@Injectable()
export class ReadEcgRecording {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly objects: ObjectStore,
  ) {}

  /** @throws Refusal `not-found` / no-ecg; ecg-document where it is a PDF without a waveform */
  async ofExam(examId: string): Promise<EcgRecording> {
    const found = await this.find(examId, (one) => one.format !== 'dicom' || one.attributes['54000100'] !== undefined);
    if (found.format === 'pdf')
      throw new Refusal('not-found', 'ecg-document', 'This ECG came as a PDF: there is a document, and no waveform.');
    const bytes = await this.bytesOf(found);
    return found.format === 'dicom' ? readDicomWaveform(bytes) : readEcg(bytes);
  }

  /** The PDF as it came. @throws Refusal `not-found` / no-ecg */
  async documentOfExam(examId: string): Promise<Buffer> {
    return this.bytesOf(await this.find(examId, ({ format }) => format === 'pdf'));
  }

  private async find(examId: string, wanted: (one: InstanceLocation) => boolean): Promise<InstanceLocation> {
    const fitting = (await this.catalogue.instancesOfExam(examId)).filter(wanted);
    const found = fitting.find(({ format }) => format !== 'pdf') ?? fitting[0];
    if (!found) throw new Refusal('not-found', 'no-ecg', 'This examination holds no such ECG.');
    return found;
  }

  private bytesOf({ objectKey, sizeBytes }: InstanceLocation): Promise<Buffer> {
    return this.objects.getRange(objectKey, 0, sizeBytes);
  }
}
