import { useCallback } from 'react';
import { api, ApiError, reportPdf } from '../api/client.js';
import type { Named, Report } from '../api/types.js';
import { dateTime, personName, sexAndAge } from '../format.js';
import { OfficeFrame } from '../office/office-frame.js';
import { useFetched } from '../office/use-fetched.js';
import { FailedPage, PlainPage } from '../plain-page.js';
import { useText } from '../text/index.js';
import './result.css';

const nameOf = (who: Named | string | null | undefined): string => (typeof who === 'string' ? who : (who?.name ?? ''));

function ReportPaper({ report }: { report: Report }) {
  const t = useText();
  const withdrawn = report.status === 'entered-in-error';
  const facts: [string, string][] = [
    [
      t.results.patient,
      report.patient ? `${personName(report.patient.name, t)} ${sexAndAge(report.patient, t)}`.trim() : '',
    ],
    [t.results.item, report.item?.name ?? ''],
    [t.results.organisation, report.examiningInstitution?.name ?? ''],
    [t.results.readingPlace, report.readingInstitution?.name ?? ''],
    [t.results.examinedAt, dateTime(report.examinedAt)],
    [t.results.author, nameOf(report.author)],
    [t.results.reviewer, nameOf(report.reviewer)],
    [t.results.signedAt, dateTime(report.signedAt)],
  ];
  return (
    <article className="paper" data-testid="report">
      <header>
        <h1 className={withdrawn ? 'paper-withdrawn' : ''}>
          {withdrawn ? '✕ ' : ''}
          {t.results.status[report.status] ?? report.status}
        </h1>
        <span>{t.results.version(report.version)}</span>
        <a href={reportPdf(report.id)} target="_blank" rel="noreferrer" data-testid="report-pdf">
          {t.common.pdf}
        </a>
      </header>
      <dl>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {report.clinicalInformation && (
        <>
          <h2>{t.read.request}</h2>
          <p>{report.clinicalInformation}</p>
        </>
      )}
      <h2>{t.read.findings}</h2>
      <p>{report.findings || t.results.none}</p>
      <h2>{t.read.impression}</h2>
      <p>{report.impression || t.results.none}</p>
    </article>
  );
}

export default function ResultPage({ id }: { id: string }) {
  const t = useText();
  const load = useCallback((signal: AbortSignal) => api.report(id, signal), [id]);
  const { value: report, error, retry } = useFetched(load);
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <OfficeFrame title={report?.item?.name ?? t.read.openReport}>
      {report && <ReportPaper report={report} />}
      {!report && !error && <PlainPage title={t.common.loading} />}
      {missing && <PlainPage title={t.results.missing} detail={t.results.missingWhy} />}
      {Boolean(error) && !missing && <FailedPage title={t.results.failed} error={error} retry={retry} />}
    </OfficeFrame>
  );
}
