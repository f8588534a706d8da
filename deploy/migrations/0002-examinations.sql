-- patients, ingest, catalogue

CREATE TABLE person (
  id uuid PRIMARY KEY,
  id_card text UNIQUE
);

CREATE TABLE patient (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  number text NOT NULL,
  person_id uuid NOT NULL REFERENCES person,
  name text NOT NULL,
  name_search text NOT NULL,
  sex text CHECK (sex IN ('M', 'F', 'O')),
  birth_date date,
  id_card text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (organisation, number)
);
CREATE INDEX patient_person ON patient (person_id);

CREATE TABLE ingest_instance (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  sop_instance_uid text NOT NULL,
  digest text NOT NULL,
  header_digest text NOT NULL,
  standing text NOT NULL CHECK (standing IN ('first', 're-encoded', 'conflict')),
  state text NOT NULL CHECK (state IN ('stored', 'indexed', 'quarantined')),
  version int NOT NULL DEFAULT 0,
  format text NOT NULL CHECK (format IN ('dicom', 'aecg')),
  sop_class_uid text NOT NULL,
  transfer_syntax_uid text NOT NULL,
  study_instance_uid text NOT NULL,
  series_instance_uid text NOT NULL,
  object_key text NOT NULL,
  size_bytes bigint NOT NULL,
  dataset_offset int NOT NULL,
  pixel_data jsonb,
  attributes jsonb NOT NULL,
  source jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (organisation, sop_instance_uid, digest)
);
-- The first instance of a UID is the one that is served; the database decides which was first.
CREATE UNIQUE INDEX ingest_instance_first ON ingest_instance (organisation, sop_instance_uid) WHERE standing = 'first';
CREATE INDEX ingest_instance_study ON ingest_instance (organisation, study_instance_uid);

CREATE TABLE ingest_quarantine (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  code text NOT NULL,
  reason text NOT NULL,
  object_key text NOT NULL,
  size_bytes bigint NOT NULL,
  source jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE upload_item (
  upload_id text PRIMARY KEY,
  batch text NOT NULL,
  organisation text NOT NULL REFERENCES organisation,
  filename text NOT NULL,
  outcome text NOT NULL,
  reason text,
  sop_instance_uid text,
  study_instance_uid text,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX upload_item_batch ON upload_item (organisation, batch, at);

CREATE TABLE exam (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  kind text NOT NULL CHECK (kind IN ('imaging', 'ecg')),
  patient_id uuid NOT NULL REFERENCES patient,
  study_instance_uid text NOT NULL,
  accession_number text,
  modality text,
  body_part text,
  description text,
  examined_at timestamptz,
  state text NOT NULL CHECK (state IN ('arriving', 'settled', 'reopened')),
  version int NOT NULL DEFAULT 0,
  instances int NOT NULL DEFAULT 0,
  first_received_at timestamptz NOT NULL,
  last_received_at timestamptz NOT NULL,
  settled_at timestamptz,
  UNIQUE (organisation, study_instance_uid)
);
CREATE INDEX exam_unsettled ON exam (last_received_at) WHERE state <> 'settled';
CREATE INDEX exam_organisation ON exam (organisation, first_received_at DESC, id);
CREATE INDEX exam_patient ON exam (patient_id);

CREATE TABLE series (
  id uuid PRIMARY KEY,
  exam_id uuid NOT NULL REFERENCES exam,
  series_instance_uid text NOT NULL,
  modality text,
  number int,
  description text,
  UNIQUE (exam_id, series_instance_uid)
);

CREATE TABLE instance (
  id uuid PRIMARY KEY REFERENCES ingest_instance,
  exam_id uuid NOT NULL REFERENCES exam,
  series_id uuid NOT NULL REFERENCES series,
  sop_instance_uid text NOT NULL,
  sop_class_uid text NOT NULL,
  number int,
  frames int,
  rows int,
  columns int,
  -- made by Qiao, or an object that explains others (SR, KO, presentation state, document): joins, but does not count
  counts boolean NOT NULL,
  UNIQUE (exam_id, sop_instance_uid)
);
CREATE INDEX instance_series ON instance (series_id, number);
