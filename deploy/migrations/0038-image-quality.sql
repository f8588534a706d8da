-- What a doctor said of an examination's images (影像质控), and which examination was made again after it was returned.
CREATE TABLE image_quality (
  id uuid PRIMARY KEY,
  read_id uuid NOT NULL REFERENCES read,
  -- 甲, 乙, 丙, or back to the township
  verdict text NOT NULL CHECK (verdict IN ('A', 'B', 'C', 'returned')),
  reasons text[] NOT NULL,
  note text,
  given_by uuid NOT NULL REFERENCES account,
  given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- 甲级 has no fault, everything else names at least one
  CHECK ((verdict = 'A') = (cardinality(reasons) = 0))
);
CREATE INDEX image_quality_read ON image_quality (read_id, given_at DESC, id DESC);
CREATE TRIGGER image_quality_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON image_quality
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO image_quality (id, read_id, verdict, reasons, note, given_by, given_at)
  SELECT gen_random_uuid(), id, 'returned', ARRAY[return_reason], return_note, claimed_by, coalesce(closed_at, created_at)
  FROM read WHERE state = 'returned' AND return_reason IS NOT NULL AND claimed_by IS NOT NULL;

-- The read that this one's images stand in for; at most one read is made again from another.
ALTER TABLE read ADD COLUMN retake_of uuid REFERENCES read;
CREATE UNIQUE INDEX read_retake ON read (retake_of) WHERE retake_of IS NOT NULL;
CREATE INDEX read_returned ON read (organisation, closed_at) WHERE state = 'returned';
-- Figures ask by month.
CREATE INDEX read_created ON read (created_at);

-- A returned examination is to be made again under a study UID of its own: the request is not bound to its first one any more.
ALTER TABLE exam_request ALTER COLUMN study_instance_uid DROP EXPRESSION;
