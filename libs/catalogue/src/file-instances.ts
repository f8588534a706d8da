import { Injectable } from '@nestjs/common';
import { nameGroups, personName, text } from '#libs/formats/dicom';
import type { StoredInstance } from '#libs/ingest';
import { identityFingerprint, PatientsRepository, validIdCard, type PatientFacts } from '#libs/patients';
import { CatalogueRepository } from './catalogue.repository.js';
import { CompletenessRepository } from './completeness.repository.js';
import { LEVEL_TAGS } from './domain/attribute-levels.js';
import type { Exam } from './domain/exam.js';
import { indexedFacts, kept } from './domain/indexed-facts.js';
import { ReconciliationRepository } from './reconciliation.repository.js';

const SEXES = new Set(['M', 'F', 'O']);
/** A number that no device should write (LO has 64 characters) and no index holds is none. */
const LONGEST_NUMBER = 256;
const LONGEST_NAME = 256;

/** Files instances of one study under patient, examination and series; a header that contradicts the patient's file raises a doubt. */
@Injectable()
export class FileInstances {
  constructor(
    private readonly patients: PatientsRepository,
    private readonly catalogue: CatalogueRepository,
    private readonly completeness: CompletenessRepository,
    private readonly reconciliation: ReconciliationRepository,
  ) {}

  /** `stored`: at least one, all of one organisation and study. Runs in the caller's transaction. */
  async run(stored: readonly StoredInstance[]): Promise<void> {
    const first = stored[0]!;
    await this.completeness.lockStudy(first.organisation, first.studyInstanceUid);
    const claims = new Map(
      stored.map((instance) => {
        const claimed = factsOf(instance);
        return [`${claimed.number} ${identityFingerprint(claimed)}`, claimed] as const;
      }),
    );
    const [claimed, ...others] = [...claims.values()];
    const { patient, differs } = await this.patients.identify(claimed!);
    const exam = await this.catalogue.lockExam({
      organisation: first.organisation,
      studyInstanceUid: first.studyInstanceUid,
      kind: text(first.attributes, '00080060') === 'ECG' ? 'ecg' : 'imaging',
      patientId: patient.id,
    });
    await this.doubt(exam, claimed!, patient.id, differs);
    for (const other of others) {
      const identified = await this.patients.identify(other);
      await this.doubt(exam, other, identified.patient.id, identified.differs);
    }
    const instances = stored.map((instance) => {
      const indexed = indexedFacts(instance.attributes, instance.sopClassUid);
      indexed.accessionNumber ??= instance.source.supplement?.accessionNumber ?? null;
      return { stored: instance, facts: indexed };
    });
    const added = await this.catalogue.addInstances(exam.id, instances);
    const late = instances.some((one) => one.facts.counts && added.has(one.stored.id));
    const facts = instances.map((one) => one.facts);
    await this.catalogue.refreshExam(exam, facts, late);
    await this.completeness.recount(first.organisation, first.studyInstanceUid);
  }

  private async doubt(exam: Exam, claimed: PatientFacts, patientId: string, differs: readonly string[]): Promise<void> {
    // The header means somebody else than the one whose examination this is, although nothing in it contradicts their own file.
    const elsewhere = patientId === exam.patientId ? [] : ['patient-number'];
    if (differs.length + elsewhere.length === 0) return;
    const { number, name, sex, birthDate, idCard } = claimed;
    await this.reconciliation.raiseDoubt({
      organisation: exam.organisation,
      examId: exam.id,
      fingerprint: `${identityFingerprint(claimed)}${patientId === exam.patientId ? '' : ` ${number}`}`,
      claimed: { number, name, otherNames: [...(claimed.otherNames ?? [])], sex, birthDate, idCard },
      differs: [...differs, ...elsewhere],
    });
  }
}

function factsOf({ attributes, organisation, studyInstanceUid, source }: StoredInstance): PatientFacts {
  const given = text(attributes, '00100020') || source.supplement?.patientId;
  const number = given && given.length <= LONGEST_NUMBER ? given : undefined;
  const name = personName(attributes, '00100010');
  const birth = /^(\d{4})(\d{2})(\d{2})$/.exec(text(attributes, '00100030') ?? '');
  const birthDate = birth ? `${birth[1]}-${birth[2]}-${birth[3]}` : null;
  const sex = text(attributes, '00100040') ?? '';
  return {
    organisation,
    // An examination without a patient number belongs to nobody else's patient.
    number: number || `(${studyInstanceUid})`,
    name: (name?.display || source.supplement?.patientName || '').slice(0, LONGEST_NAME),
    otherNames: [...nameGroups(attributes, '00100010'), ...nameGroups(attributes, '00101001')],
    sex: SEXES.has(sex) ? (sex as 'M' | 'F' | 'O') : null,
    birthDate: birthDate !== null && !Number.isNaN(Date.parse(birthDate)) ? birthDate : null,
    idCard: validIdCard(source.supplement?.idCard) ?? validIdCard(text(attributes, '00101000')) ?? validIdCard(number),
    attributes: kept(attributes, LEVEL_TAGS.PATIENT),
  };
}
