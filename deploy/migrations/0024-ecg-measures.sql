-- What is measured in an ECG: once for each recording, by the worker, from bytes that never change.
CREATE TABLE ecg_measures (
  instance_id uuid PRIMARY KEY REFERENCES instance ON DELETE CASCADE,
  -- of the methods; raised whenever they would give other values for the same bytes
  version int NOT NULL,
  -- looked at from then on; who takes it on puts it off, so that what was interrupted comes again, a few times
  due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts int NOT NULL DEFAULT 0,
  made_at timestamptz,
  -- null when made: the recording could not be read
  object_key text UNIQUE,
  size_bytes int,
  CHECK ((object_key IS NULL) = (size_bytes IS NULL))
);
CREATE INDEX ecg_measures_due ON ecg_measures (due_at) WHERE made_at IS NULL;
