-- What was finished today, for the foot of the worklist.
CREATE INDEX read_closed ON read (closed_at) WHERE state = 'done';
CREATE INDEX read_due ON read (due_at) WHERE state IN ('open', 'assigned', 'claimed');
