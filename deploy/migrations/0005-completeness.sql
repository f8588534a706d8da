-- Completeness: what sources say an examination has, who is still sending it, and after how much quiet it settles.

-- One word of one source (an MPPS, an upload batch, an association); it may come before the first image. Said again, it replaces itself.
CREATE TABLE exam_expectation (
  organisation text NOT NULL REFERENCES organisation,
  study_instance_uid text NOT NULL,
  source text NOT NULL CHECK (source IN ('mpps', 'manifest', 'association')),
  key text NOT NULL DEFAULT '',
  instances int CHECK (instances >= 0),
  sop_instance_uids text[],
  said_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organisation, study_instance_uid, source, key),
  CHECK (instances IS NOT NULL OR sop_instance_uids IS NOT NULL)
);

-- Open while lease_until lies ahead; behind it: broken off, by an abort or because the receiving process died. Gone: released.
CREATE TABLE exam_sending (
  organisation text NOT NULL REFERENCES organisation,
  study_instance_uid text NOT NULL,
  sender text NOT NULL,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (organisation, study_instance_uid, sender)
);
CREATE INDEX exam_sending_sender ON exam_sending (organisation, sender);

ALTER TABLE exam
  ADD COLUMN expected_instances int,
  ADD COLUMN missing_instances int NOT NULL DEFAULT 0,
  -- settled although its sender broke off, so that nobody knows how many are missing
  ADD COLUMN interrupted boolean NOT NULL DEFAULT false;

-- Editable data: how many times QIAO_SETTLE_SECONDS an examination must have been quiet. What is known or feared to be incomplete is
-- waited for; then it settles with its mark, because a reader must not wait for ever for an image that never comes.
CREATE TABLE settling_rule (
  situation text PRIMARY KEY CHECK (situation IN ('complete', 'unannounced', 'interrupted', 'incomplete')),
  quiet_times numeric NOT NULL CHECK (quiet_times > 0)
);
INSERT INTO settling_rule (situation, quiet_times) VALUES
  ('complete', 1), ('unannounced', 1), ('interrupted', 15), ('incomplete', 30);
