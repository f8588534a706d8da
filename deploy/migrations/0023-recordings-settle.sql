-- An ECG is one recording, whole when it is here: it is not waited for as a series of images is (0.4 s of 20), and a late one reopens.
ALTER TABLE settling_rule DROP CONSTRAINT settling_rule_situation_check;
ALTER TABLE settling_rule ADD CONSTRAINT settling_rule_situation_check
  CHECK (situation IN ('complete', 'unannounced', 'interrupted', 'incomplete', 'recording'));
INSERT INTO settling_rule (situation, quiet_times) VALUES ('recording', 0.02);
