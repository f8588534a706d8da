-- worklist, reading, report, recognition

CREATE TABLE exam_item (
  code text PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('imaging', 'ecg')),
  modalities text[] NOT NULL,
  body_part text,
  recognition_days numeric NOT NULL,
  price numeric
);

CREATE TABLE turnaround_target (
  kind text NOT NULL,
  modality text NOT NULL,
  priority text NOT NULL CHECK (priority IN ('routine', 'urgent', 'emergency')),
  minutes int NOT NULL,
  PRIMARY KEY (kind, modality, priority)
);

CREATE TABLE exam_request (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  accession_number text,
  patient_number text NOT NULL,
  patient_name text NOT NULL,
  sex text,
  birth_date date,
  id_card text,
  item text NOT NULL REFERENCES exam_item,
  clinical_information text NOT NULL DEFAULT '',
  priority text NOT NULL CHECK (priority IN ('routine', 'urgent', 'emergency')),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  exam_id uuid REFERENCES exam,
  UNIQUE (organisation, accession_number)
);
CREATE INDEX exam_request_unmatched ON exam_request (organisation, patient_number) WHERE exam_id IS NULL;

CREATE TABLE read (
  id uuid PRIMARY KEY,
  exam_id uuid NOT NULL UNIQUE REFERENCES exam,
  organisation text NOT NULL REFERENCES organisation,
  kind text NOT NULL,
  priority text NOT NULL CHECK (priority IN ('routine', 'urgent', 'emergency')),
  item text REFERENCES exam_item,
  request_id uuid REFERENCES exam_request,
  clinical_information text,
  state text NOT NULL CHECK (state IN ('open', 'assigned', 'claimed', 'done', 'returned', 'cancelled')),
  version int NOT NULL DEFAULT 0,
  assignee_id uuid REFERENCES account,
  claimed_by uuid REFERENCES account,
  lease_until timestamptz,
  due_at timestamptz,
  return_reason text,
  return_note text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at timestamptz
);
CREATE INDEX read_open ON read (kind, state, created_at);

CREATE TABLE reading (
  id uuid PRIMARY KEY REFERENCES read,
  state text NOT NULL CHECK (state IN ('drafting', 'submitted', 'reviewed')),
  version int NOT NULL DEFAULT 0,
  author_id uuid NOT NULL REFERENCES account,
  reviewer_id uuid REFERENCES account,
  draft jsonb NOT NULL,
  draft_version int NOT NULL DEFAULT 0,
  saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_at timestamptz,
  reviewed_at timestamptz,
  sent_back_reason text,
  author_signature jsonb,
  CHECK (reviewer_id IS NULL OR reviewer_id <> author_id)
);

CREATE TABLE report (
  id uuid PRIMARY KEY,
  read_id uuid NOT NULL UNIQUE REFERENCES read,
  exam_id uuid NOT NULL REFERENCES exam,
  patient_id uuid NOT NULL REFERENCES patient,
  organisation text NOT NULL REFERENCES organisation,
  reading_organisation text NOT NULL REFERENCES organisation,
  kind text NOT NULL,
  item text REFERENCES exam_item,
  status text NOT NULL CHECK (status IN ('preliminary', 'final', 'amended', 'entered-in-error')),
  version int NOT NULL,
  last_updated timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX report_updated ON report (organisation, last_updated, id);
CREATE INDEX report_patient ON report (patient_id);

CREATE TABLE report_version (
  report_id uuid NOT NULL REFERENCES report,
  version int NOT NULL,
  content jsonb NOT NULL,
  canonical text NOT NULL,
  content_sha256 text NOT NULL,
  previous_sha256 text,
  instances jsonb NOT NULL,
  instances_sha256 text NOT NULL,
  author_id uuid NOT NULL REFERENCES account,
  reviewer_id uuid NOT NULL REFERENCES account,
  author_signature jsonb,
  reviewer_signature jsonb,
  pdf_key text,
  pdf_sha256 text,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (report_id, version),
  CHECK (author_id <> reviewer_id)
);
CREATE TRIGGER report_version_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON report_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE recognition (
  id uuid PRIMARY KEY,
  card_id uuid NOT NULL,
  organisation text NOT NULL REFERENCES organisation,
  person_id uuid NOT NULL REFERENCES person,
  item text NOT NULL REFERENCES exam_item,
  report_id uuid NOT NULL REFERENCES report,
  hook text NOT NULL,
  hook_instance text NOT NULL,
  shown_to text NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'recognised', 'declined')),
  version int NOT NULL DEFAULT 0,
  reason_code text,
  reason_text text,
  proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  decided_at timestamptz,
  UNIQUE (card_id),
  UNIQUE (hook_instance, report_id, item, hook, organisation)
);

CREATE TABLE decline_reason (
  code text PRIMARY KEY,
  text_zh text NOT NULL,
  text_en text NOT NULL,
  counts_as_refusal boolean NOT NULL
);

-- Editable data, not code. Targets: hospitals' own rules as collected for Qiao; validity windows are defaults.
INSERT INTO exam_item (code, name, kind, modalities, body_part, recognition_days, price) VALUES
  ('CT-CHEST', '胸部CT平扫', 'imaging', '{CT}', 'CHEST', 30, NULL),
  ('CT-HEAD', '头颅CT平扫', 'imaging', '{CT}', 'HEAD', 30, NULL),
  ('DR-CHEST', '胸部正位DR', 'imaging', '{DX,CR}', 'CHEST', 14, NULL),
  ('US-ABDOMEN', '腹部超声', 'imaging', '{US}', 'ABDOMEN', 14, NULL),
  ('MR-HEAD', '头颅MR平扫', 'imaging', '{MR}', 'HEAD', 30, NULL),
  ('ECG-12', '十二导联心电图', 'ecg', '{ECG}', NULL, 1, NULL);

INSERT INTO turnaround_target (kind, modality, priority, minutes) VALUES
  ('imaging', 'DX', 'emergency', 30), ('imaging', 'DX', 'urgent', 60), ('imaging', 'DX', 'routine', 120),
  ('imaging', 'CR', 'emergency', 30), ('imaging', 'CR', 'urgent', 60), ('imaging', 'CR', 'routine', 120),
  ('imaging', '*', 'emergency', 60), ('imaging', '*', 'urgent', 120), ('imaging', '*', 'routine', 240),
  ('ecg', '*', 'emergency', 10), ('ecg', '*', 'urgent', 20), ('ecg', '*', 'routine', 30);

-- 国卫医发〔2022〕6号, the six reasons to examine again; the last two are added by regional platforms and are no refusals.
INSERT INTO decline_reason (code, text_zh, text_en, counts_as_refusal) VALUES
  ('1', '因病情变化，已有结果难以反映患者当前病情', 'The condition has changed; the result no longer fits the presentation', true),
  ('2', '检查结果在疾病发展过程中变化较快', 'The result changes fast in this disease', true),
  ('3', '检查项目对治疗意义重大（手术、输血前等）', 'Decisive for treatment (before surgery or transfusion)', true),
  ('4', '患者处于急诊、急救状态', 'Emergency', true),
  ('5', '涉及司法、伤残及病退等鉴定', 'Forensic, disability or retirement assessment', true),
  ('6', '其他情形确需复查', 'Other; needs an explanation', true),
  ('image-not-received', '未获得影像资料', 'Image material was not received', false),
  ('continuous-monitoring', '需连续监测', 'Continuous monitoring', false);
