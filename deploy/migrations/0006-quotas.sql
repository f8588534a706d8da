-- How much an organisation may keep, and how much it keeps. No row, or null: as much as there is room for.

CREATE TABLE organisation_quota (
  organisation text PRIMARY KEY REFERENCES organisation,
  max_bytes bigint CHECK (max_bytes >= 0),
  max_instances bigint CHECK (max_instances >= 0)
);

-- Running totals in parts, so that many writers do not wait for one row; the sum of an organisation's parts is its use. Every stored
-- instance counts, also those kept beside another.
CREATE TABLE organisation_use (
  organisation text NOT NULL REFERENCES organisation,
  part int NOT NULL,
  bytes bigint NOT NULL,
  instances bigint NOT NULL,
  PRIMARY KEY (organisation, part)
) WITH (fillfactor = 50);

INSERT INTO organisation_use (organisation, part, bytes, instances)
SELECT organisation, 0, sum(size_bytes), count(*) FROM ingest_instance GROUP BY organisation;

CREATE FUNCTION count_organisation_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO organisation_use AS u (organisation, part, bytes, instances)
  SELECT organisation, pg_backend_pid() % 32, sum(size_bytes), count(*) FROM came GROUP BY organisation ORDER BY organisation
  ON CONFLICT (organisation, part) DO UPDATE SET bytes = u.bytes + EXCLUDED.bytes, instances = u.instances + EXCLUDED.instances;
  RETURN NULL;
END $$;
CREATE TRIGGER ingest_instance_counts AFTER INSERT ON ingest_instance REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION count_organisation_use();
