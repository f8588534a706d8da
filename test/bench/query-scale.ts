import pg from 'pg';
import { nameSpellings } from '#libs/patients';

/** How large an archive `seedArchive` makes. */
export interface ArchiveSize {
  /** two of each patient's */
  studies: number;
  /** spread over two series */
  instancesPerStudy: number;
  /** the member that holds it; it must exist */
  organisation: string;
}

const SURNAMES = Array.from(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈',
);
const GIVEN = Array.from(
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志文玉兰红梅春生海燕金凤云飞鹏宇晨曦子轩浩然欣怡',
);
const CHUNK = 2000;
const TABLES = ['patient', 'person', 'exam', 'series', 'ingest_instance', 'instance'];
const UID_ROOT = '1.2.826.0.1.3680043.10.1377';

/** Ids that rise as those of arriving instances do: rows that come together lie together. */
const idOf = (kind: number, sql: string): string =>
  `(lpad(to_hex(${kind}), 8, '0') || '-0000-7000-8000-' || lpad(to_hex((${sql})::bigint), 12, '0'))::uuid`;

export const patientNumber = (index: number): string => `SCALE-${String(index).padStart(6, '0')}`;
export const studyUid = (index: number): string => `${UID_ROOT}.${index}`;

function nameOf(index: number): string {
  const surname = SURNAMES[(index * index + 7 * index) % SURNAMES.length]!;
  const first = GIVEN[(index * 31) % GIVEN.length]!;
  const second = index % 5 === 0 ? '' : GIVEN[(index * 17 + 3) % GIVEN.length]!;
  return `${surname}^${first}${second}`;
}

/**
 * Writes an archive straight into the tables of a migrated database: patients with Chinese names, studies of ten years, their series and
 * instances with small headers, no objects. Indexed, settled and with fresh statistics when it resolves; 1,000,000 instances took
 * 599 s on two loaded cores. Patients are `patientNumber(0…studies / 2 - 1)`, studies `studyUid(0…studies - 1)`, the newest the last.
 */
export async function seedArchive(url: string, size: ArchiveSize): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET synchronous_commit = off`);
    await client.query(`SET work_mem = '128MB'`);
    await client.query(`SET maintenance_work_mem = '512MB'`);
    const indexes = await takeIndexes(client);
    await client.query('CREATE TEMP TABLE seeded_patient (at int PRIMARY KEY, id uuid, name text)');
    const patients = Math.ceil(size.studies / 2);
    for (let from = 0; from < patients; from += CHUNK) {
      await seedPatients(client, size.organisation, from, Math.min(CHUNK, patients - from));
    }
    await client.query('ANALYZE seeded_patient');
    await client.query(
      `CREATE TEMP TABLE seeded_exam AS SELECT at, ${idOf(3, 'at')} AS id,
         CASE WHEN at % 3 = 0 THEN 'DX' WHEN at % 50 = 1 THEN 'MG' ELSE 'CT' END AS modality,
         timestamptz '2026-01-01' - make_interval(mins => ($1 - at) * (5256000 / $1)) AS arrived
       FROM generate_series(0, $1 - 1) AS at`,
      [size.studies],
    );
    await client.query('CREATE UNIQUE INDEX ON seeded_exam (at)');
    await client.query('ANALYZE seeded_exam');
    await seedExams(client, size);
    await seedInstances(client, size);
    for (const definition of indexes) await client.query(definition);
    for (const table of TABLES) await client.query(`VACUUM (ANALYZE) ${table}`);
  } finally {
    await client.end();
  }
}

/** Takes away the indexes that hold no rule: made again over all rows they take a fraction of the time. @returns how to make them */
async function takeIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT c.relname AS name, pg_get_indexdef(c.oid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     WHERE n.nspname = 'public' AND t.relname = ANY($1) AND NOT i.indisunique`,
    [TABLES],
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}

async function seedPatients(client: pg.Client, organisation: string, from: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => {
    const name = nameOf(from + at);
    return {
      at: from + at,
      number: patientNumber(from + at),
      name: name.replace('^', ''),
      written: name,
      names: nameSpellings([name]),
    };
  });
  await client.query(
    `WITH given AS (SELECT ${idOf(1, 'at')} AS id, ${idOf(2, 'at')} AS person, * FROM jsonb_to_recordset($1::jsonb)
         AS g(at int, number text, name text, written text, names text[])),
       people AS (INSERT INTO person (id) SELECT person FROM given),
       noted AS (INSERT INTO seeded_patient SELECT at, id, written FROM given)
     INSERT INTO patient (id, organisation, number, person_id, name, name_search, names, sex, birth_date, attributes)
     SELECT id, $2, number, person, name, replace(array_to_string(names, E'\\n'), '~', ''), names,
       CASE WHEN at % 2 = 0 THEN 'M' ELSE 'F' END, date '1940-01-01' + (at * 7) % 25000,
       jsonb_build_object('00100010', jsonb_build_object('vr', 'PN', 'Value', jsonb_build_array(jsonb_build_object('Ideographic', written))),
         '00100020', jsonb_build_object('vr', 'LO', 'Value', jsonb_build_array(number)),
         '00100040', jsonb_build_object('vr', 'CS', 'Value', jsonb_build_array(CASE WHEN at % 2 = 0 THEN 'M' ELSE 'F' END)))
     FROM given`,
    [JSON.stringify(rows), organisation],
  );
}

