-- What has changed of a read, for the lists that show it: written by the transaction that changes it, whichever that is, and taken away
-- after a day. Two transactions may commit in another order than they began: an event is told when no older transaction can add any.
CREATE TABLE worklist_event (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  id bigint GENERATED ALWAYS AS IDENTITY,
  read_id uuid NOT NULL,
  organisation text NOT NULL,
  kind text NOT NULL,
  -- the read: opened, assigned, claimed, released, done, returned, cancelled, changed; what it shows: report, exam
  change text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (xid, id)
);
CREATE INDEX worklist_event_at ON worklist_event (at);

CREATE FUNCTION tell_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO worklist_event (read_id, organisation, kind, change) VALUES (NEW.id, NEW.organisation, NEW.kind,
    CASE WHEN TG_OP = 'INSERT' THEN 'opened' WHEN OLD.state = NEW.state THEN 'changed' WHEN NEW.state = 'open' THEN 'released'
      ELSE NEW.state END);
  RETURN NULL;
END $$;
CREATE TRIGGER read_opened_is_told AFTER INSERT ON read FOR EACH ROW EXECUTE FUNCTION tell_read();
CREATE TRIGGER read_changed_is_told AFTER UPDATE ON read FOR EACH ROW
  WHEN ((OLD.state, OLD.priority, OLD.item, OLD.clinical_information, OLD.assignee_id, OLD.claimed_by, OLD.due_at, OLD.exam_id)
    IS DISTINCT FROM
    (NEW.state, NEW.priority, NEW.item, NEW.clinical_information, NEW.assignee_id, NEW.claimed_by, NEW.due_at, NEW.exam_id))
  EXECUTE FUNCTION tell_read();

CREATE FUNCTION tell_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO worklist_event (read_id, organisation, kind, change)
    SELECT id, organisation, kind, 'report' FROM read WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER reading_begun_is_told AFTER INSERT ON reading FOR EACH ROW EXECUTE FUNCTION tell_reading();
CREATE TRIGGER reading_moved_is_told AFTER UPDATE ON reading FOR EACH ROW
  WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION tell_reading();

-- Until an examination settles it has no read, and there is nothing to tell.
CREATE FUNCTION tell_exam() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO worklist_event (read_id, organisation, kind, change)
    SELECT id, organisation, kind, 'exam' FROM read WHERE exam_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER exam_changed_is_told AFTER UPDATE ON exam FOR EACH ROW
  WHEN ((OLD.state, OLD.instances, OLD.expected_instances, OLD.missing_instances, OLD.interrupted, OLD.patient_id) IS DISTINCT FROM
    (NEW.state, NEW.instances, NEW.expected_instances, NEW.missing_instances, NEW.interrupted, NEW.patient_id))
  EXECUTE FUNCTION tell_exam();

-- What waits for a decision stands in the line of the case.
CREATE FUNCTION tell_identity_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO worklist_event (read_id, organisation, kind, change)
    SELECT id, organisation, kind, 'exam' FROM read WHERE exam_id = NEW.exam_id;
  RETURN NULL;
END $$;
CREATE TRIGGER identity_doubt_is_told AFTER INSERT OR UPDATE ON identity_doubt FOR EACH ROW EXECUTE FUNCTION tell_identity_doubt();
CREATE FUNCTION tell_instance_beside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO worklist_event (read_id, organisation, kind, change)
    SELECT r.id, r.organisation, r.kind, 'exam' FROM read r JOIN exam e ON e.id = r.exam_id
    WHERE e.organisation = NEW.organisation AND e.study_instance_uid = NEW.study_instance_uid;
  RETURN NULL;
END $$;
CREATE TRIGGER instance_beside_is_told AFTER INSERT OR UPDATE ON instance_beside FOR EACH ROW EXECUTE FUNCTION tell_instance_beside();
