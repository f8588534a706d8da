-- What is measured in an ECG: once for each recording, by the worker, from bytes that never change.
CREATE TABLE ecg_measures (
  instance_id uuid PRIMARY KEY REFERENCES instance ON DELETE CASCADE,
  -- of the methods; raised whenever they would give other values for the same bytes
  version int NOT NULL,
  -- null where the recording could not be measured
  object_key text UNIQUE,
  size_bytes int,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((object_key IS NULL) = (size_bytes IS NULL))
);
