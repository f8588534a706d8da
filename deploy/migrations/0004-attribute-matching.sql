-- Attribute matching (PS3.4 C.2.2.2): what queries match and answer by, taken out of the stored headers and indexed.

-- All runs of one, two and three characters of each text, with ^ before its beginning: what a GIN index finds substrings by. Runs of
-- one are kept of non-ASCII characters only; a single Latin letter selects nothing.
CREATE FUNCTION text_grams(texts text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
    SELECT substr('^' || t, at, size) AS gram
    FROM unnest(texts) AS t, generate_series(1, 3) AS size, generate_series(1, length(t) + 2 - size) AS at
  ) AS grams WHERE length(gram) > 1 OR octet_length(gram) > 1
$$;

ALTER TABLE patient
  -- spellings of the name as normalised for comparison; those derived from them (pinyin, initials) begin with ~
  ADD COLUMN names text[] NOT NULL DEFAULT '{}',
  -- patient level attributes as DICOM JSON, as the first header gave them
  ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}';

ALTER TABLE exam
  -- DA and TM of the study as one text that sorts and compares: 20260105093000.25, 20260105 without a time, empty when unknown
  ADD COLUMN study_date_time text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN study_id text COLLATE "C",
  ADD COLUMN study_description text COLLATE "C",
  ADD COLUMN referring_names text[] NOT NULL DEFAULT '{}',
  -- patient and study level attributes as DICOM JSON
  ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
  -- over the served DICOM instances, whether they count for completeness or not
  ADD COLUMN holds_dicom boolean NOT NULL DEFAULT false,
  ADD COLUMN dicom_series int NOT NULL DEFAULT 0,
  ADD COLUMN dicom_instances int NOT NULL DEFAULT 0,
  ADD COLUMN modalities text[] NOT NULL DEFAULT '{}',
  ADD COLUMN sop_classes text[] NOT NULL DEFAULT '{}';

ALTER TABLE series
  ADD COLUMN body_part text COLLATE "C",
  ADD COLUMN performed_date_time text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN scheduled_step_ids text[] NOT NULL DEFAULT '{}',
  ADD COLUMN requested_procedure_ids text[] NOT NULL DEFAULT '{}',
  ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN dicom_instances int NOT NULL DEFAULT 0;

ALTER TABLE instance ADD COLUMN bits_allocated int;

