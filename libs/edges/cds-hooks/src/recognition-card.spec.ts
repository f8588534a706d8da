import { describe, expect, it } from '@jest/globals';
import type { RecognitionProposal } from '#libs/recognition';
import { recognitionCard } from './recognition-card.js';
import { requestOrigin } from '#libs/edges/http';

function proposal(institution: string): RecognitionProposal {
  return {
    recognition: { id: 'r', cardId: 'card-1' },
    report: {
      id: 'report-1',
      content: {
        examiningInstitution: { code: 'shahe', name: institution },
        readingInstitution: { code: 'county', name: '县医院' },
        reviewer: { id: 'x', name: '李医生' },
        findings: '第一行\n<b>第二行</b>',
        impression: '*未见异常*',
      },
    },
    item: { code: 'CT-CHEST', name: '胸部CT平扫', recognitionDays: 30 },
    examinedAt: new Date('2026-11-20T01:05:00Z'),
    validUntil: new Date('2026-12-20T01:05:00Z'),
  } as RecognitionProposal;
}
const reasons = [{ code: '1', textZh: '病情变化', textEn: 'changed', countsAsRefusal: true }];

describe('the card of an earlier result', () => {
  const card = recognitionCard(
    proposal('沙河镇卫生院'),
    [
      { item: 'CT-CHEST', reference: 'ServiceRequest/a' },
      { item: 'ECG-12', reference: 'ServiceRequest/b' },
    ],
    reasons,
    'https://qiao.example',
  );

  it('says who, when and what, and leads to the report', () => {
    expect(card).toMatchObject({
      uuid: 'card-1',
      summary: '沙河镇卫生院 2026-11-20 09:05 已做胸部CT平扫，结果在互认有效期内',
      indicator: 'info',
      links: [{ label: '查看报告', url: 'https://qiao.example/results/report-1', type: 'absolute' }],
      overrideReasons: [{ code: '1', system: 'urn:qiao:decline-reason', display: '病情变化' }],
    });
  });
  it('takes back the draft of that item alone', () => {
    expect(card.suggestions[0]!.actions.map((action) => action.resourceId)).toEqual([['ServiceRequest/a']]);
  });
  it('lets no words of the report become markup', () => {
    expect(card.detail).toContain(String.raw`\*未见异常\*`);
    expect(card.detail).toContain(String.raw`\<b\>`);
  });
  it('keeps the summary short', () => {
    expect([...recognitionCard(proposal('院'.repeat(200)), [], reasons, '').summary].length).toBeLessThan(140);
  });
});

describe('requestOrigin', () => {
  it.each([
    [{ host: 'a.example:8080' }, 'http://a.example:8080'],
    [{ host: 'in', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'out.example, in' }, 'https://out.example'],
    [{ host: '[::1]:80' }, 'http://[::1]:80'],
    [{ host: 'evil"><script' }, 'http://localhost'],
  ])('%j → %s', (headers, origin) => expect(requestOrigin({ headers })).toBe(origin));
});
