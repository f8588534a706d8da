import { Injectable } from '@nestjs/common';
import { CatalogueRepository, type InstanceLocation } from '#libs/catalogue';
import { MarksRepository } from './marks.repository.js';

/** The instances that a report is written from: those of the examination, without the documents that the reading itself became. */
@Injectable()
export class ListReadInstances {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly marks: MarksRepository,
  ) {}

  async run(read: { id: string; examId: string }): Promise<InstanceLocation[]> {
    const own = new Set((await this.marks.documents(read.id)).map((document) => document.sopInstanceUid));
    const instances = await this.catalogue.instancesOfExam(read.examId);
    return instances.filter((instance) => !own.has(instance.sopInstanceUid));
  }
}
