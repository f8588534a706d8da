import { Alert, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { api, ApiError, reportPdf } from '../api/client.js';
import type { ReadAction, ReadDetail, ReturnReason } from '../api/types.js';
import { clock, dateTime, personName, returnText } from '../format.js';
import { Link, navigate } from '../router.js';
import { useUser } from '../session/session.js';
import { useText, type Messages } from '../text/index.js';
import { FinishedNotice } from '../worklist/finished-notice.js';
import type { Finished } from '../worklist/round.js';
import { PasswordDialog, refusalText, ReturnDialog, SendBackDialog } from './dialogs.js';
import type { DraftControl } from './use-draft.js';

type Open = 'submit' | 'sign' | 'send-back' | 'return' | null;

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

interface ReportColumnProps {
  read: ReadDetail;
  draft: DraftControl;
  editable: boolean;
  /** Fetches the case again after an act, or after a refusal that says it has moved on. */
  refresh: () => void;
  /** Receives the place under the request, for what a kind of examination shows there. */
  beside: (element: HTMLElement | null) => void;
  /** Brings what was measured into the findings; null where nothing is. */
  insertMarks: (() => void) | null;
  /** This reader's work on the case is done. */
  finish: (how: Finished['how']) => Promise<void>;
}

const NOTICE_MS = 20_000;

export function ReportColumn({ read, draft, editable, refresh, beside, insertMarks, finish }: ReportColumnProps) {
  const t = useText();
  const user = useUser();
  const [open, setOpen] = useState<Open>(null);
  const [modal, modalHolder] = Modal.useModal();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const may = (action: ReadAction): boolean => read.allowed.includes(action);
  const who = personName(read.patient.name, t);
  const { words, save } = draft;
  const complete = words.findings.trim() !== '' && words.impression.trim() !== '';
  const reportId = read.report?.id ?? null;
  const missing = read.missing > 0 ? Math.max(read.expectedInstances ?? 0, read.instances + read.missing) : 0;

  const act = async (what: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      await what();
    } catch (error) {
      setProblem(refusalText(error, t));
    } finally {
      setBusy(false);
      refresh();
    }
  };
  const openSubmit = (): void => {
    if (!missing) {
      setOpen('submit');
      return;
    }
    void modal.confirm({
      title: t.read.incomplete(read.instances, missing),
      okText: t.read.submit,
      cancelText: t.common.cancel,
      onOk: () => setOpen('submit'),
    });
  };
  const afterSaving = async (what: () => Promise<unknown>, finishes?: Finished['how']): Promise<void> => {
    if (!(await draft.flush())) throw new ApiError(409, 'unsaved-draft', t.save.leave);
    await what();
    refresh();
    if (finishes) await finish(finishes);
  };
  const release = (): void => {
    void modal.confirm({
      title: t.dialogs.releaseTitle(who),
      content: t.dialogs.releaseLead,
      okText: t.read.release,
      cancelText: t.common.cancel,
      onOk: () =>
        act(async () => {
          await draft.flush();
          await api.read.release(read.id);
          navigate('/');
        }),
    });
  };
  const returnIt = async (reason: ReturnReason, note: string): Promise<void> => {
    await api.read.return(read.id, reason, note);
    await finish('return');
  };
  const notice = stateWords(read, user.id, t);

  return (
    <aside className="report">
      <div className="report-scroll">
        <section className="request">
          <h2>{t.read.request}</h2>
          <p className={read.clinicalInformation ? '' : 'soft'}>{read.clinicalInformation || t.read.noRequest}</p>
          <p className="soft request-ids">
            {t.read.number} {read.patient.number}
            {read.patient.idCardMasked && ` · ${t.read.idCard} ${read.patient.idCardMasked}`}
          </p>
        </section>
        <div ref={beside} />
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
        <div className="report-head">
          <label className="report-label" htmlFor="findings">
            {t.read.findings}
          </label>
          {editable && read.kind === 'imaging' && (
            <button
              type="button"
              disabled={!insertMarks}
              // The caret stays where it is in the words.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => insertMarks?.()}
              data-testid="insert-marks"
            >
              {t.read.insertMarks} <kbd>N</kbd>
            </button>
          )}
        </div>
        <Input.TextArea
          id="findings"
          data-testid="findings"
          className="report-findings"
          autoSize={{ minRows: 9 }}
          readOnly={!editable}
          placeholder={editable ? t.read.findingsHint : ''}
          value={words.findings}
          onChange={(event) => draft.change({ findings: event.target.value })}
        />
        <label className="report-label" htmlFor="impression">
          {t.read.impression}
        </label>
        <Input.TextArea
          id="impression"
          data-testid="impression"
          autoSize={{ minRows: 4 }}
          readOnly={!editable}
          placeholder={editable ? t.read.impressionHint : ''}
          value={words.impression}
          onChange={(event) => draft.change({ impression: event.target.value })}
        />
        {read.reading && (
          <p className="soft report-people">
            {t.read.author(read.reading.author.name)}
            {read.reading.reviewer && ` · ${t.read.reviewer(read.reading.reviewer.name)}`}
          </p>
        )}
      </div>
      <footer className="report-acts">
        <FinishedNotice on={read.id} forMs={NOTICE_MS} />
        {problem && <Alert type="error" showIcon title={problem} closable={{ onClose: () => setProblem('') }} />}
        {may('submit') && !complete && <p className="soft">{t.read.emptyReport}</p>}
        <div className="report-buttons">
          {may('claim') && (
            <Button
              type="primary"
              loading={busy}
              data-testid="claim"
              onClick={() => void act(() => api.read.claim(read.id))}
            >
              {t.read.claim}
            </Button>
          )}
          {may('release') && (
            <Button data-testid="release" disabled={busy} onClick={release}>
              {t.read.release}
            </Button>
          )}
          {may('return') && (
            <Button danger data-testid="return" disabled={busy} onClick={() => setOpen('return')}>
              {t.read.return}
            </Button>
          )}
          {may('send-back') && (
            <Button danger data-testid="sendback" disabled={busy} onClick={() => setOpen('send-back')}>
              {t.read.sendBack}
            </Button>
          )}
          {may('submit') && (
            <Button type="primary" data-testid="submit" disabled={!complete || busy} onClick={openSubmit}>
              {t.read.submit}
            </Button>
          )}
          {may('review') && (
            <Button
              type="primary"
              data-testid="review"
              loading={busy}
              onClick={() => void act(() => afterSaving(() => api.read.review(read.id)))}
            >
              {t.read.review}
            </Button>
          )}
          {may('sign') && (
            <Button type="primary" data-testid="sign" disabled={busy} onClick={() => setOpen('sign')}>
              {t.read.sign}
            </Button>
          )}
        </div>
      </footer>
      {modalHolder}
      {open === 'submit' && (
        <PasswordDialog
          close={() => setOpen(null)}
          title={t.dialogs.submitTitle}
          lead={t.dialogs.submitLead(who)}
          confirm={t.read.submit}
          act={(password) => afterSaving(() => api.read.submit(read.id, password), 'submit')}
        />
      )}
      {open === 'sign' && (
        <PasswordDialog
          close={() => setOpen(null)}
          title={t.dialogs.signTitle}
          lead={t.dialogs.signLead(who)}
          confirm={t.read.sign}
          act={(password) => afterSaving(() => api.read.sign(read.id, password), 'sign')}
        />
      )}
      {open === 'send-back' && (
        <SendBackDialog
          close={() => setOpen(null)}
          act={(reason) => afterSaving(() => api.read.sendBack(read.id, reason), 'send-back')}
        />
      )}
      {open === 'return' && <ReturnDialog close={() => setOpen(null)} who={who} kind={read.kind} act={returnIt} />}
    </aside>
  );
}
