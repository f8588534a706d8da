-- ECG statements (心电图术语) by group: each is a phrase, and lies in the group under which a cardiologist looks for it. The groups follow
-- AHA/ACC/HRS 2007, part II (Circulation 115:1325), table 2; the words are those of Chinese reports.

ALTER TABLE report_text ADD COLUMN text_group text;

-- Their ids are the same everywhere and lie behind those of migration 0018.
CREATE TEMPORARY SEQUENCE shipped_statement START 4096;
CREATE FUNCTION pg_temp.ship_statement(text_group text, name text, words text) RETURNS void LANGUAGE sql AS $$
  WITH made AS (
    INSERT INTO report_text (id, kind, read_kind, subject, text_group) VALUES (
      ('00000000-0000-7000-8000-' || lpad(to_hex(nextval('pg_temp.shipped_statement')), 12, '0'))::uuid, 'phrase', 'ecg', 'ECG-12', $1)
    RETURNING id
  )
  INSERT INTO report_text_version (text_id, version, name, findings, impression) SELECT id, 1, $2, $3, '' FROM made
$$;

-- 窦性心律
SELECT pg_temp.ship_statement('窦性心律', '窦性心律', '窦性心律。');
SELECT pg_temp.ship_statement('窦性心律', '窦性心动过速', '窦性心动过速。');
SELECT pg_temp.ship_statement('窦性心律', '窦性心动过缓', '窦性心动过缓。');
SELECT pg_temp.ship_statement('窦性心律', '窦性心律不齐', '窦性心律不齐。');
SELECT pg_temp.ship_statement('窦性心律', '窦性停搏', '窦性停搏。');
SELECT pg_temp.ship_statement('窦性心律', '窦房传导阻滞', '窦房传导阻滞[，二度Ⅰ型|，二度Ⅱ型]。');
SELECT pg_temp.ship_statement('窦性心律', '游走心律（窦房结至心房）', '游走心律（窦房结至心房）。');
SELECT pg_temp.ship_statement('窦性心律', '病态窦房结综合征可能', '病态窦房结综合征可能。');
-- 房性心律失常
SELECT pg_temp.ship_statement('房性心律失常', '房性早搏', '房性早搏。');
SELECT pg_temp.ship_statement('房性心律失常', '频发房性早搏', '频发房性早搏。');
SELECT pg_temp.ship_statement('房性心律失常', '房性早搏未下传', '房性早搏未下传。');
SELECT pg_temp.ship_statement('房性心律失常', '房性早搏伴室内差异传导', '房性早搏伴室内差异传导。');
SELECT pg_temp.ship_statement('房性心律失常', '成对房性早搏', '成对房性早搏。');
SELECT pg_temp.ship_statement('房性心律失常', '短阵房性心动过速', '短阵房性心动过速。');
SELECT pg_temp.ship_statement('房性心律失常', '房性心动过速', '房性心动过速。');
SELECT pg_temp.ship_statement('房性心律失常', '多源性房性心动过速', '多源性房性心动过速。');
SELECT pg_temp.ship_statement('房性心律失常', '心房颤动', '心房颤动。');
SELECT pg_temp.ship_statement('房性心律失常', '心房颤动伴快速心室率', '心房颤动伴快速心室率。');
SELECT pg_temp.ship_statement('房性心律失常', '心房颤动伴缓慢心室率', '心房颤动伴缓慢心室率。');
SELECT pg_temp.ship_statement('房性心律失常', '心房扑动', '心房扑动，[2:1|3:1|4:1|不等比]下传。');
SELECT pg_temp.ship_statement('房性心律失常', '房性逸搏心律', '房性逸搏心律。');
-- 交界性心律失常
SELECT pg_temp.ship_statement('交界性心律失常', '交界性早搏', '交界性早搏。');
SELECT pg_temp.ship_statement('交界性心律失常', '交界性逸搏', '交界性逸搏。');
SELECT pg_temp.ship_statement('交界性心律失常', '交界性逸搏心律', '交界性逸搏心律。');
SELECT pg_temp.ship_statement('交界性心律失常', '加速性交界性自主心律', '加速性交界性自主心律。');
SELECT pg_temp.ship_statement('交界性心律失常', '阵发性室上性心动过速', '阵发性室上性心动过速。');
SELECT pg_temp.ship_statement('交界性心律失常', '房室结折返性心动过速可能', '房室结折返性心动过速可能。');
SELECT pg_temp.ship_statement('交界性心律失常', '房室折返性心动过速可能', '房室折返性心动过速可能。');
-- 室性心律失常
SELECT pg_temp.ship_statement('室性心律失常', '室性早搏', '室性早搏。');
SELECT pg_temp.ship_statement('室性心律失常', '频发室性早搏', '频发室性早搏。');
SELECT pg_temp.ship_statement('室性心律失常', '多源性室性早搏', '多源性室性早搏。');
SELECT pg_temp.ship_statement('室性心律失常', '室性早搏二联律', '室性早搏二联律。');
SELECT pg_temp.ship_statement('室性心律失常', '室性早搏三联律', '室性早搏三联律。');
SELECT pg_temp.ship_statement('室性心律失常', '成对室性早搏', '成对室性早搏。');
SELECT pg_temp.ship_statement('室性心律失常', 'R-on-T型室性早搏', 'R-on-T型室性早搏。');
SELECT pg_temp.ship_statement('室性心律失常', '插入性室性早搏', '插入性室性早搏。');
SELECT pg_temp.ship_statement('室性心律失常', '短阵室性心动过速', '短阵室性心动过速。');
SELECT pg_temp.ship_statement('室性心律失常', '持续性室性心动过速', '持续性室性心动过速。');
SELECT pg_temp.ship_statement('室性心律失常', '多形性室性心动过速', '多形性室性心动过速。');
SELECT pg_temp.ship_statement('室性心律失常', '尖端扭转型室性心动过速', '尖端扭转型室性心动过速。');
SELECT pg_temp.ship_statement('室性心律失常', '心室扑动', '心室扑动。');
SELECT pg_temp.ship_statement('室性心律失常', '心室颤动', '心室颤动。');
SELECT pg_temp.ship_statement('室性心律失常', '加速性室性自主心律', '加速性室性自主心律。');
SELECT pg_temp.ship_statement('室性心律失常', '室性逸搏', '室性逸搏。');
SELECT pg_temp.ship_statement('室性心律失常', '室性逸搏心律', '室性逸搏心律。');
SELECT pg_temp.ship_statement('室性心律失常', '室性融合波', '室性融合波。');
SELECT pg_temp.ship_statement('室性心律失常', '宽QRS波心动过速', '宽QRS波心动过速。');
-- 房室与室内传导
SELECT pg_temp.ship_statement('房室与室内传导', '一度房室传导阻滞', '一度房室传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '二度Ⅰ型房室传导阻滞', '二度Ⅰ型房室传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '二度Ⅱ型房室传导阻滞', '二度Ⅱ型房室传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '2:1房室传导阻滞', '2:1房室传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '高度房室传导阻滞', '高度房室传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '三度房室传导阻滞', '三度房室传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '完全性右束支传导阻滞', '完全性右束支传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '不完全性右束支传导阻滞', '不完全性右束支传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '完全性左束支传导阻滞', '完全性左束支传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '不完全性左束支传导阻滞', '不完全性左束支传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '左前分支传导阻滞', '左前分支传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '左后分支传导阻滞', '左后分支传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '双分支传导阻滞', '双分支传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '非特异性室内传导阻滞', '非特异性室内传导阻滞。');
SELECT pg_temp.ship_statement('房室与室内传导', '短PR间期', '短PR间期。');
-- 预激
SELECT pg_temp.ship_statement('预激', '心室预激', '心室预激。');
SELECT pg_temp.ship_statement('预激', '间歇性心室预激', '间歇性心室预激。');
SELECT pg_temp.ship_statement('预激', '心室预激，旁路定位', '心室预激，旁路位于[左侧|右侧|间隔]可能。');
SELECT pg_temp.ship_statement('预激', '心房颤动合并心室预激', '心房颤动合并心室预激。');
-- 起搏心律
SELECT pg_temp.ship_statement('起搏心律', '心房起搏心律', '心房起搏心律。');
SELECT pg_temp.ship_statement('起搏心律', '心室起搏心律', '心室起搏心律。');
SELECT pg_temp.ship_statement('起搏心律', '房室顺序起搏心律', '房室顺序起搏心律。');
SELECT pg_temp.ship_statement('起搏心律', '心房感知心室起搏心律', '心房感知心室起搏心律。');
SELECT pg_temp.ship_statement('起搏心律', '起搏感知不良可能', '起搏感知不良可能。');
SELECT pg_temp.ship_statement('起搏心律', '起搏夺获不良可能', '起搏夺获不良可能。');
-- 心房与心室肥大
SELECT pg_temp.ship_statement('心房与心室肥大', '左心房异常', '左心房异常。');
SELECT pg_temp.ship_statement('心房与心室肥大', '右心房异常', '右心房异常。');
SELECT pg_temp.ship_statement('心房与心室肥大', '双心房异常', '双心房异常。');
SELECT pg_temp.ship_statement('心房与心室肥大', '左心室高电压', '左心室高电压。');
SELECT pg_temp.ship_statement('心房与心室肥大', '左心室肥厚', '左心室肥厚。');
SELECT pg_temp.ship_statement('心房与心室肥大', '左心室肥厚伴继发性ST-T改变', '左心室肥厚伴继发性ST-T改变。');
SELECT pg_temp.ship_statement('心房与心室肥大', '右心室肥厚', '右心室肥厚。');
SELECT pg_temp.ship_statement('心房与心室肥大', '双心室肥厚', '双心室肥厚。');
-- ST-T改变
SELECT pg_temp.ship_statement('ST-T改变', '非特异性ST-T改变', '非特异性ST-T改变。');
SELECT pg_temp.ship_statement('ST-T改变', 'T波低平', 'T波低平（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', 'T波倒置', 'T波倒置（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', 'T波双向', 'T波双向（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', 'T波高尖', 'T波高尖（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', 'ST段水平型压低', 'ST段水平型压低（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', 'ST段下斜型压低', 'ST段下斜型压低（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', 'ST段上斜型压低', 'ST段上斜型压低（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', 'ST段抬高', 'ST段抬高（[导联]）。');
SELECT pg_temp.ship_statement('ST-T改变', '早期复极', '早期复极。');
SELECT pg_temp.ship_statement('ST-T改变', '继发性ST-T改变', '继发性ST-T改变。');
SELECT pg_temp.ship_statement('ST-T改变', 'Wellens综合征样T波改变', 'Wellens综合征样T波改变。');
SELECT pg_temp.ship_statement('ST-T改变', 'de Winter样ST-T改变', 'de Winter样ST-T改变。');
-- 心肌缺血与梗死
SELECT pg_temp.ship_statement('心肌缺血与梗死', '急性前间壁心肌梗死', '急性前间壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '急性前壁心肌梗死', '急性前壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '急性广泛前壁心肌梗死', '急性广泛前壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '急性下壁心肌梗死', '急性下壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '急性侧壁心肌梗死', '急性侧壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '急性正后壁心肌梗死', '急性正后壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '急性右心室心肌梗死', '急性右心室心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', 'ST段抬高型心肌梗死演变期', 'ST段抬高型心肌梗死演变期（[部位]）。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '陈旧性下壁心肌梗死', '陈旧性下壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '陈旧性前壁心肌梗死', '陈旧性前壁心肌梗死。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', '异常Q波', '异常Q波（[导联]）。');
SELECT pg_temp.ship_statement('心肌缺血与梗死', 'R波递增不良', 'R波递增不良。');
-- QRS电轴与电压
SELECT pg_temp.ship_statement('QRS电轴与电压', '电轴正常', '电轴正常。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '电轴左偏', '电轴左偏。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '电轴右偏', '电轴右偏。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '电轴不确定', '电轴不确定。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '顺钟向转位', '顺钟向转位。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '逆钟向转位', '逆钟向转位。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '肢体导联低电压', '肢体导联低电压。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '胸导联低电压', '胸导联低电压。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '全导联低电压', '全导联低电压。');
SELECT pg_temp.ship_statement('QRS电轴与电压', '电交替', '电交替。');
-- QT间期与U波
SELECT pg_temp.ship_statement('QT间期与U波', 'QT间期延长', 'QT间期延长。');
SELECT pg_temp.ship_statement('QT间期与U波', 'QTc间期延长', 'QTc间期延长。');
SELECT pg_temp.ship_statement('QT间期与U波', '短QT间期', '短QT间期。');
SELECT pg_temp.ship_statement('QT间期与U波', 'U波增高', 'U波增高。');
SELECT pg_temp.ship_statement('QT间期与U波', 'U波倒置', 'U波倒置。');
-- 电解质与其他
SELECT pg_temp.ship_statement('电解质与其他', '高钾血症样心电图改变', '高钾血症样心电图改变。');
SELECT pg_temp.ship_statement('电解质与其他', '低钾血症样心电图改变', '低钾血症样心电图改变。');
SELECT pg_temp.ship_statement('电解质与其他', '高钙血症样心电图改变', '高钙血症样心电图改变。');
SELECT pg_temp.ship_statement('电解质与其他', '低钙血症样心电图改变', '低钙血症样心电图改变。');
SELECT pg_temp.ship_statement('电解质与其他', '洋地黄作用样ST-T改变', '洋地黄作用样ST-T改变。');
SELECT pg_temp.ship_statement('电解质与其他', 'Brugada样心电图改变', 'Brugada样心电图改变（[1型|2型]）。');
SELECT pg_temp.ship_statement('电解质与其他', '急性心包炎样改变', '急性心包炎样改变。');
SELECT pg_temp.ship_statement('电解质与其他', '肺栓塞样改变（SⅠQⅢTⅢ）', '肺栓塞样改变（SⅠQⅢTⅢ）。');
SELECT pg_temp.ship_statement('电解质与其他', 'Osborn波', 'Osborn波。');
SELECT pg_temp.ship_statement('电解质与其他', 'Epsilon波可能', 'Epsilon波可能。');
SELECT pg_temp.ship_statement('电解质与其他', '右位心', '右位心。');
-- 结论与图质
SELECT pg_temp.ship_statement('结论与图质', '正常心电图', '正常心电图。');
SELECT pg_temp.ship_statement('结论与图质', '大致正常心电图', '大致正常心电图。');
SELECT pg_temp.ship_statement('结论与图质', '边界心电图', '边界心电图。');
SELECT pg_temp.ship_statement('结论与图质', '异常心电图', '异常心电图。');
SELECT pg_temp.ship_statement('结论与图质', '左右手导联接反可能，请重新描记', '左右手导联接反可能，请重新描记。');
SELECT pg_temp.ship_statement('结论与图质', '胸导联位置可疑，请重新描记', '胸导联位置可疑，请重新描记。');
SELECT pg_temp.ship_statement('结论与图质', '导联脱落，请重新描记', '导联脱落（[导联]），请重新描记。');
SELECT pg_temp.ship_statement('结论与图质', '基线漂移，影响判读', '基线漂移，影响判读。');
SELECT pg_temp.ship_statement('结论与图质', '肌电干扰，影响判读', '肌电干扰，影响判读。');
SELECT pg_temp.ship_statement('结论与图质', '交流电干扰，影响判读', '交流电干扰，影响判读。');
