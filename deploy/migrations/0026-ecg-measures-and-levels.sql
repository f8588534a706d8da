-- Recordings are noted to be measured, and taken up one by one outside any transaction.
ALTER TABLE ecg_measures
  -- looked at from then on; who takes it on puts it off, so that what was interrupted comes again, a few times
  ADD due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD attempts int NOT NULL DEFAULT 0,
  -- null until it has been measured; no object then: the recording could not be read
  ALTER made_at DROP NOT NULL,
  ALTER made_at DROP DEFAULT;
CREATE INDEX ecg_measures_due ON ecg_measures (due_at) WHERE made_at IS NULL;
-- Of a recording of more than ten minutes: the extremes of its leads and its rate over time, in an object of its own.
ALTER TABLE ecg_measures
  ADD levels_key text UNIQUE,
  ADD levels_bytes int,
  ADD CHECK ((levels_key IS NULL) = (levels_bytes IS NULL));
-- Those that were measured before have none: what may be long is measured again.
UPDATE ecg_measures m SET made_at = NULL, object_key = NULL, size_bytes = NULL, attempts = 0, due_at = clock_timestamp()
FROM ingest_instance x WHERE x.id = m.instance_id AND x.size_bytes > 100000;
