-- Every ECG format that formats/ecg reads is kept as it came, under the name of its source.
ALTER TABLE ingest_instance DROP CONSTRAINT ingest_instance_format_check;
ALTER TABLE ingest_instance ADD CONSTRAINT ingest_instance_format_check
  CHECK (format IN ('dicom', 'aecg', 'scp', 'muse', 'philips', 'mfer', 'ishne', 'edf', 'wfdb', 'csv', 'pdf'));