async function seedExams(client: pg.Client, size: ArchiveSize): Promise<void> {
  await client.query(
    `INSERT INTO exam (id, organisation, kind, patient_id, study_instance_uid, accession_number, modality, body_part, description,
       examined_at, state, instances, first_received_at, last_received_at, settled_at, study_date_time, study_id, study_description,
       attributes, holds_dicom, dicom_series, dicom_instances, modalities, sop_classes)
     SELECT e.id, $1, 'imaging', p.id, $2 || '.' || e.at, 'ACC' || lpad(e.at::text, 7, '0'), e.modality, 'CHEST', said.description,
       e.arrived, 'settled', $3::int, e.arrived, e.arrived, e.arrived, said.moment, 'S' || e.at, said.description,
       jsonb_build_object('00080020', jsonb_build_object('vr', 'DA', 'Value', jsonb_build_array(left(said.moment, 8))),
         '00080030', jsonb_build_object('vr', 'TM', 'Value', jsonb_build_array(substr(said.moment, 9))),
         '00081030', jsonb_build_object('vr', 'LO', 'Value', jsonb_build_array(said.description)),
         '00200010', jsonb_build_object('vr', 'SH', 'Value', jsonb_build_array('S' || e.at))),
       true, 2, $3::int, ARRAY[e.modality], ARRAY['1.2.840.10008.5.1.4.1.1.2']
     FROM seeded_exam e JOIN seeded_patient p ON p.at = e.at / 2,
       LATERAL (SELECT to_char(e.arrived, 'YYYYMMDDHH24MISS') AS moment,
         CASE e.modality WHEN 'CT' THEN '胸部CT平扫' WHEN 'DX' THEN '胸部正位DR' ELSE '双乳钼靶' END AS description) AS said`,
    [size.organisation, UID_ROOT, size.instancesPerStudy],
  );
  await client.query(
    `INSERT INTO series (id, exam_id, series_instance_uid, modality, number, description, body_part, attributes, dicom_instances)
     SELECT ${idOf(4, 'e.at * 2 + n')}, e.id, $1 || '.' || e.at || '.' || n, e.modality, n, 'Series ' || n, 'CHEST',
       jsonb_build_object('00080060', jsonb_build_object('vr', 'CS', 'Value', jsonb_build_array(e.modality)),
         '0008103E', jsonb_build_object('vr', 'LO', 'Value', jsonb_build_array('Series ' || n)),
         '00200011', jsonb_build_object('vr', 'IS', 'Value', jsonb_build_array(n))), ($2::int + 2 - n) / 2
     FROM seeded_exam e, generate_series(1, 2) AS n`,
    [UID_ROOT, size.instancesPerStudy],
  );
}

async function seedInstances(client: pg.Client, size: ArchiveSize): Promise<void> {
  await client.query(
    `CREATE TEMP TABLE seeded_instance AS
     SELECT ${idOf(5, 'e.at::bigint * $2::int + n')} AS id, e.id AS exam_id, s.id AS series_id, $1 || '.' || e.at AS study, s.series_instance_uid AS series,
       s.series_instance_uid || '.' || n AS uid, n AS number, e.arrived
     FROM seeded_exam e JOIN series s ON s.exam_id = e.id, generate_series(1, $2::int) AS n WHERE (n - 1) % 2 + 1 = s.number ORDER BY 1`,
    [UID_ROOT, size.instancesPerStudy],
  );
  await client.query(
    `INSERT INTO ingest_instance (id, organisation, sop_instance_uid, digest, standing, state, format, sop_class_uid,
       transfer_syntax_uid, study_instance_uid, series_instance_uid, object_key, size_bytes, dataset_offset, attributes, source, received_at)
     SELECT id, $1, uid, md5(uid), 'first', 'indexed', 'dicom', '1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.1.2.1', study, series,
       uid, 526000, 300, jsonb_build_object('00080018', jsonb_build_object('vr', 'UI', 'Value', jsonb_build_array(uid)),
         '0020000D', jsonb_build_object('vr', 'UI', 'Value', jsonb_build_array(study)),
         '0020000E', jsonb_build_object('vr', 'UI', 'Value', jsonb_build_array(series)),
         '00200013', jsonb_build_object('vr', 'IS', 'Value', jsonb_build_array(number))), '{"transport":"stow","sender":"scale"}', arrived
     FROM seeded_instance ORDER BY id`,
    [size.organisation],
  );
  await client.query(
    `INSERT INTO instance (id, exam_id, series_id, sop_instance_uid, sop_class_uid, number, rows, columns, counts, bits_allocated)
     SELECT id, exam_id, series_id, uid, '1.2.840.10008.5.1.4.1.1.2', number, 512, 512, true, 16 FROM seeded_instance ORDER BY id`,
  );
}
