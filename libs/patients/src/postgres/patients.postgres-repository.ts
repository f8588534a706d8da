import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { newId } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { nameSpellings } from '../domain/name-search.js';
import { identityFingerprint, identityOf, type Patient, type PatientFacts } from '../domain/patient.js';
import { contradictions, type Identity } from '../domain/same-person.js';
import { PatientsRepository, type PatientFilter } from '../patients.repository.js';

const COLUMNS = `id, organisation, number, person_id AS "personId", name, sex,
  to_char(birth_date, 'YYYY-MM-DD') AS "birthDate", id_card AS "idCard"`;

type Known = Patient & { names: string[] };

/** Spellings that were written, without those derived from them and without the joined form of a spaced one. */
function identityOfKnown({ name, names, sex, birthDate, idCard }: Known): Identity {
  const written = names.filter((one) => !one.startsWith('~'));
  const joined = new Set(written.filter((one) => one.includes(' ')).map((one) => one.replaceAll(' ', '')));
  return { names: [name, ...written.filter((one) => !joined.has(one))], sex, birthDate, idCard };
}

/** Do these facts say anything that is not known of the patient yet? */
function brings(facts: PatientFacts, names: readonly string[], known: Known): boolean {
  return (
    (known.idCard === null && facts.idCard !== null) ||
    (known.name === '' && facts.name !== '') ||
    (known.sex === null && facts.sex !== null) ||
    (known.birthDate === null && facts.birthDate !== null) ||
    names.some((name) => !known.names.includes(name))
  );
}

@Injectable()
export class PatientsPostgresRepository extends PatientsRepository {
  constructor(private readonly database: Database) {
    super();
  }

  async upsert(facts: PatientFacts): Promise<Patient> {
    return (await this.identify(facts)).patient;
  }

  identify(facts: PatientFacts): Promise<{ patient: Patient; differs: string[] }> {
    return this.database.transaction(async () => {
      let bearers = await this.bearers(facts);
      if (bearers.length === 0) {
        const made = await this.insert(facts, 0);
        if (made) return { patient: made, differs: [] };
        // Somebody else made it at the same moment; theirs may be another person.
        bearers = await this.bearers(facts);
      }
      const claimed = await this.database.row<Known>(
        `SELECT ${COLUMNS}, names FROM patient WHERE id = (SELECT patient_id FROM patient_claim
           WHERE organisation = $1 AND number = $2 AND fingerprint = $3)`,
        [facts.organisation, facts.number, identityFingerprint(facts)],
      );
      if (claimed) return { patient: claimed, differs: [] };
      const agreeing = bearers.filter(
        (bearer) => contradictions(identityOfKnown(bearer), identityOf(facts)).length === 0,
      );
      const [one] = agreeing;
      if (one && agreeing.length === 1) return { patient: await this.fill(one, facts), differs: [] };
      if (one) return { patient: one, differs: ['ambiguous'] };
      return { patient: bearers[0]!, differs: contradictions(identityOfKnown(bearers[0]!), identityOf(facts)) };
    });
  }

  otherPerson(facts: PatientFacts, than: string): Promise<Patient> {
    return this.database.transaction(async () => {
      const { patient, differs } = await this.identify(facts);
      if (differs.length === 0 && patient.id !== than) return patient;
      for (;;) {
        const { next } = (await this.database.row<{ next: number }>(
          'SELECT coalesce(max(split) + 1, 0)::int AS next FROM patient WHERE organisation = $1 AND number = $2',
          [facts.organisation, facts.number],
        ))!;
        const made = await this.insert(facts, next);
        if (made) return made;
      }
    });
  }

  async claim(facts: PatientFacts, patientId: string): Promise<void> {
    await this.database.rows(
      `INSERT INTO patient_claim (organisation, number, fingerprint, patient_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT (organisation, number, fingerprint) DO UPDATE SET patient_id = EXCLUDED.patient_id`,
      [facts.organisation, facts.number, identityFingerprint(facts), patientId],
    );
    await this.database.rows(
      `UPDATE patient SET names = ARRAY(SELECT DISTINCT unnest(names || $2::text[])),
         name_search = array_to_string(ARRAY(SELECT DISTINCT ltrim(unnest(names || $2::text[]), '~')), E'\n') WHERE id = $1`,
      [patientId, nameSpellings([facts.name, ...(facts.otherNames ?? [])])],
    );
  }

  private bearers(facts: PatientFacts): Promise<Known[]> {
    return this.database.rows(
      `SELECT ${COLUMNS}, names FROM patient WHERE organisation = $1 AND number = $2 ORDER BY split`,
      [facts.organisation, facts.number],
    );
  }

