-- The first picture of an examination: what a viewer needs to lay out its images, in one object, and a small picture of each series.

CREATE TABLE study_manifest (
  exam_id uuid PRIMARY KEY REFERENCES exam ON DELETE CASCADE,
  object_key text NOT NULL UNIQUE,
  size_bytes int NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE series_preview (
  series_id uuid PRIMARY KEY REFERENCES series ON DELETE CASCADE,
  -- what it shows
  sop_instance_uid text NOT NULL,
  frame int NOT NULL,
  object_key text NOT NULL UNIQUE,
  size_bytes int NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Whatever changes what an examination holds takes both away in the same transaction; once for each statement, not for each row.
CREATE FUNCTION forget_first_picture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM study_manifest WHERE exam_id IN (SELECT exam_id FROM changed);
  DELETE FROM series_preview WHERE series_id IN (SELECT series_id FROM changed);
  RETURN NULL;
END $$;
-- An instance that leaves without another coming changes its examination too: what is being prepared from before must not be kept.
CREATE FUNCTION instance_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE exam SET version = version + 1 WHERE id IN (SELECT exam_id FROM changed);
  RETURN NULL;
END $$;
CREATE TRIGGER instance_went_changes_exam AFTER DELETE ON instance
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION instance_went();
CREATE TRIGGER instance_came_forgets_picture AFTER INSERT ON instance
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_first_picture();
CREATE TRIGGER instance_went_forgets_picture AFTER DELETE ON instance
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_first_picture();
CREATE TRIGGER instance_was_forgets_picture AFTER UPDATE ON instance
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_first_picture();
CREATE TRIGGER instance_is_forgets_picture AFTER UPDATE ON instance
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION forget_first_picture();
