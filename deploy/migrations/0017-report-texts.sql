-- Report templates (模板) and phrases (短语), by what is examined. Each change is a new version; a draft names those it was made of.

CREATE TABLE report_subject (
  code text PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('imaging', 'ecg')),
  item text UNIQUE REFERENCES exam_item,
  modalities text[] NOT NULL,
  -- of an item's name or a study's description, in capitals; none: every examination of these modalities
  words text[] NOT NULL
);

CREATE TABLE report_text (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('template', 'phrase')),
  read_kind text NOT NULL CHECK (read_kind IN ('imaging', 'ecg')),
  -- null: for everything of that kind
  subject text REFERENCES report_subject,
  -- null: the network's
  owner_id uuid REFERENCES account,
  version int NOT NULL DEFAULT 1,
  removed_at timestamptz
);
CREATE INDEX report_text_shown ON report_text (read_kind, owner_id) WHERE removed_at IS NULL;

CREATE TABLE report_text_version (
  text_id uuid NOT NULL REFERENCES report_text,
  version int NOT NULL,
  name text NOT NULL,
  -- of a phrase: its words
  findings text NOT NULL,
  impression text NOT NULL,
  -- null: came with the product
  saved_by uuid REFERENCES account,
  saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (text_id, version)
);
CREATE TRIGGER report_text_version_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON report_text_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO report_subject (code, name, kind, item, modalities, words) VALUES
  ('CT-CHEST', '胸部CT', 'imaging', 'CT-CHEST', '{CT}', '{CHEST,THORAX,LUNG,胸部,肺}'),
  ('CT-HEAD', '头颅CT', 'imaging', 'CT-HEAD', '{CT}', '{HEAD,BRAIN,SKULL,头,颅,脑}'),
  ('CT-ABDOMEN', '腹部CT', 'imaging', NULL, '{CT}', '{ABDOMEN,ABDOMINAL,腹,肝}'),
  ('CT-SPINE', '腰椎CT', 'imaging', NULL, '{CT}', '{SPINE,LUMBAR,腰椎,椎间盘}'),
  ('DR-CHEST', '胸部DR', 'imaging', 'DR-CHEST', '{DX,CR}', '{CHEST,THORAX,胸部,胸片,胸}'),
  ('DR-SPINE', '脊柱DR', 'imaging', NULL, '{DX,CR}', '{SPINE,LUMBAR,CERVICAL,THORACIC SPINE,颈椎,胸椎,腰椎,脊柱,骶尾}'),
  ('DR-LIMB', '四肢关节DR', 'imaging', NULL, '{DX,CR}',
    '{EXTREMITY,HAND,WRIST,ELBOW,SHOULDER,HIP,PELVIS,KNEE,ANKLE,FOOT,FEMUR,手,腕,肘,肩,髋,骨盆,膝,踝,足,股骨,胫,腓,桡,尺骨,肱骨,四肢}'),
  ('MG-BREAST', '乳腺钼靶', 'imaging', NULL, '{MG}', '{}'),
  ('US-ABDOMEN', '腹部超声', 'imaging', 'US-ABDOMEN', '{US}', '{ABDOMEN,ABDOMINAL,腹,肝,胆,肾}'),
  ('US-THYROID', '甲状腺超声', 'imaging', NULL, '{US}', '{THYROID,甲状腺}'),
  ('MR-HEAD', '头颅MR', 'imaging', 'MR-HEAD', '{MR}', '{HEAD,BRAIN,头,颅,脑}'),
  ('ECG-12', '心电图', 'ecg', 'ECG-12', '{ECG}', '{}');
