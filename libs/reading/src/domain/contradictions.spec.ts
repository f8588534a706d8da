import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { contradictions, type ReportBackground } from './contradictions.js';

const about = (more: Partial<ReportBackground> = {}): ReportBackground => ({
  sex: null,
  request: '',
  lateralities: [],
  ...more,
});
const found = (findings: string, impression: string, more: Partial<ReportBackground> = {}): string[] =>
  contradictions({ findings, impression }, about(more)).map(({ code, text, against }) => `${code} ${text}|${against}`);

describe('a side', () => {
  it.each([
    ['左肺上叶见磨玻璃结节，直径约8mm。', '右肺上叶结节。', ['side-in-report 右肺|左肺']],
    ['左肺上叶见结节。右肺未见异常。', '右肺上叶结节。', ['side-in-report 右肺|左肺']],
    ['左肺上叶见结节，右肺清晰。', '左肺上叶结节。', []],
    ['左侧第5、6肋腋段骨质不连续。', '右侧第5肋骨折。', ['side-in-report 右侧第5肋|左侧第5、6肋']],
    ['双肺散在斑片影。', '右肺炎症。', []],
    ['右肺下叶见斑片影。', '双肺炎症。', ['side-in-report 双肺|右肺']],
    ['右侧基底节区见高密度影，左侧侧脑室受压。', '右侧基底节区脑出血。', []],
    ['胸廓对称，双肺纹理清晰。', '左肺未见异常。', []],
    ['左肾见囊性灶。右肾未见积水。', '左肾囊肿。', []],
    ['左肾上腺见结节。右肾未见异常。', '左肾上腺占位。', []],
    ['肝右叶见低密度灶，左肾见结石。', '肝右叶囊肿，左肾结石。', []],
    ['左侧肋膈角变钝。', '右侧第5肋骨折。', []],
    ['左手术后改变，右膝间隙变窄。', '右膝退行性变。', []],
    ['右肺动脉增宽，左肺见结节。', '左肺结节。', []],
    ['左心室增大，右束支传导阻滞。', '左心室肥厚。', []],
  ])('of %s / %s', (findings, impression, expected) => {
    expect(found(findings, impression)).toEqual(expected);
  });

  it.each([
    ['右膝外伤2小时', '左膝关节间隙变窄。', '左膝退行性变。', ['side-against-request 左膝|右膝']],
    ['右膝外伤2小时', '右膝关节诸骨未见骨折。', '右膝未见异常。', []],
    ['右膝外伤2小时', '双膝关节间隙变窄。', '双膝退行性变。', []],
    ['双膝疼痛', '左膝间隙变窄。', '左膝退行性变。', []],
    ['右侧肢体无力', '左侧基底节区见低密度影。', '左侧基底节区脑梗死。', []],
    ['左手麻木', '右侧丘脑见低密度影。', '右侧丘脑腔隙性脑梗死。', []],
  ])('asked for as %s', (request, findings, impression, expected) => {
    expect(found(findings, impression, { request })).toEqual(expected);
  });

  it.each([
    [['R', 'R'], ['side-against-images 左踝|右侧图像']],
    [['L'], []],
    [['L', 'R'], []],
    [['B'], []],
    [[], []],
  ])('of images that are %j', (lateralities, expected) => {
    expect(found('左踝诸骨未见骨折。', '左踝未见异常。', { lateralities })).toEqual(expected);
  });
});

describe('the other sex', () => {
  it('is told by its organs and by its name', () => {
    expect(found('子宫大小正常。', '未见异常。', { sex: 'M' })).toEqual(['sex 子宫|男']);
    expect(found('膀胱充盈。', '前列腺增生。', { sex: 'F' })).toEqual(['sex 前列腺|女']);
    expect(found('子宫大小正常。', '前列腺增生。', { sex: 'O' })).toEqual([]);
    expect(found('男性乳腺发育。', '乳腺发育。', { sex: 'M' })).toEqual([]);
  });
});

describe('a unit', () => {
  it('is another for the same number', () => {
    expect(found('结节约8×6mm。', '结节，约8cm。')).toEqual(['unit 8cm|8mm']);
    expect(found('结节约8×6mm。', '结节，约0.8cm。')).toEqual([]);
    expect(found('结节约8mm，肿块约8cm。', '肿块，约8cm。')).toEqual([]);
    expect(found('血肿量约30ml。', '血肿约30L。')).toEqual(['unit 30L|30ml']);
    expect(found('CT值约30HU，直径3cm。', '直径约30mm。')).toEqual([]);
  });
});

describe('the templates that come with the product', () => {
  const folder = new URL('../../../../deploy/migrations/', import.meta.url);
  const sql = readdirSync(folder)
    .filter((name) => name.includes('report-texts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const shipped = [...sql.matchAll(/ship\('template', '([\w-]+)', '([^']+)',\s*'([^']*)',\s*'([^']*)'/gu)];
  /** As a doctor fills it in who takes the same choice everywhere. */
  const filled = (text: string, choice: number): string => {
    let now = text;
    for (let depth = 0; depth < 3; depth += 1)
      now = now.replaceAll(/\[([^[\]]*)\]/gu, (_all, inside: string) => {
        const choices = inside.split('|');
        return choices.length > 1 ? choices[Math.min(choice, choices.length - 1)]! : '12';
      });
    return now;
  };

  it('contradict nothing, whichever side is chosen throughout', () => {
    expect(shipped.length).toBeGreaterThan(30);
    for (const [, subject, name, findings = '', impression = ''] of shipped)
      for (const choice of [0, 1])
        expect([subject, name, choice, found(filled(findings, choice), filled(impression, choice))]).toEqual([
          subject,
          name,
          choice,
          [],
        ]);
  });
});
