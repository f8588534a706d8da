-- Critical values (危急值) that a versioned rule set proposes, and what a doctor decided about each.
CREATE TABLE critical_proposal (
  id uuid PRIMARY KEY,
  exam_id uuid REFERENCES exam ON DELETE SET NULL,
  rule_set text NOT NULL,
  code text NOT NULL,
  rule text NOT NULL,
  -- a number in the rule's unit, or the device's words
  value text NOT NULL,
  threshold text NOT NULL,
  basis text NOT NULL,
  -- where to look: [{fromSeconds, toSeconds, text}]
  evidence jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('proposed', 'accepted', 'dismissed')),
  version int NOT NULL DEFAULT 1,
  proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  decided_by uuid REFERENCES account,
  decided_at timestamptz,
  reason text CHECK (reason IN ('artefact', 'measured-wrongly', 'known-before', 'other')),
  note text,
  UNIQUE (exam_id, rule_set, code),
  CHECK ((state = 'proposed') = (decided_by IS NULL)),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
  CHECK ((state = 'dismissed') = (reason IS NOT NULL))
);

-- The one rule set that ECGs of this network are held against.
CREATE TABLE critical_ecg_rules (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  rule_set text NOT NULL
);
INSERT INTO critical_ecg_rules (rule_set) VALUES ('zhejiang-1');
