import { reached, type Figure } from './contender.js';
import type { Limit } from './limits.js';

export interface Report {
  readonly date: string;
  readonly machine: string;
  /** Orthanc, unless it says another */
  readonly peer?: string;
  readonly conditions: readonly string[];
  readonly limits: readonly Limit[];
  readonly figures: readonly Figure[];
}

/** The table as text. */
export function asText({ date, machine, peer = 'Orthanc', conditions, limits, figures }: Report): string {
  const headings = ['', 'ours', peer, 'ratio', 'target', ''];
  const rows = figures.map((figure) => {
    const verdict = reached(figure);
    return [
      figure.what,
      `${amount(figure.ours)} ${figure.unit}`,
      figure.peer === undefined ? '–' : amount(figure.peer),
      figure.ratio === undefined ? '–' : `${figure.ratio.toFixed(2)} ×`,
      target(figure),
      verdict === null ? '' : verdict ? 'reached' : 'NOT REACHED',
    ];
  });
  const widths = headings.map((heading, at) => Math.max(heading.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at === 0 || at === 5 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd();
  return [
    `${date} · ${machine}`,
    '',
    line(headings),
    ...rows.map(line),
    '',
    ...(limits.length > 0 ? ['Limits of the machine in the same run'] : []),
    ...limits.map((limit) => `  ${limit.what}: ${amount(limit.value)} ${limit.unit}`),
    '',
    'Conditions',
    ...conditions.map((condition) => `  ${condition}`),
    ...figures.filter(({ note }) => note).map(({ what, note }) => `  ${what}: ${note}`),
    '',
  ].join('\n');
}

/** One figure as soon as it is there. */
export function inWords({ what, ours, peer, unit, ratio }: Figure): string {
  const beside = peer === undefined ? '' : `, Orthanc ${amount(peer)}`;
  return `${what}: ${amount(ours)} ${unit}${beside}${ratio === undefined ? '' : `, ${ratio.toFixed(2)} ×`}`;
}

function target({ target: wanted }: Figure): string {
  if (wanted === undefined) return '';
  return 'most' in wanted ? `≤ ${wanted.most}` : `≥ ${wanted.ratio} ×`;
}

function amount(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
