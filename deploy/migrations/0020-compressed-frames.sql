-- Frames compressed without loss beside the stored ones, for poor lines: made behind everything else, given to who prefers them.

CREATE TABLE compressed_frames (
  instance_id uuid PRIMARY KEY REFERENCES instance ON DELETE CASCADE,
  -- looked at from then on; who takes it on puts it off, so that what was interrupted comes again
  due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  made_at timestamptz,
  -- null when made: it would not be smaller, or cannot be compressed
  object_key text UNIQUE,
  transfer_syntax_uid text,
  size_bytes bigint,
  -- where each frame ends in the object
  frame_ends bigint[],
  CHECK (object_key IS NULL OR (made_at IS NOT NULL AND transfer_syntax_uid IS NOT NULL AND size_bytes IS NOT NULL
    AND frame_ends IS NOT NULL))
);
CREATE INDEX compressed_frames_due ON compressed_frames (due_at) WHERE made_at IS NULL;
