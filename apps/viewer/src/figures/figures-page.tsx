import { Button } from 'antd';
import { useCallback, useState } from 'react';
import { api } from '../api/client.js';
import type { ReturnReason } from '../api/types.js';
import { OfficeFrame } from '../office/office-frame.js';
import { useFetched } from '../office/use-fetched.js';
import { FailedPage, PlainPage } from '../plain-page.js';
import { useText } from '../text/index.js';
import { CasesPanel } from './cases-panel.js';
import type { Opened } from './opened.js';
import { monthBeside, thisMonth } from './month.js';
import './figures.css';

const COLUMNS = [
  ['reads', 'reads'],
  ['gradeA', 'A'],
  ['gradeB', 'B'],
  ['gradeC', 'C'],
  ['ungraded', 'ungraded'],
  ['returned', 'returned'],
  ['retaken', 'retaken'],
] as const;

const percent = (part: number, whole: number): string => (whole === 0 ? '' : `${((part / whole) * 100).toFixed(1)}%`);

/** A month's image quality by member; every number opens the cases behind it. */
export default function FiguresPage() {
  const t = useText();
  const words = t.figures;
  const [month, setMonth] = useState(thisMonth);
  const [opened, setOpened] = useState<Opened | null>(null);
  const load = useCallback((signal: AbortSignal) => api.qualityFigures(month, signal), [month]);
  const { value, error, retry } = useFetched(load);
  const items = value?.month === month ? value.items : null;
  const go = (by: 1 | -1): void => {
    setMonth(monthBeside(month, by));
    setOpened(null);
  };
  const total = (key: (typeof COLUMNS)[number][0]): number => (items ?? []).reduce((sum, one) => sum + one[key], 0);

  return (
    <OfficeFrame title={words.title}>
      <header className="figures-head">
        <h1>
          <Button onClick={() => go(-1)} aria-label={words.previous} title={words.previous}>
            ‹
          </Button>
          <span data-testid="month">{month}</span>
          <Button
            onClick={() => go(1)}
            aria-label={words.next}
            title={words.next}
            disabled={month >= thisMonth()}
            data-testid="next-month"
          >
            ›
          </Button>
        </h1>
        <p>{words.lead}</p>
        <Button onClick={() => window.print()} disabled={!items?.length}>
          {words.print}
        </Button>
      </header>
      {!items && !error && <PlainPage title={t.common.loading} />}
      {!items && Boolean(error) && (
        <FailedPage title={words.failed} kept={words.failedKept} error={error} retry={retry} />
      )}
      {items?.length === 0 && <PlainPage title={words.empty(month)} detail={words.emptyWhy} />}
      {items && items.length > 0 && (
        <div className="figures-scroll">
          <table className="figures" data-testid="figures">
            <thead>
              <tr>
                <th scope="col">{words.member}</th>
                <th scope="col">{words.kind}</th>
                {COLUMNS.map(([key]) => (
                  <th key={key} scope="col" className="number">
                    {words[key]}
                  </th>
                ))}
                <th scope="col" className="number">
                  {words.retakeTime}
                </th>
                <th scope="col">{words.faults}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={`${one.organisation.code} ${one.kind}`} data-testid="figures-row">
                  <th scope="row" title={one.organisation.name}>
                    {one.organisation.name}
                  </th>
                  <td>{t.kind[one.kind]}</td>
                  {COLUMNS.map(([key, figure]) => (
                    <td key={key} className="number">
                      {one[key] === 0 ? (
                        <span className="nothing">0</span>
                      ) : (
                        <button
                          type="button"
                          data-testid={`figure-${figure}`}
                          onClick={() => setOpened({ of: one, figure, count: one[key] })}
                        >
                          {one[key]}
                        </button>
                      )}
                      {key !== 'reads' && key !== 'retaken' && one[key] > 0 && (
                        <small>{percent(one[key], one.reads)}</small>
                      )}
                    </td>
                  ))}
                  <td className="number">
                    {one.medianRetakeMinutes === null ? '–' : words.minutes(one.medianRetakeMinutes)}
                  </td>
                  <td className="faults">
                    {(Object.entries(one.faults) as [ReturnReason, number][])
                      .sort(([, a], [, b]) => b - a)
                      .map(([fault, count]) => (
                        <button key={fault} type="button" onClick={() => setOpened({ of: one, fault, count })}>
                          {t.reasons[fault]} {count}
                        </button>
                      ))}
                  </td>
                </tr>
              ))}
            </tbody>
            {items.length > 1 && (
              <tfoot>
                <tr>
                  <th scope="row">{words.total}</th>
                  <td />
                  {COLUMNS.map(([key]) => (
                    <td key={key} className="number">
                      {total(key)}
                      {key !== 'reads' && key !== 'retaken' && total(key) > 0 && (
                        <small>{percent(total(key), total('reads'))}</small>
                      )}
                    </td>
                  ))}
                  <td />
                  <td />
                </tr>
              </tfoot>
            )}
          </table>
        </div>
      )}
      {opened && (
        <CasesPanel
          key={JSON.stringify([opened.of.organisation.code, opened.of.kind, opened.figure, opened.fault])}
          month={month}
          opened={opened}
          close={() => setOpened(null)}
        />
      )}
    </OfficeFrame>
  );
}
