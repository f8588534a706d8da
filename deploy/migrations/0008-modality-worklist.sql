-- UID derived from a UUID (PS3.5 annex B.2)
CREATE FUNCTION uid_of(id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT '2.25.' || trunc(sum(get_byte(uuid_send(id), i) * 256::numeric ^ (15 - i)))::text FROM generate_series(0, 15) AS i
$$;

-- What a modality is told of a request (PS3.4 annex K). The study UID belongs to the request for ever, so that the images that come
-- back name it.
ALTER TABLE exam_request
  ADD COLUMN study_instance_uid text GENERATED ALWAYS AS (uid_of(id)) STORED,
  ADD COLUMN scheduled_at timestamptz,
  -- null: any device of the organisation
  ADD COLUMN station_ae_title text,
  ADD COLUMN performing_physician text;
UPDATE exam_request SET scheduled_at = requested_at;
ALTER TABLE exam_request ALTER COLUMN scheduled_at SET NOT NULL, ALTER COLUMN scheduled_at SET DEFAULT clock_timestamp();
CREATE UNIQUE INDEX exam_request_study ON exam_request (study_instance_uid);
CREATE INDEX exam_request_open ON exam_request (organisation, id) WHERE exam_id IS NULL;

-- What a modality says that it did (MPPS, PS3.4 annex F)
CREATE TABLE performed_procedure_step (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  sop_instance_uid text NOT NULL,
  ae_title text NOT NULL,
  state text NOT NULL CHECK (state IN ('in-progress', 'completed', 'discontinued')),
  version int NOT NULL DEFAULT 0,
  request_id uuid REFERENCES exam_request,
  study_instance_uid text NOT NULL,
  accession_number text,
  modality text NOT NULL,
  patient_number text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- code and meaning of the reason, where one was given
  discontinued_because jsonb,
  -- everything the device said, the later value in place of the earlier
  attributes jsonb NOT NULL,
  UNIQUE (organisation, sop_instance_uid)
);
CREATE INDEX performed_procedure_step_request ON performed_procedure_step (request_id);
CREATE INDEX performed_procedure_step_study ON performed_procedure_step (organisation, study_instance_uid);

CREATE TABLE performed_series (
  step_id uuid NOT NULL REFERENCES performed_procedure_step,
  series_instance_uid text NOT NULL,
  protocol text,
  description text,
  retrieve_ae_title text,
  -- images, then the rest, as the step names them
  sop_instance_uids text[] NOT NULL,
  PRIMARY KEY (step_id, series_instance_uid)
);
