import type { DeclineReason, RecognitionProposal } from '#libs/recognition';
import type { DraftOrder } from './cds-request.js';

/** CDS Hooks 2.0, card attributes: a summary is shorter than this. */
const SUMMARY_LIMIT = 140;
export const DECLINE_REASON_SYSTEM = 'urn:qiao:decline-reason';

export interface Card {
  uuid: string;
  summary: string;
  detail: string;
  indicator: 'info';
  source: { label: string; url: string };
  suggestions: {
    label: string;
    uuid: string;
    actions: { type: 'delete'; description: string; resourceId: string[] }[];
  }[];
  selectionBehavior: 'at-most-one';
  overrideReasons: { code: string; system: string; display: string }[];
  links: { label: string; url: string; type: 'absolute' }[];
}

export function recognitionCard(
  { recognition, report, item, examinedAt, validUntil }: RecognitionProposal,
  orders: readonly DraftOrder[],
  reasons: readonly DeclineReason[],
  origin: string,
): Card {
  const { content } = report;
  const drafts = orders.flatMap((order) =>
    order.item === item.code && order.reference !== null ? [order.reference] : [],
  );
  return {
    uuid: recognition.cardId,
    summary: summary(
      `${content.examiningInstitution.name} ${chinaTime(examinedAt)} 已做${item.name}，结果在互认有效期内`,
    ),
    detail: [
      `**检查项目**：${plain(item.name)}`,
      `**检查机构**：${plain(content.examiningInstitution.name)}`,
      `**检查时间**：${chinaTime(examinedAt)}（互认有效期至 ${chinaTime(validUntil)}）`,
      `**报告机构**：${plain(content.readingInstitution.name)}，审核 ${plain(content.reviewer.name)}`,
      `**检查所见**：${plain(content.findings)}`,
      `**诊断意见（供参考）**：${plain(content.impression)}`,
      '互认的是影像或数据，是否互认由接诊医师决定。',
    ].join('\n\n'),
    indicator: 'info',
    source: { label: 'Qiao 检查检验结果互认', url: origin },
    suggestions: [
      {
        label: '互认该结果，不再重复检查',
        // Stable over repeated calls; a suggestion is the card's only one.
        uuid: recognition.id,
        actions: drafts.map((reference) => ({
          type: 'delete',
          description: `撤销重复的${item.name}申请`,
          resourceId: [reference],
        })),
      },
    ],
    selectionBehavior: 'at-most-one',
    overrideReasons: reasons.map((reason) => ({
      code: reason.code,
      system: DECLINE_REASON_SYSTEM,
      display: reason.textZh,
    })),
    links: [{ label: '查看报告', url: `${origin}/results/${report.id}`, type: 'absolute' }],
  };
}

function summary(text: string): string {
  const characters = [...text];
  return characters.length < SUMMARY_LIMIT ? text : `${characters.slice(0, SUMMARY_LIMIT - 2).join('')}…`;
}

/** Text from a report inside Markdown: nothing of it is markup or HTML. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~!&]/g, String.raw`\$&`).replaceAll(/\r?\n/g, '  \n');
}

/** YYYY-MM-DD HH:mm, China Standard Time. */
function chinaTime(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
}
