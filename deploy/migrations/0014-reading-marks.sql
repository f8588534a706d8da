-- Measurements made while reading, and the DICOM documents (SR, KO) that they and the key images become.

CREATE TABLE reading_marks (
  read_id uuid PRIMARY KEY REFERENCES read,
  -- each with who made or last changed it, and when
  marks jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  saved_by uuid NOT NULL REFERENCES account,
  saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What a document says is written down when it is asked for, so that making it again gives the same bytes.
CREATE TABLE reading_document (
  sop_instance_uid text PRIMARY KEY,
  read_id uuid NOT NULL REFERENCES read,
  kind text NOT NULL CHECK (kind IN ('SR', 'KO')),
  revision int NOT NULL CHECK (revision > 0),
  series_instance_uid text NOT NULL,
  -- waiting: to be stored; stored: it is, and stays; void: there is nothing left to say, and no document can say so
  state text NOT NULL CHECK (state IN ('waiting', 'stored', 'void')),
  content jsonb NOT NULL,
  -- over what a reader sees of it: the same again makes no new document
  content_sha256 text NOT NULL,
  asked_by uuid NOT NULL REFERENCES account,
  asked_at timestamptz NOT NULL,
  stored_at timestamptz,
  UNIQUE (read_id, kind, revision),
  CHECK ((state = 'stored') = (stored_at IS NOT NULL))
);
CREATE INDEX reading_document_waiting ON reading_document (read_id) WHERE state = 'waiting';