  private async insert(facts: PatientFacts, split: number): Promise<Patient | undefined> {
    const names = nameSpellings([facts.name, ...(facts.otherNames ?? [])]);
    return this.database.row<Patient>(
      `INSERT INTO patient (id, organisation, number, person_id, name, names, name_search, sex, birth_date, id_card, attributes, split)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (organisation, number, split) DO NOTHING
       RETURNING ${COLUMNS}`,
      [
        newId(),
        facts.organisation,
        facts.number,
        await this.personFor(facts.idCard, undefined),
        facts.name,
        names,
        [...new Set(names.map((name) => name.replace(/^~/, '')))].join('\n'),
        facts.sex,
        facts.birthDate,
        facts.idCard,
        JSON.stringify(facts.attributes ?? {}),
        split,
      ],
    );
  }

  /** What was not known of a patient is taken from a header that contradicts nothing. */
  private async fill(known: Known, facts: PatientFacts): Promise<Patient> {
    const names = nameSpellings([facts.name, ...(facts.otherNames ?? [])]);
    if (!brings(facts, names, known)) return known;
    const personId = known.idCard === null ? await this.personFor(facts.idCard, known.personId) : known.personId;
    return (await this.database.row<Patient>(
      `UPDATE patient SET
         person_id = CASE WHEN id_card IS NULL THEN $2 ELSE person_id END, id_card = coalesce(id_card, $3),
         name = CASE WHEN name = '' THEN $4 ELSE name END,
         names = ARRAY(SELECT DISTINCT unnest(names || $5::text[])),
         name_search = array_to_string(ARRAY(SELECT DISTINCT ltrim(unnest(names || $5::text[]), '~')), E'\n'),
         attributes = $6::jsonb || attributes, sex = coalesce(sex, $7), birth_date = coalesce(birth_date, $8::date)
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [
        known.id,
        personId,
        facts.idCard,
        facts.name,
        names,
        JSON.stringify(facts.attributes ?? {}),
        facts.sex,
        facts.birthDate,
      ],
    ))!;
  }

  byId(scope: OrganisationScope, id: string): Promise<Patient | undefined> {
    return this.database.row(
      `SELECT ${COLUMNS} FROM patient WHERE id = $1 AND ($2::text[] IS NULL OR organisation = ANY($2))`,
      [id, scopeParameter(scope)],
    );
  }

  search(scope: OrganisationScope, filter: PatientFilter): Promise<Patient[]> {
    return this.database.rows(
      `SELECT ${COLUMNS} FROM patient WHERE ($1::text[] IS NULL OR organisation = ANY($1)) AND ($2::uuid[] IS NULL OR id = ANY($2))
         AND ($3::text IS NULL OR number = $3) AND ($4::text IS NULL OR organisation = $4) AND ($5::text IS NULL OR id_card = $5)
         AND ($6::uuid IS NULL OR id > $6) ORDER BY id LIMIT $7`,
      [
        scopeParameter(scope),
        filter.ids ?? null,
        filter.number ?? null,
        filter.organisation ?? null,
        filter.idCard ?? null,
        filter.after ?? null,
        filter.limit,
      ],
    );
  }

  async organisationOf(patientId: string): Promise<string | undefined> {
    return (
      await this.database.row<{ organisation: string }>('SELECT organisation FROM patient WHERE id = $1', [patientId])
    )?.organisation;
  }

  async personByIdCard(idCard: string): Promise<string | undefined> {
    return (await this.database.row<{ id: string }>('SELECT id FROM person WHERE id_card = $1', [idCard]))?.id;
  }

  async personByNumber(organisation: string, number: string): Promise<string | undefined> {
    const row = await this.database.row<{ person_id: string }>(
      'SELECT person_id FROM patient WHERE organisation = $1 AND number = $2 ORDER BY split LIMIT 1',
      [organisation, number],
    );
    return row?.person_id;
  }

  /** One person for one valid ID card across the network; without a card, a person of their own. */
  private async personFor(idCard: string | null, known: string | undefined): Promise<string> {
    if (idCard === null && known !== undefined) return known;
    const row = await this.database.row<{ id: string }>(
      `INSERT INTO person (id, id_card) VALUES ($1, $2)
       ON CONFLICT (id_card) DO UPDATE SET id_card = EXCLUDED.id_card RETURNING id`,
      [newId(), idCard],
    );
    return row!.id;
  }
}
