-- Uploads: what a person chose to send together, how far it came, and what its indexes name.

-- One drop of files. Open until every file of it has its end, somebody gives it up, or nothing was heard of it for long.
CREATE TABLE upload_batch (
  organisation text NOT NULL REFERENCES organisation,
  batch text NOT NULL,
  sender text NOT NULL,
  title text NOT NULL,
  files int NOT NULL CHECK (files >= 0),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  files_ended int NOT NULL DEFAULT 0,
  bytes_ended bigint NOT NULL DEFAULT 0,
  -- studies that its manifest named
  studies text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at timestamptz,
  closed_as text CHECK (closed_as IN ('finished', 'given-up', 'expired')),
  PRIMARY KEY (organisation, batch),
  CHECK ((closed_at IS NULL) = (closed_as IS NULL))
);
CREATE INDEX upload_batch_open ON upload_batch (organisation, created_at) WHERE closed_at IS NULL;

ALTER TABLE upload_item
  ADD COLUMN code text,
  ADD COLUMN size_bytes bigint,
  -- false for the files inside an archive, which has a line of its own
  ADD COLUMN whole boolean NOT NULL DEFAULT true,
  -- what an index (DICOMDIR) names, as paths from its own folder
  ADD COLUMN referenced text[];
DROP INDEX upload_item_batch;
CREATE INDEX upload_item_batch ON upload_item (organisation, batch, at, upload_id);