-- Back-fill from the stored headers: the first instance of each examination and series speaks for it, as it does on arrival.
CREATE FUNCTION pg_temp.kept(attributes jsonb, tags text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(attributes)
  WHERE key = ANY(tags) AND value ? 'Value'
$$;
CREATE FUNCTION pg_temp.moment(attributes jsonb, day text, time_of_day text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN d ~ '^\d{8}$' THEN d || CASE WHEN t ~ '^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$' THEN rpad(split_part(t, '.', 1), 6, '0') || coalesce(nullif('.' || rtrim(split_part(t, '.', 2), '0'), '.'), '') ELSE '' END ELSE '' END
  FROM (SELECT replace(coalesce(attributes->day->'Value'->>0, ''), '.', '') AS d,
               replace(coalesce(attributes->time_of_day->'Value'->>0, ''), ':', '') AS t) AS parts
$$;
CREATE FUNCTION pg_temp.item_values(attributes jsonb, tag text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(DISTINCT item->tag->'Value'->>0) FILTER (WHERE item->tag->'Value'->>0 IS NOT NULL), '{}')
  FROM jsonb_array_elements(coalesce(attributes->'00400275'->'Value', '[]')) AS item
$$;
CREATE FUNCTION pg_temp.spellings(attributes jsonb, tag text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(DISTINCT spelling), '{}') FROM (
    SELECT lower(btrim(regexp_replace(part.value, '[\^ ]+', joint, 'g'))) AS spelling
    FROM jsonb_array_elements(coalesce(attributes->tag->'Value', '[]')) AS name, jsonb_each_text(CASE jsonb_typeof(name) WHEN 'object' THEN name ELSE '{}' END) AS part,
      unnest(ARRAY[' ', '']) AS joint
  ) AS spelled WHERE spelling <> ''
$$;

UPDATE instance i SET bits_allocated = (x.attributes->'00280100'->'Value'->>0)::int
FROM ingest_instance x WHERE x.id = i.id AND x.attributes->'00280100'->'Value'->>0 ~ '^\d{1,5}$';

UPDATE series s SET
  body_part = h.attributes->'00180015'->'Value'->>0,
  performed_date_time = pg_temp.moment(h.attributes, '00400244', '00400245'),
  scheduled_step_ids = pg_temp.item_values(h.attributes, '00400009'),
  requested_procedure_ids = pg_temp.item_values(h.attributes, '00401001'),
  attributes = pg_temp.kept(h.attributes, '{0020000E,00080060,00200011,0008103E,0008103F,00080021,00080031,00180015,00200060,00181030,00185100,00081050,00081070,00400253,00400244,00400245,00400250,00400251,00400254,00400260,00400275,00081111,00080070,00080080,00080081,00081040,00081010,00081090,00181000,00181020,00200052,00201040}'),
  dicom_instances = h.instances
FROM (SELECT DISTINCT ON (i.series_id) i.series_id, x.attributes, count(*) OVER (PARTITION BY i.series_id) AS instances
      FROM instance i JOIN ingest_instance x ON x.id = i.id AND x.format = 'dicom' ORDER BY i.series_id, x.received_at, x.id) AS h
WHERE h.series_id = s.id;

UPDATE exam e SET
  study_date_time = pg_temp.moment(h.attributes, '00080020', '00080030'),
  study_id = h.attributes->'00200010'->'Value'->>0,
  study_description = h.attributes->'00081030'->'Value'->>0,
  referring_names = pg_temp.spellings(h.attributes, '00080090'),
  attributes = pg_temp.kept(h.attributes, '{0020000D,00080020,00080030,00080050,00080051,00200010,00081030,00080090,00080096,00081048,00081060,0008009C,00321033,00081110,00081032,00081080,00081084,00101010,00101020,00101030,00102180,001021B0,00102000,00102110,001021C0,001021A0,00380010,00321032,00080201}'),
  holds_dicom = true,
  dicom_instances = h.instances,
  dicom_series = (SELECT count(*) FROM series s WHERE s.exam_id = e.id AND s.dicom_instances > 0),
  modalities = (SELECT coalesce(array_agg(DISTINCT s.modality ORDER BY s.modality) FILTER (WHERE s.modality IS NOT NULL), '{}') FROM series s
                WHERE s.exam_id = e.id AND s.dicom_instances > 0),
  sop_classes = (SELECT array_agg(DISTINCT i.sop_class_uid ORDER BY i.sop_class_uid) FROM instance i JOIN ingest_instance x ON x.id = i.id
                 WHERE i.exam_id = e.id AND x.format = 'dicom')
FROM (SELECT DISTINCT ON (i.exam_id) i.exam_id, x.attributes, count(*) OVER (PARTITION BY i.exam_id) AS instances
      FROM instance i JOIN ingest_instance x ON x.id = i.id AND x.format = 'dicom' ORDER BY i.exam_id, x.received_at, x.id) AS h
WHERE h.exam_id = e.id;

UPDATE patient p SET
  names = (SELECT coalesce(array_agg(DISTINCT name), '{}') FROM (
             SELECT unnest(pg_temp.spellings(h.attributes, '00100010')) AS name
             UNION SELECT unnest(pg_temp.spellings(h.attributes, '00101001'))
             UNION SELECT lower(p.name) WHERE p.name <> ''
             UNION SELECT '~' || line FROM unnest(string_to_array(p.name_search, E'\n')) AS line WHERE line <> '') AS names),
  attributes = pg_temp.kept(coalesce(h.attributes, '{}'), '{00100010,00100020,00100021,00100024,00100022,00100030,00100032,00100040,00101000,00101001,00101002,00102160,00104000,00102201,00120062,00081120,00101005,00101060}')
FROM patient q LEFT JOIN LATERAL (
  SELECT x.attributes FROM exam e JOIN instance i ON i.exam_id = e.id JOIN ingest_instance x ON x.id = i.id AND x.format = 'dicom'
  WHERE e.patient_id = q.id ORDER BY x.received_at, x.id LIMIT 1) AS h ON true
WHERE q.id = p.id;

CREATE INDEX patient_number ON patient (number text_pattern_ops);
CREATE INDEX patient_birth_date ON patient (birth_date);
CREATE INDEX patient_names ON patient USING gin (text_grams(names));

-- Answers come newest examination first; the same order is the page key and serves ranges of dates.
CREATE INDEX exam_study_date_time ON exam (study_date_time DESC, id DESC) WHERE holds_dicom;
CREATE INDEX exam_organisation_study_date_time ON exam (organisation, study_date_time DESC, id DESC) WHERE holds_dicom;
CREATE INDEX exam_study ON exam (study_instance_uid);
CREATE INDEX exam_accession_number ON exam (accession_number text_pattern_ops);
CREATE INDEX exam_study_id ON exam (study_id);
CREATE INDEX exam_study_description ON exam USING gin (text_grams(ARRAY[study_description]));
CREATE INDEX exam_referring_names ON exam USING gin (text_grams(referring_names));
CREATE INDEX exam_modalities ON exam USING gin (modalities);
CREATE INDEX series_uid ON series (series_instance_uid);
CREATE INDEX series_modality ON series (modality);
CREATE INDEX series_body_part ON series (body_part);
CREATE INDEX series_performed ON series (performed_date_time);
CREATE INDEX series_description ON series USING gin (text_grams(ARRAY[description]));
CREATE INDEX series_scheduled_steps ON series USING gin (scheduled_step_ids);
CREATE INDEX series_requested_procedures ON series USING gin (requested_procedure_ids);
CREATE INDEX instance_uid ON instance (sop_instance_uid);
CREATE INDEX instance_sop_class ON instance (sop_class_uid);
