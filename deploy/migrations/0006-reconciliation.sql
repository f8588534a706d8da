-- What only a person can decide: which of two objects of one UID is served, and whose an examination is.

-- One row for each instance that is, or was once, kept beside the one served; study_instance_uid is the served one's.
CREATE TABLE instance_beside (
  instance_id uuid PRIMARY KEY REFERENCES ingest_instance,
  organisation text NOT NULL REFERENCES organisation,
  study_instance_uid text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('re-encoded', 'conflict')),
  state text NOT NULL DEFAULT 'undecided' CHECK (state IN ('undecided', 'set-aside', 'serving', 'displaced')),
  version int NOT NULL DEFAULT 0,
  reason text,
  decided_by text,
  decided_at timestamptz
);
CREATE INDEX instance_beside_study ON instance_beside (organisation, study_instance_uid);

INSERT INTO instance_beside (instance_id, organisation, study_instance_uid, kind)
SELECT x.id, x.organisation, f.study_instance_uid, x.standing FROM ingest_instance x
JOIN ingest_instance f ON f.organisation = x.organisation AND f.sop_instance_uid = x.sop_instance_uid AND f.standing = 'first'
WHERE x.standing <> 'first';

CREATE FUNCTION note_instance_beside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO instance_beside (instance_id, organisation, study_instance_uid, kind)
  SELECT NEW.id, NEW.organisation, f.study_instance_uid, NEW.standing FROM ingest_instance f
  WHERE f.organisation = NEW.organisation AND f.sop_instance_uid = NEW.sop_instance_uid AND f.standing = 'first';
  RETURN NULL;
END $$;
CREATE TRIGGER ingest_instance_beside AFTER INSERT ON ingest_instance
  FOR EACH ROW WHEN (NEW.standing <> 'first') EXECUTE FUNCTION note_instance_beside();

-- One number of one organisation may turn out to have been given to several people; `split` tells them apart, 0 is who had it first.
ALTER TABLE patient ADD COLUMN split int NOT NULL DEFAULT 0 CHECK (split >= 0);
ALTER TABLE patient DROP CONSTRAINT patient_organisation_number_key;
ALTER TABLE patient ADD CONSTRAINT patient_organisation_number_split UNIQUE (organisation, number, split);

-- Whom a person decided that a header means which says this of the bearer of this number.
CREATE TABLE patient_claim (
  organisation text NOT NULL REFERENCES organisation,
  number text NOT NULL,
  fingerprint text NOT NULL,
  patient_id uuid NOT NULL REFERENCES patient,
  PRIMARY KEY (organisation, number, fingerprint)
);

-- An examination's header contradicts the file of the patient under whom it is filed.
CREATE TABLE identity_doubt (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  exam_id uuid NOT NULL REFERENCES exam,
  fingerprint text NOT NULL,
  claimed jsonb NOT NULL,
  differs text[] NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'same-person', 'other-person')),
  version int NOT NULL DEFAULT 0,
  raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  reason text,
  decided_by text,
  decided_at timestamptz,
  UNIQUE (exam_id, fingerprint)
);
CREATE INDEX identity_doubt_open ON identity_doubt (exam_id) WHERE state = 'open';
