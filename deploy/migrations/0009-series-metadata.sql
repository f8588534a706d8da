-- Prepared answers: the compressed DICOM JSON of a settled series, one object for each address under which we are reached.

CREATE TABLE series_metadata (
  series_id uuid NOT NULL REFERENCES series ON DELETE CASCADE,
  -- scheme, host and path before /studies, which the bulk data links begin with
  base text NOT NULL,
  object_key text NOT NULL UNIQUE,
  size_bytes int NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (series_id, base)
);

-- Addresses by which callers asked for metadata; the newest few are prepared for when an examination settles.
CREATE TABLE metadata_base (
  base text PRIMARY KEY,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Whatever changes what a series holds takes the prepared answer away in the same transaction.
CREATE FUNCTION forget_series_metadata() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN DELETE FROM series_metadata WHERE series_id = OLD.series_id; END IF;
  IF TG_OP <> 'DELETE' THEN DELETE FROM series_metadata WHERE series_id = NEW.series_id; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER instance_forgets_metadata AFTER INSERT OR UPDATE OR DELETE ON instance
  FOR EACH ROW EXECUTE FUNCTION forget_series_metadata();

-- Callers who see the whole network ask by study alone.
CREATE INDEX IF NOT EXISTS exam_study ON exam (study_instance_uid);
