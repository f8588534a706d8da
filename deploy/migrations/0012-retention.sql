-- How long examinations are kept, what holds them, and the record of those that were deleted.

-- Editable data. 《医疗机构管理条例实施细则》第五十三条: outpatient records are kept no less than 15 years, inpatient records no less than 30;
-- 《医疗机构病历管理规定（2013年版）》 (国卫医发〔2013〕31号): counted from the patient's last visit, or last discharge.
CREATE TABLE retention_class (
  code text PRIMARY KEY CHECK (code ~ '^[a-z0-9-]+$'),
  name_zh text NOT NULL,
  name_en text NOT NULL,
  years int NOT NULL CHECK (years > 0),
  -- what a request may say of its patient that means this class
  patient_classes text[] NOT NULL DEFAULT '{}'
);
INSERT INTO retention_class (code, name_zh, name_en, years, patient_classes) VALUES
  ('outpatient', '门（急）诊', 'Outpatient and emergency', 15, '{outpatient,emergency}'),
  ('inpatient', '住院', 'Inpatient', 30, '{inpatient}');

-- What is kept under a class was promised to be kept that long: a shorter time is another class.
CREATE FUNCTION refuse_shorter_retention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.years < OLD.years THEN
    RAISE EXCEPTION 'the years of the retention class % only grow; a shorter time is a class of its own', OLD.code;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER retention_class_only_grows BEFORE UPDATE ON retention_class
  FOR EACH ROW EXECUTE FUNCTION refuse_shorter_retention();

-- The class of an organisation's examinations of which nothing else is known (a health centre without beds: outpatient). No row: the longest.
CREATE TABLE organisation_retention (
  organisation text PRIMARY KEY REFERENCES organisation,
  class text NOT NULL REFERENCES retention_class
);

ALTER TABLE exam_request ADD COLUMN patient_class text CHECK (patient_class IN ('outpatient', 'emergency', 'inpatient'));

CREATE TABLE exam_retention (
  exam_id uuid PRIMARY KEY REFERENCES exam,
  class text NOT NULL REFERENCES retention_class,
  source text NOT NULL CHECK (source IN ('request', 'header', 'organisation', 'longest', 'person')),
  -- what request, header and organisation said when it was last looked at
  told text NOT NULL REFERENCES retention_class,
  -- the day that the years count from, as far as this examination goes; the patient's later ones count too
  starts_on date NOT NULL,
  -- that day as a person said it
  counted_from date,
  version int NOT NULL DEFAULT 0,
  reason text,
  decided_by text,
  decided_at timestamptz
);
CREATE INDEX exam_retention_start ON exam_retention (class, starts_on, exam_id);

INSERT INTO exam_retention (exam_id, class, source, told, starts_on)
SELECT id, 'inpatient', CASE WHEN attributes ? '00380010' THEN 'header' ELSE 'longest' END, 'inpatient',
  (greatest(examined_at, first_received_at) AT TIME ZONE 'Asia/Shanghai')::date
FROM exam;

-- 封存. It outlives its examination, once lifted, as part of the record.
CREATE TABLE exam_hold (
  id uuid PRIMARY KEY,
  exam_id uuid NOT NULL,
  organisation text NOT NULL REFERENCES organisation,
  state text NOT NULL CHECK (state IN ('standing', 'lifted')),
  version int NOT NULL DEFAULT 0,
  reason text NOT NULL,
  placed_by text NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  lift_reason text,
  lifted_by text,
  lifted_at timestamptz
);
CREATE INDEX exam_hold_exam ON exam_hold (exam_id);
CREATE INDEX exam_hold_standing ON exam_hold (id) WHERE state = 'standing';

CREATE TABLE deletion_reason (
  code text PRIMARY KEY,
  text_zh text NOT NULL,
  text_en text NOT NULL,
  -- whether it is a reason while the retention still runs
  within_retention boolean NOT NULL
);
INSERT INTO deletion_reason (code, text_zh, text_en, within_retention) VALUES
  ('retention-expired', '保存期限届满', 'The retention has run out', false),
  ('wrong-patient', '患者身份错误，影像不属于该患者', 'Wrong patient: the images are somebody else''s', true),
  ('uploaded-in-error', '误传，不属于本网络的检查资料', 'Uploaded in error: not an examination of this network', true),
  ('duplicate-examination', '重复检查资料，同一检查已另有一份', 'Duplicate: the same examination is here under another study', true),
  ('test-data', '设备调试或测试数据', 'Test or calibration data of a device', true);

-- What is left of a deleted examination. Its reports and reads name it by exam_id.
CREATE TABLE exam_deletion (
  exam_id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  study_instance_uid text NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient,
  kind text NOT NULL,
  modality text,
  accession_number text,
  examined_at timestamptz,
  first_received_at timestamptz NOT NULL,
  class text NOT NULL,
  keep_until date NOT NULL,
  reason text NOT NULL REFERENCES deletion_reason,
  note text NOT NULL,
  deleted_by text NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- [{"sopInstanceUid", "digest", "standing"}], those kept beside a served one among them
  instances jsonb NOT NULL,
  size_bytes bigint NOT NULL
);
CREATE INDEX exam_deletion_study ON exam_deletion (organisation, study_instance_uid);
CREATE INDEX exam_deletion_time ON exam_deletion (deleted_at, exam_id);
CREATE TRIGGER exam_deletion_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON exam_deletion
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A read whose examination was deleted names none; reports and answered requests go on naming it.
ALTER TABLE read ALTER COLUMN exam_id DROP NOT NULL;
ALTER TABLE report DROP CONSTRAINT report_exam_id_fkey;
ALTER TABLE exam_request DROP CONSTRAINT exam_request_exam_id_fkey;
CREATE INDEX exam_request_exam ON exam_request (exam_id);
CREATE INDEX report_exam ON report (exam_id);

CREATE FUNCTION discount_organisation_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO organisation_use AS u (organisation, part, bytes, instances)
  SELECT organisation, pg_backend_pid() % 32, -sum(size_bytes), -count(*) FROM went GROUP BY organisation ORDER BY organisation
  ON CONFLICT (organisation, part) DO UPDATE SET bytes = u.bytes + EXCLUDED.bytes, instances = u.instances + EXCLUDED.instances;
  RETURN NULL;
END $$;
CREATE TRIGGER ingest_instance_discounts AFTER DELETE ON ingest_instance REFERENCING OLD TABLE AS went
  FOR EACH STATEMENT EXECUTE FUNCTION discount_organisation_use();

-- An instance may come to stand beside one that is being deleted at this moment. The lock has the two meet: either the deletion sees the
-- newcomer, or the newcomer is told to come again, and is then the first.
CREATE OR REPLACE FUNCTION note_instance_beside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  served record;
BEGIN
  SELECT f.study_instance_uid INTO served FROM ingest_instance f
  WHERE f.organisation = NEW.organisation AND f.sop_instance_uid = NEW.sop_instance_uid AND f.standing = 'first' FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the instance of this UID is just being deleted; try again' USING ERRCODE = '53Q02';
  END IF;
  INSERT INTO instance_beside (instance_id, organisation, study_instance_uid, kind)
  VALUES (NEW.id, NEW.organisation, served.study_instance_uid, NEW.standing);
  RETURN NULL;
END $$;
