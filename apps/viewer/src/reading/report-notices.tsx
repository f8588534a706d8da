import { Button } from 'antd';
import { reportPdf } from '../api/client.js';
import type { ReadDetail } from '../api/types.js';
import { clock, dateTime, returnText } from '../format.js';
import { Link } from '../router.js';
import { useText, type Messages } from '../text/index.js';
import type { DraftControl } from './use-draft.js';

function stateWords(read: ReadDetail, me: string, t: Messages): string {
  if (read.returned) return t.read.returnedAlready(returnText(read.returned, t));
  if (read.state === 'cancelled') return t.read.cancelled;
  if (read.state === 'done') return '';
  if (read.allowed.includes('draft')) return '';
  if (read.allowed.includes('claim')) return t.read.claimFirst;
  if (read.reading?.state === 'submitted') return t.read.waitingReview;
  if (read.reading?.state === 'reviewed') return t.read.waitingSign;
  if (read.claimedBy && read.claimedBy.id !== me) return t.read.writingElsewhere(read.claimedBy.name);
  return t.read.readOnlyReport;
}

/** How the report stands: signed, sent back, somebody else's, restored, or in conflict with what is on the server. */
export function ReportNotices({ read, draft, me }: { read: ReadDetail; draft: DraftControl; me: string }) {
  const t = useText();
  const { save } = draft;
  const reportId = read.report?.id ?? null;
  const notice = stateWords(read, me, t);
  return (
    <>
      {reportId && (
        <div className="report-signed" data-testid="signed">
          <b>✓ {t.read.done}</b>
          <span>
            <a href={reportPdf(reportId)} target="_blank" rel="noreferrer" data-testid="report-pdf">
              {t.common.pdf}
            </a>
            <Link to={`/results/${encodeURIComponent(reportId)}`}>{t.read.openReport}</Link>
          </span>
        </div>
      )}
      {read.reading?.sentBackReason && read.reading.state === 'drafting' && (
        <p className="notice notice-amber">◆ {t.read.sentBackReason(read.reading.sentBackReason)}</p>
      )}
      {notice && <p className="notice">{notice}</p>}
      {draft.contradictions.length > 0 && (
        <div className="notice notice-amber" role="status" data-testid="contradictions">
          ◆ {t.report.contradicts}
          <ul className="contradictions">
            {draft.contradictions.map((one) => (
              <li key={one.key}>{t.report.contradiction[one.code](one.text, one.against)}</li>
            ))}
          </ul>
        </div>
      )}
      {draft.restoredAt && (
        <p className="notice notice-amber">
          ◆ {t.save.restored(dateTime(draft.restoredAt))}{' '}
          <button type="button" className="notice-close" onClick={draft.forgetRestored}>
            {t.common.close}
          </button>
        </p>
      )}
      {save.step === 'conflict' && (
        <div className="notice notice-amber" role="alert">
          <b>◆ {t.save.conflictTitle}</b>
          <p>{t.save.conflictWhy(clock(save.theirs.savedAt))}</p>
          <blockquote>
            <b>{t.save.theirs}</b>
            <br />
            {save.theirs.findings}
            <br />
            {save.theirs.impression}
          </blockquote>
          <Button size="small" onClick={() => draft.resolve(true)}>
            {t.save.keepMine}
          </Button>{' '}
          <Button size="small" onClick={() => draft.resolve(false)}>
            {t.save.keepTheirs}
          </Button>
        </div>
      )}
    </>
  );
}
