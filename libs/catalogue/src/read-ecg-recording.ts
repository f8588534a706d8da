import { Injectable } from '@nestjs/common';
import { readDicomWaveform, readEcg, type EcgRecording } from '#libs/formats/ecg';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { CatalogueRepository } from './catalogue.repository.js';

/** The ECG recording of an examination, from the bytes as they came. */
@Injectable()
export class ReadEcgRecording {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly objects: ObjectStore,
  ) {}

  /** @throws Refusal `not-found` / no-ecg */
  async ofExam(examId: string): Promise<EcgRecording> {
    const instances = await this.catalogue.instancesOfExam(examId);
    const instance = instances.find((one) => one.format !== 'dicom' || one.attributes['54000100'] !== undefined);
    if (!instance) throw new Refusal('not-found', 'no-ecg', 'This examination holds no ECG.');
    const bytes = await this.objects.getRange(instance.objectKey, 0, instance.sizeBytes);
    return instance.format === 'dicom' ? readDicomWaveform(bytes) : readEcg(bytes);
  }
}
