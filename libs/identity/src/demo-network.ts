import { newId } from '#libs/kernel';
import type { Database } from '#libs/persistence';
import type { Signer } from '#libs/ports';
import type { Duty } from './domain/permissions.js';
import { hashSecret, newPassword } from './secrets.js';

const ORGANISATIONS = [
  { code: 'county', name: '桥县人民医院', kind: 'county' },
  { code: 'zhaozhuang', name: '赵庄镇卫生院', kind: 'township' },
  { code: 'lijia', name: '李家镇卫生院', kind: 'township' },
  { code: 'network', name: '医共体管理办公室', kind: 'network' },
] as const;

interface DemoPerson {
  username: string;
  displayName: string;
  organisation: string;
  duties: Duty[];
  specialities?: string[];
}
const PEOPLE: readonly DemoPerson[] = [
  {
    username: 'sun',
    displayName: '孙医生',
    organisation: 'county',
    duties: ['report-doctor'],
    specialities: ['imaging'],
  },
  {
    username: 'qian',
    displayName: '钱医生',
    organisation: 'county',
    duties: ['review-doctor', 'imaging-quality'],
    specialities: ['imaging'],
  },
  { username: 'zhou', displayName: '周医生', organisation: 'county', duties: ['report-doctor'], specialities: ['ecg'] },
  { username: 'wu', displayName: '吴医生', organisation: 'county', duties: ['review-doctor'], specialities: ['ecg'] },
  { username: 'feng', displayName: '冯医生', organisation: 'county', duties: ['clinician'] },
  { username: 'zhao', displayName: '赵技师', organisation: 'zhaozhuang', duties: ['radiographer'] },
  { username: 'zhang', displayName: '张医生', organisation: 'zhaozhuang', duties: ['clinician'] },
  { username: 'li', displayName: '李技师', organisation: 'lijia', duties: ['radiographer'] },
  {
    username: 'han',
    displayName: '韩科长',
    organisation: 'network',
    duties: ['records-officer', 'report-standards', 'medical-office'],
  },
  { username: 'sysadmin', displayName: '系统管理员', organisation: 'network', duties: ['sysadmin'] },
  { username: 'secadmin', displayName: '安全管理员', organisation: 'network', duties: ['secadmin'] },
  { username: 'auditor', displayName: '审计管理员', organisation: 'network', duties: ['auditor'] },
];
const CLIENTS = [
  { id: 'his-county', organisation: 'county', duties: ['his'] },
  { id: 'his-zhaozhuang', organisation: 'zhaozhuang', duties: ['his'] },
  { id: 'pacs-zhaozhuang', organisation: 'zhaozhuang', duties: ['pacs'] },
  { id: 'his-lijia', organisation: 'lijia', duties: ['his'] },
  { id: 'pacs-lijia', organisation: 'lijia', duties: ['pacs'] },
] as const;
const APPLICATION_ENTITIES = [
  { aeTitle: 'ZHAOZHUANG', organisation: 'zhaozhuang' },
  { aeTitle: 'LIJIA', organisation: 'lijia' },
] as const;

export interface DemoCredentials {
  users: Record<string, string>;
  clients: Record<string, string>;
}

export async function hasOrganisations(database: Database): Promise<boolean> {
  return (await database.row('SELECT 1 AS one FROM organisation LIMIT 1')) !== undefined;
}

/**
 * The demo network of contract.md with random secrets, in one transaction. Each doctor gets a signing key locked with the password, so
 * from then on only that doctor can sign with it.
 */
export async function seedDemoNetwork(database: Database, signer: Signer): Promise<DemoCredentials> {
  const credentials: DemoCredentials = { users: {}, clients: {} };
  const people = await Promise.all(
    PEOPLE.map(async (person) => {
      const id = newId();
      const password = newPassword();
      credentials.users[person.username] = password;
      const signs = person.duties.some((duty) => duty === 'report-doctor' || duty === 'review-doctor');
      const organisation = ORGANISATIONS.find((one) => one.code === person.organisation)!.name;
      const key = signs
        ? await signer.createKey({ commonName: person.displayName, organisation, personId: id }, password)
        : null;
      return { ...person, id, key, passwordHash: await hashSecret(password) };
    }),
  );
  await database.transaction(async () => {
    for (const { code, name, kind } of ORGANISATIONS) {
      await database.rows('INSERT INTO organisation (code, name, kind) VALUES ($1, $2, $3)', [code, name, kind]);
    }
    for (const person of people) {
      await database.rows(
        `INSERT INTO account (id, username, display_name, organisation, duties, specialities, password_hash, certificate_pem,
           encrypted_key, key_algorithm) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
        [
          person.id,
          person.username,
          person.displayName,
          person.organisation,
          person.duties,
          person.specialities ?? [],
          person.passwordHash,
          person.key?.certificatePem ?? null,
          person.key?.encryptedKey ?? null,
          person.key?.algorithm ?? null,
        ],
      );
    }
    for (const client of CLIENTS) {
      const secret = newPassword();
      credentials.clients[client.id] = secret;
      await database.rows(
        'INSERT INTO api_client (client_id, organisation, duties, secret_hash) VALUES ($1,$2,$3,$4)',
        [client.id, client.organisation, client.duties, await hashSecret(secret)],
      );
    }
    for (const entity of APPLICATION_ENTITIES) {
      await database.rows('INSERT INTO application_entity (ae_title, organisation) VALUES ($1, $2)', [
        entity.aeTitle,
        entity.organisation,
      ]);
    }
  });
  return credentials;
}
