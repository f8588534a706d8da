-- A day's ECG is no standard one, and neither stands for the other.
INSERT INTO exam_item (code, name, kind, modalities, body_part, recognition_days, price) VALUES
  ('ECG-24H', '动态心电图', 'ecg', '{ECG}', 'AMBULATORY', 1, NULL)
ON CONFLICT (code) DO NOTHING;
