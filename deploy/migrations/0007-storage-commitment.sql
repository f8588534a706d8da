-- where an application entity listens (C-MOVE destination, N-EVENT-REPORT); null: it is never called
ALTER TABLE application_entity ADD COLUMN host text CHECK (host <> ''), ADD COLUMN port int CHECK (port BETWEEN 1 AND 65535),
  ADD CHECK ((host IS NULL) = (port IS NULL));

-- how many DICOM associations an organisation may have open at one time; null: the listener's default
ALTER TABLE organisation ADD COLUMN dimse_associations int CHECK (dimse_associations > 0);

-- requests for storage commitment (PS3.4 annex J) until their sender has been told
CREATE TABLE storage_commitment (
  id uuid PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  ae_title text NOT NULL,
  transaction_uid text NOT NULL,
  -- [{"sopClassUid", "sopInstanceUid"}] in the order of the request
  referenced jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('requested', 'reported', 'abandoned')),
  version int NOT NULL DEFAULT 0,
  attempts int NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_error text,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at timestamptz,
  UNIQUE (organisation, ae_title, transaction_uid)
);
CREATE INDEX storage_commitment_due ON storage_commitment (next_attempt_at) WHERE state = 'requested';
