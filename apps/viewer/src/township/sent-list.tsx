import { Button, Segmented } from 'antd';
import { useCallback, useState } from 'react';
import { api, reportPdf } from '../api/client.js';
import type { ExamRow } from '../api/types.js';
import { completenessWords } from '../completeness.js';
import { clock, dateTime, faultsText, isToday, personName, returnText, sexAndAge } from '../format.js';
import { usePolled, type Polled } from '../office/use-polled.js';
import { FailedPage, PlainPage } from '../plain-page.js';
import { Link } from '../router.js';
import { useText } from '../text/index.js';

export interface Exams {
  items: ExamRow[];
  next: string | null;
}

export function useExams(): Polled<Exams> & { more: () => void } {
  const [pages, setPages] = useState(1);
  const load = useCallback(
    async (signal: AbortSignal): Promise<Exams> => {
      const first = await api.exams(undefined, signal);
      const items = [...first.items];
      let next = first.next;
      for (let page = 1; page < pages && next; page += 1) {
        const following = await api.exams(next, signal);
        items.push(...following.items);
        next = following.next;
      }
      return { items, next };
    },
    [pages],
  );
  return { ...usePolled(load, 4000), more: () => setPages((n) => n + 1) };
}

export const reported = (exam: ExamRow): boolean =>
  exam.report !== null && (exam.report.status === 'final' || exam.report.status === 'amended');

/** How far an examination has come: 0 sent, 1 assigned, 2 being read, 3 reported. */
export function stepOf(exam: ExamRow): number {
  if (reported(exam)) return 3;
  if (exam.read?.state === 'claimed' || exam.read?.readingState) return 2;
  return exam.read?.state === 'assigned' ? 1 : 0;
}

function Steps({ exam }: { exam: ExamRow }) {
  const t = useText();
  const step = stepOf(exam);
  if (exam.returned) {
    return (
      <span className="exam-returned">
        {t.township.returned(returnText(exam.returned, t))} ·{' '}
        {exam.retaken ? `✓ ${t.quality.retaken}` : t.township.returnedAsk}
      </span>
    );
  }
  if (exam.read?.state === 'cancelled') return <span className="exam-soft">{t.township.cancelled}</span>;
  return (
    <ol className="steps" aria-label={t.township.stepNow(t.township.steps[step] ?? '')}>
      {t.township.steps.map((name, index) => (
        <li key={name} className={index < step ? 'step-past' : index === step ? 'step-now' : ''}>
          <span aria-hidden>{index <= step ? '✓' : '○'}</span> {name}
        </li>
      ))}
    </ol>
  );
}

function ExamLine({ exam }: { exam: ExamRow }) {
  const t = useText();
  const name = personName(exam.patient.name, t);
  const received = completenessWords(exam, exam.state, t);
  return (
    <li className="exam" data-testid="exam-row" data-exam-id={exam.id}>
      <span className="exam-cell exam-person" title={`${name} ${exam.patient.number}`}>
        <b>{name}</b> <span className="exam-soft">{sexAndAge(exam.patient, t)}</span>
      </span>
      <span className="exam-cell" title={exam.description ?? ''}>
        {exam.description || (exam.kind === 'ecg' ? t.kind.ecg : exam.modality) || t.kind[exam.kind]}
        <span className={received.done ? 'exam-soft' : 'exam-arriving'} data-testid="completeness">
          {' '}
          {received.done && exam.kind === 'ecg' ? '' : received.text}
        </span>
        {exam.retake && <b data-testid="exam-retake"> {t.quality.retakeShort}</b>}
        {exam.quality && (
          <span className="exam-soft" title={faultsText(exam.quality, t)} data-testid="exam-grade">
            {' '}
            {t.quality.label} {t.quality.grades[exam.quality.grade]} {faultsText(exam.quality, t)}
          </span>
        )}
        {exam.identityDoubts + exam.conflicts > 0 && (
          <b className="exam-arriving" data-testid="exam-doubt">
            {exam.identityDoubts > 0 && ` ◆ ${t.reconcile.identityShort}`}
            {exam.conflicts > 0 && ` ◆ ${t.reconcile.conflicts(exam.conflicts)}`}
          </b>
        )}
      </span>
      <span className="exam-cell exam-soft">
        {t.township.receivedAt(isToday(exam.receivedAt) ? clock(exam.receivedAt, false) : dateTime(exam.receivedAt))}
      </span>
      <span className="exam-progress">
        <Steps exam={exam} />
      </span>
      <span className="exam-report">
        {exam.report && reported(exam) && (
          <>
            <a href={reportPdf(exam.report.id)} target="_blank" rel="noreferrer" data-testid="report-pdf">
              {t.common.pdf}
            </a>
            <Link
              to={`/results/${encodeURIComponent(exam.report.id)}`}
              title={t.township.reportAt(dateTime(exam.report.signedAt))}
            >
              {t.results.view}
            </Link>
          </>
        )}
      </span>
    </li>
  );
}

type Range = 'today' | 'reported' | 'all';

interface SentListProps {
  exams: Polled<Exams> & { more: () => void };
  /** The radiographer asks for today, the clinician for reports. */
  follow: boolean;
}

export function SentList({ exams, follow }: SentListProps) {
  const t = useText();
  const [range, setRange] = useState<Range>(follow ? 'reported' : 'today');
  const { value, error, fetchedAt, refresh } = exams;
  const items = value?.items ?? [];
  const shown = items.filter((exam) => {
    if (range === 'today') return isToday(exam.receivedAt);
    return range === 'all' || reported(exam);
  });
  const today = items.filter((exam) => isToday(exam.receivedAt));
  const emptyTitle =
    range === 'reported' ? t.results.empty : range === 'today' ? t.township.emptyToday : t.township.emptyAll;
  return (
    <section className="sent">
      <header className="sent-head">
        <h2>{follow ? t.results.title : t.township.sentTitle}</h2>
        <Segmented<Range>
          value={range}
          onChange={setRange}
          options={[
            follow
              ? { value: 'reported', label: t.results.onlyReports }
              : { value: 'today', label: t.township.rangeToday },
            { value: 'all', label: t.township.rangeAll },
          ]}
        />
        {!follow && (
          <span className="sent-line" data-testid="today">
            {t.township.today}：
            {t.township.todayLine(
              today.length,
              today.filter(reported).length,
              today.filter((exam) => exam.returned).length,
            )}
          </span>
        )}
      </header>
      {value && Boolean(error) && <p className="stale">◆ {t.worklist.staleSince(clock(fetchedAt ?? 0))}</p>}
      <ul className="exams">
        {shown.map((exam) => (
          <ExamLine key={exam.id} exam={exam} />
        ))}
      </ul>
      {!value && !error && <PlainPage title={t.common.loading} />}
      {!value && Boolean(error) && (
        <FailedPage title={t.township.failed} kept={t.township.failedKept} error={error} retry={refresh} />
      )}
      {value && shown.length === 0 && (
        <PlainPage title={emptyTitle} detail={follow ? t.results.emptyWhy : t.township.emptyWhy} />
      )}
      {value?.next && (
        <p className="sent-more">
          <Button onClick={exams.more}>{t.common.more}</Button>
        </p>
      )}
    </section>
  );
}
