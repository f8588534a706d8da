-- How examinations are hung when they are opened (挂片规则): a person's own rules before the network's, each by position; the first that fits
-- counts.

CREATE TABLE hanging_rule (
  id uuid PRIMARY KEY,
  -- null: the network's
  owner_id uuid REFERENCES account,
  position int NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  name text NOT NULL,
  -- {"modalities": [], "words": [], "laterality": "", "views": [], "series": 0, "images": 0}; what is left out fits everything
  condition jsonb NOT NULL,
  -- [{"rows": 1, "columns": 2, "cells": [...], "together": false, "lines": false, "backToBack": false}]
  steps jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  -- null: came with the product
  saved_by uuid REFERENCES account,
  saved_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX hanging_rule_of ON hanging_rule (owner_id, position);

-- The rules that come with the product, the same ids everywhere.
CREATE TEMPORARY SEQUENCE shipped;
CREATE FUNCTION pg_temp.ship(name text, condition jsonb, steps jsonb) RETURNS void LANGUAGE sql AS $$
  WITH next AS (SELECT nextval('pg_temp.shipped') AS at)
  INSERT INTO hanging_rule (id, position, name, condition, steps)
  SELECT ('00000000-0000-7000-8001-' || lpad(to_hex(at), 12, '0'))::uuid, at, $1, $2, $3 FROM next
$$;

SELECT pg_temp.ship('乳腺 CC 和 MLO', '{"modalities": ["MG"], "images": 2}', '[
  {"rows": 2, "columns": 2, "backToBack": true, "cells": [
    {"views": ["CC"], "laterality": "R", "name": "R-CC"}, {"views": ["CC"], "laterality": "L", "name": "L-CC"},
    {"views": ["MLO"], "laterality": "R", "name": "R-MLO"}, {"views": ["MLO"], "laterality": "L", "name": "L-MLO"}]},
  {"rows": 1, "columns": 2, "backToBack": true, "cells": [
    {"views": ["MLO"], "laterality": "R", "name": "R-MLO"}, {"views": ["MLO"], "laterality": "L", "name": "L-MLO"}]},
  {"rows": 1, "columns": 2, "backToBack": true, "cells": [
    {"views": ["CC"], "laterality": "R", "name": "R-CC"}, {"views": ["CC"], "laterality": "L", "name": "L-CC"}]}]');
SELECT pg_temp.ship('乳腺 四幅', '{"modalities": ["MG"], "images": 4}', '[{"rows": 2, "columns": 2}]');
SELECT pg_temp.ship('乳腺 两幅', '{"modalities": ["MG"], "images": 2}', '[{"rows": 1, "columns": 2}]');

SELECT pg_temp.ship('胸片 正侧位', '{"modalities": ["CR", "DX"], "words": ["CHEST", "THORAX", "胸"], "images": 2}', '[
  {"rows": 1, "columns": 2, "cells": [
    {"views": ["PA", "AP"], "words": ["PA", "AP", "正位", "后前位", "前后位"]},
    {"views": ["LL", "RL", "LATERAL"], "words": ["LAT", "侧位"]}]}]');
SELECT pg_temp.ship('四肢关节 左右对照', '{"modalities": ["CR", "DX"], "images": 4, "words": ["EXTREMITY", "ARM", "HAND", "WRIST", "ELBOW",
  "SHOULDER", "HIP", "KNEE", "ANKLE", "FOOT", "LEG", "FEMUR", "手", "腕", "肘", "肩", "髋", "膝", "踝", "足", "股骨", "胫", "腓", "桡",
  "尺骨", "肱骨", "四肢", "下肢", "上肢"]}', '[
  {"rows": 2, "columns": 2, "cells": [
    {"views": ["PA", "AP"], "words": ["AP", "正位"], "laterality": "R"}, {"views": ["PA", "AP"], "words": ["AP", "正位"], "laterality": "L"},
    {"views": ["LL", "RL", "LATERAL"], "words": ["LAT", "侧位"], "laterality": "R"},
    {"views": ["LL", "RL", "LATERAL"], "words": ["LAT", "侧位"], "laterality": "L"}]}]');
SELECT pg_temp.ship('平片 正侧位', '{"modalities": ["CR", "DX"], "images": 2}', '[
  {"rows": 1, "columns": 2, "cells": [
    {"views": ["PA", "AP"], "words": ["AP", "PA", "正位"]}, {"views": ["LL", "RL", "LATERAL"], "words": ["LAT", "侧位"]}]}]');

SELECT pg_temp.ship('头颅CT 脑窗和骨窗', '{"modalities": ["CT"], "words": ["HEAD", "BRAIN", "SKULL", "头", "颅", "脑"], "series": 2}', '[
  {"rows": 1, "columns": 2, "together": true, "cells": [
    {"words": ["BRAIN", "SOFT", "脑", "软组织", "STANDARD"], "plane": "axial", "window": "brain"},
    {"words": ["BONE", "骨"], "window": "bone"}]}]');
SELECT pg_temp.ship('胸部CT 肺窗和纵隔窗', '{"modalities": ["CT"], "words": ["CHEST", "THORAX", "LUNG", "胸", "肺"], "series": 2}', '[
  {"rows": 1, "columns": 2, "together": true, "cells": [
    {"words": ["LUNG", "肺"], "plane": "axial", "window": "lung"},
    {"words": ["MEDIAST", "SOFT", "纵隔", "软组织", "STANDARD"], "plane": "axial", "window": "mediastinum"}]}]');
SELECT pg_temp.ship('腹部CT 多期', '{"modalities": ["CT"], "words": ["ABDOMEN", "ABDOMINAL", "LIVER", "腹", "肝"], "series": 4}', '[
  {"rows": 2, "columns": 2, "together": true, "cells": [
    {"words": ["PLAIN", "NON", "平扫"], "plane": "axial", "window": "abdomen"}, {"words": ["ARTER", "动脉"], "plane": "axial", "window": "abdomen"},
    {"words": ["VEN", "PORTAL", "静脉", "门脉"], "plane": "axial", "window": "abdomen"},
    {"words": ["DELAY", "延迟"], "plane": "axial", "window": "abdomen"}]}]');
SELECT pg_temp.ship('腹部CT 两期', '{"modalities": ["CT"], "words": ["ABDOMEN", "ABDOMINAL", "LIVER", "腹", "肝"], "series": 2}', '[
  {"rows": 1, "columns": 2, "together": true, "cells": [
    {"words": ["PLAIN", "NON", "平扫"], "plane": "axial", "window": "abdomen"}, {"plane": "axial", "window": "abdomen"}]}]');

SELECT pg_temp.ship('头颅MR', '{"modalities": ["MR"], "words": ["HEAD", "BRAIN", "头", "颅", "脑"], "series": 4}', '[
  {"rows": 2, "columns": 2, "lines": true, "cells": [
    {"words": ["T2"], "plane": "axial"}, {"words": ["FLAIR"], "plane": "axial"}, {"words": ["DWI", "DIFF", "弥散"], "plane": "axial"},
    {"words": ["T1"]}]}]');
SELECT pg_temp.ship('MR 四个序列', '{"modalities": ["MR"], "series": 4}', '[{"rows": 2, "columns": 2}]');
SELECT pg_temp.ship('MR 两个序列', '{"modalities": ["MR"], "series": 2}', '[{"rows": 1, "columns": 2}]');
SELECT pg_temp.ship('超声', '{"modalities": ["US"]}', '[{"rows": 1, "columns": 1}]');
SELECT pg_temp.ship('其他检查', '{}', '[{"rows": 1, "columns": 1}]');
