import { Button } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../api/client.js';
import { dateTime, personName } from '../format.js';
import { useFetched } from '../office/use-fetched.js';
import { FailedPage, PlainPage } from '../plain-page.js';
import { Link } from '../router.js';
import { may, useUser } from '../session/session.js';
import { useText } from '../text/index.js';
import type { Opened } from './opened.js';

interface CasesPanelProps {
  month: string;
  opened: Opened;
  close: () => void;
}

/** The cases behind one number, page by page. */
export function CasesPanel({ month, opened, close }: CasesPanelProps) {
  const t = useText();
  const words = t.figures;
  const user = useUser();
  const head = useRef<HTMLHeadingElement>(null);
  const [pages, setPages] = useState(1);
  const { of, figure, fault, count } = opened;
  const load = useCallback(
    async (signal: AbortSignal) => {
      const which = { month, organisation: of.organisation.code, kind: of.kind, figure, fault };
      let page = await api.qualityCases(which, signal);
      const items = [...page.items];
      for (let more = 1; more < pages && page.next; more += 1) {
        page = await api.qualityCases({ ...which, cursor: page.next }, signal);
        items.push(...page.items);
      }
      return { items, next: page.next };
    },
    [month, of, figure, fault, pages],
  );
  const { value, error, retry } = useFetched(load);
  useEffect(() => head.current?.focus(), []);

  const what = fault
    ? t.reasons[fault]
    : { ...words, A: words.gradeA, B: words.gradeB, C: words.gradeC }[figure ?? 'reads'];
  return (
    <section
      className="figures-cases"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <header>
        <h2 ref={head} tabIndex={-1} data-testid="cases-title">
          {words.cases(of.organisation.name, what, count)}
        </h2>
        <Button size="small" onClick={close}>
          {words.closeCases} <kbd>Esc</kbd>
        </Button>
      </header>
      {!value && !error && <PlainPage title={t.common.loading} />}
      {Boolean(error) && <FailedPage title={words.casesFailed} error={error} retry={retry} />}
      {value && (
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">{words.patient}</th>
              <th scope="col">{words.item}</th>
              <th scope="col">{words.openedAt}</th>
              <th scope="col">{words.grade}</th>
              <th scope="col">{words.faults}</th>
            </tr>
          </thead>
          <tbody>
            {value.items.map((one) => (
              <tr key={one.readId} data-testid="quality-case">
                <th scope="row">
                  {one.patient ? `${personName(one.patient.name, t)} ${one.patient.number}` : words.deleted}
                </th>
                <td>{one.item ?? '–'}</td>
                <td>{dateTime(one.openedAt)}</td>
                <td>
                  {one.grade ? t.quality.grades[one.grade] : t.quality.none}
                  {one.returned && ` · ${words.returned} ↩`}
                  {one.retakenBy && ` · ${words.retaken}`}
                </td>
                <td>
                  {one.faults.map((reason) => t.reasons[reason]).join('、')}{' '}
                  {may(user, 'worklist.view') && <Link to={`/reads/${encodeURIComponent(one.readId)}`}>›</Link>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {value?.next && (
        <p className="figures-more">
          <Button onClick={() => setPages((n) => n + 1)}>{t.common.more}</Button>
        </p>
      )}
    </section>
  );
}
