import { Injectable } from '@nestjs/common';
import { nameGroups, personName, text } from '#libs/formats/dicom';
import { INSTANCE_STORED, IngestRepository, type StoredInstance } from '#libs/ingest';
import { PatientsRepository, validIdCard } from '#libs/patients';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { CatalogueRepository } from './catalogue.repository.js';
import { CompletenessRepository } from './completeness.repository.js';
import { LEVEL_TAGS } from './domain/attribute-levels.js';
import { indexedFacts, kept } from './domain/indexed-facts.js';

const SEXES = new Set(['M', 'F', 'O']);

/** Files a study's new instances under patient, examination and series. */
@Injectable()
export class OnInstanceStored extends Reaction {
  readonly event = INSTANCE_STORED;
  readonly name = 'catalogue.on-instance-stored';

  constructor(
    private readonly ingest: IngestRepository,
    private readonly patients: PatientsRepository,
    private readonly catalogue: CatalogueRepository,
    private readonly completeness: CompletenessRepository,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    const ids = events.map((event) => String(event.payload['instanceId']));
    const stored = await this.ingest.byIds(ids);
    const first = stored[0];
    if (!first) return;
    await this.completeness.lockStudy(first.organisation, first.studyInstanceUid);
    const patient = await this.patientOf(first);
    const exam = await this.catalogue.lockExam({
      organisation: first.organisation,
      studyInstanceUid: first.studyInstanceUid,
      kind: text(first.attributes, '00080060') === 'ECG' ? 'ecg' : 'imaging',
      patientId: patient.id,
    });
    const instances = stored.map((instance) => {
      const facts = indexedFacts(instance.attributes, instance.sopClassUid);
      facts.accessionNumber ??= instance.source.supplement?.accessionNumber ?? null;
      return { stored: instance, facts };
    });
    const added = await this.catalogue.addInstances(exam.id, instances);
    const late = instances.some((one) => one.facts.counts && added.has(one.stored.id));
    const facts = instances.map((one) => one.facts);
    await this.catalogue.refreshExam(exam, facts, late);
    await this.completeness.recount(first.organisation, first.studyInstanceUid);
    await this.ingest.markIndexed(ids);
  }

  private patientOf({ attributes, organisation, studyInstanceUid, source }: StoredInstance) {
    const number = text(attributes, '00100020') || source.supplement?.patientId;
    const name = personName(attributes, '00100010');
    const birth = /^(\d{4})(\d{2})(\d{2})$/.exec(text(attributes, '00100030') ?? '');
    const birthDate = birth ? `${birth[1]}-${birth[2]}-${birth[3]}` : null;
    const sex = text(attributes, '00100040') ?? '';
    return this.patients.upsert({
      organisation,
      // An examination without a patient number belongs to nobody else's patient.
      number: number || `(${studyInstanceUid})`,
      name: name?.display || source.supplement?.patientName || '',
      otherNames: [...nameGroups(attributes, '00100010'), ...nameGroups(attributes, '00101001')],
      sex: SEXES.has(sex) ? (sex as 'M' | 'F' | 'O') : null,
      birthDate: birthDate !== null && !Number.isNaN(Date.parse(birthDate)) ? birthDate : null,
      idCard:
        validIdCard(source.supplement?.idCard) ?? validIdCard(text(attributes, '00101000')) ?? validIdCard(number),
      attributes: kept(attributes, LEVEL_TAGS.PATIENT),
    });
  }
}
