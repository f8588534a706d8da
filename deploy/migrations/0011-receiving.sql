-- Receiving writes less: what a re-encoding leaves alone is compared when a second instance of one UID comes, not digested for each.

ALTER TABLE ingest_instance DROP COLUMN header_digest;

-- Rows of one statement claim their objects and are counted together, not one by one.
DROP TRIGGER ingest_instance_claims_object ON ingest_instance;
CREATE OR REPLACE FUNCTION count_organisation_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM claim_object(c.object_key) FROM condemned_object c WHERE c.object_key IN (SELECT object_key FROM came);
  INSERT INTO organisation_use AS u (organisation, part, bytes, instances)
  SELECT organisation, pg_backend_pid() % 32, sum(size_bytes), count(*) FROM came GROUP BY organisation ORDER BY organisation
  ON CONFLICT (organisation, part) DO UPDATE SET bytes = u.bytes + EXCLUDED.bytes, instances = u.instances + EXCLUDED.instances;
  RETURN NULL;
END $$;
