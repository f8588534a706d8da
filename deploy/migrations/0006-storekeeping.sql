-- Removing objects that no row names, without ever removing one that a row is about to name.

CREATE TABLE condemned_object (
  object_key text PRIMARY KEY,
  size_bytes bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('condemned', 'removing', 'removed')),
  condemned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz
);

-- A row that names an object saves it while it is only condemned. While it is being removed, and for an hour after (somebody may have
-- seen it before and now believes it is there), the row is refused as a temporary lack of resources: the sender repeats, and puts it again.
CREATE FUNCTION claim_object(wanted text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  found_state text;
BEGIN
  SELECT CASE WHEN removed_at < now() - interval '1 hour' THEN 'condemned' ELSE state END INTO found_state
  FROM condemned_object WHERE object_key = wanted FOR UPDATE;
  IF found_state IS NULL THEN
    RETURN;
  END IF;
  IF found_state <> 'condemned' THEN
    RAISE EXCEPTION 'the object % is being removed; try again', wanted USING ERRCODE = '53Q01';
  END IF;
  DELETE FROM condemned_object WHERE object_key = wanted;
END $$;

CREATE FUNCTION claim_object_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM claim_object(NEW.object_key);
  RETURN NEW;
END $$;
CREATE FUNCTION claim_pdf_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.pdf_key IS NOT NULL THEN
    PERFORM claim_object(NEW.pdf_key);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ingest_instance_claims_object BEFORE INSERT ON ingest_instance
  FOR EACH ROW EXECUTE FUNCTION claim_object_key();
CREATE TRIGGER ingest_quarantine_claims_object BEFORE INSERT ON ingest_quarantine
  FOR EACH ROW EXECUTE FUNCTION claim_object_key();
CREATE TRIGGER report_version_claims_object BEFORE INSERT ON report_version
  FOR EACH ROW EXECUTE FUNCTION claim_pdf_key();
