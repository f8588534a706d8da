import { Injectable } from '@nestjs/common';
import { scopeParameter, type OrganisationScope } from '#libs/identity';
import { newId } from '#libs/kernel';
import { Database } from '#libs/persistence';
import { nameSpellings } from '../domain/name-search.js';
import type { Patient, PatientFacts } from '../domain/patient.js';
import { PatientsRepository, type PatientFilter } from '../patients.repository.js';

const COLUMNS = `id, organisation, number, person_id AS "personId", name, sex,
  to_char(birth_date, 'YYYY-MM-DD') AS "birthDate", id_card AS "idCard"`;

/** Do these facts say anything that is not known of the patient yet? */
function brings(facts: PatientFacts, names: readonly string[], known: Patient & { names: string[] }): boolean {
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

  upsert(facts: PatientFacts): Promise<Patient> {
    return this.database.transaction(async () => {
      const known = await this.database.row<Patient & { names: string[] }>(
        `SELECT ${COLUMNS}, names FROM patient WHERE organisation = $1 AND number = $2`,
        [facts.organisation, facts.number],
      );
      const names = nameSpellings([facts.name, ...(facts.otherNames ?? [])]);
      if (known && !brings(facts, names, known)) return known;
      const personId = await this.personFor(facts.idCard, known?.personId);
      return (await this.database.row<Patient>(
        `INSERT INTO patient (id, organisation, number, person_id, name, names, name_search, sex, birth_date, id_card, attributes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (organisation, number) DO UPDATE SET
           person_id = CASE WHEN patient.id_card IS NULL AND EXCLUDED.id_card IS NOT NULL THEN EXCLUDED.person_id ELSE patient.person_id END,
           id_card = coalesce(patient.id_card, EXCLUDED.id_card),
           name = CASE WHEN patient.name = '' THEN EXCLUDED.name ELSE patient.name END,
           names = ARRAY(SELECT DISTINCT unnest(patient.names || EXCLUDED.names)),
           name_search = array_to_string(ARRAY(SELECT DISTINCT ltrim(unnest(patient.names || EXCLUDED.names), '~')), E'\\n'),
           attributes = EXCLUDED.attributes || patient.attributes,
           sex = coalesce(patient.sex, EXCLUDED.sex), birth_date = coalesce(patient.birth_date, EXCLUDED.birth_date)
         RETURNING ${COLUMNS}`,
        [
          newId(),
          facts.organisation,
          facts.number,
          personId,
          facts.name,
          names,
          [...new Set(names.map((name) => name.replace(/^~/, '')))].join('\n'),
          facts.sex,
          facts.birthDate,
          facts.idCard,
          JSON.stringify(facts.attributes ?? {}),
        ],
      ))!;
    });
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
      'SELECT person_id FROM patient WHERE organisation = $1 AND number = $2',
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
