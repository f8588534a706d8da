import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import { api, ApiError } from '../api/client.js';
import type { Contradiction, ReadAction, ReadDetail, ReturnReason } from '../api/types.js';
import { personName } from '../format.js';
import { navigate } from '../router.js';
import { useText } from '../text/index.js';
import { FinishedNotice } from '../worklist/finished-notice.js';
import type { Finished } from '../worklist/round.js';
import { PasswordDialog, refusalText, ReturnDialog, SendBackDialog } from './dialogs.js';
import { blanksOf } from './report-texts/blanks.js';
import { REPORT_FIELDS, selectBlank } from './report-texts/report-fields.js';
import type { DraftControl } from './use-draft.js';
import { useReportKeys } from './use-report-keys.js';

type Open = 'submit' | 'sign' | 'send-back' | 'return' | null;
const NOTICE_MS = 20_000;

interface ReportActsProps {
  /** The document that it is in, if not the page's. */
  page: Document | undefined;
  read: ReadDetail;
  draft: DraftControl;
  /** Fetches the case again after an act, or after a refusal that says it has moved on. */
  refresh: () => void;
  /** This reader's work on the case is done. */
  finish: (how: Finished['how']) => Promise<void>;
}

/** What may be done with the case now: buttons, each with its key, and the questions before it is done. */
export function ReportActs({ page, read, draft, refresh, finish }: ReportActsProps) {
  const t = useText();
  const [open, setOpen] = useState<Open>(null);
  const [modal, modalHolder] = Modal.useModal();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const may = (action: ReadAction): boolean => read.allowed.includes(action);
  const who = personName(read.patient.name, t);
  const { words } = draft;
  const complete = words.findings.trim() !== '' && words.impression.trim() !== '';
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
  /** Of what contradicts itself the author says that it is meant so. */
  const [despite, setDespite] = useState<readonly string[]>([]);
  const askDespite = (found: readonly Contradiction[], before: readonly string[] = []): void => {
    void modal.confirm({
      title: t.report.contradicts,
      // Two quick Enters shall not send it off.
      autoFocusButton: 'cancel',
      content: (
        <ul className="contradictions">
          {found.map((one) => (
            <li key={one.key}>{t.report.contradiction[one.code](one.text, one.against)}</li>
          ))}
        </ul>
      ),
      okText: t.report.submitDespite,
      cancelText: t.report.backToWords,
      onOk: () => {
        setDespite([...before, ...found.map(({ key }) => key)]);
        setOpen('submit');
      },
    });
  };
  const submit = async (password: string): Promise<void> => {
    try {
      await afterSaving(() => api.read.submit(read.id, password, despite), 'submit');
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'report-contradicts') throw error;
      askDespite(error.body['contradictions'] as Contradiction[], despite);
    }
  };
  const openSubmit = (): void => {
    const blanks = REPORT_FIELDS.map((name) => ({ name, open: blanksOf(words[name]).map(({ text }) => text) }));
    const unfilled = blanks.filter((one) => one.open.length > 0);
    if (unfilled.length > 0) {
      setProblem(t.report.blanksOpen(unfilled.map((one) => `${t.report.field[one.name]} ${one.open.join(' ')}`)));
      selectBlank('findings', 0);
      return;
    }
    setProblem('');
    const unseen = draft.contradictions.filter(({ key }) => !despite.includes(key));
    const go = (): void => (unseen.length > 0 ? askDespite(unseen, despite) : setOpen('submit'));
    if (!missing) {
      go();
      return;
    }
    void modal.confirm({
      title: t.read.incomplete(read.instances, missing),
      okText: t.read.submit,
      cancelText: t.common.cancel,
      onOk: go,
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
  const claim = (): void => void act(() => api.read.claim(read.id));
  const review = (): void => void act(() => afterSaving(() => api.read.review(read.id)));
  const forward = (): (() => void) | undefined => {
    if (busy) return undefined;
    if (may('claim')) return claim;
    if (may('submit')) return complete ? openSubmit : () => setProblem(t.read.emptyReport);
    if (may('review')) return review;
    return may('sign') ? () => setOpen('sign') : undefined;
  };
  const back = (['return', 'send-back'] as const).find(may);
  useReportKeys(
    {
      'Ctrl+Enter': forward(),
      'Alt+R': busy || !back ? undefined : () => setOpen(back),
      'Alt+L': busy || !may('release') ? undefined : release,
    },
    page,
  );
  const next = <kbd aria-hidden>Ctrl ⏎</kbd>;
  return (
    <>
      <footer className="report-acts">
        <FinishedNotice on={read.id} forMs={NOTICE_MS} />
        {problem && (
          <Alert
            type="error"
            showIcon
            title={problem}
            closable={{ onClose: () => setProblem('') }}
            data-testid="act-problem"
          />
        )}
        {may('submit') && !complete && <p className="soft">{t.read.emptyReport}</p>}
        <div className="report-buttons">
          {may('claim') && (
            <Button type="primary" loading={busy} data-testid="claim" aria-keyshortcuts="Control+Enter" onClick={claim}>
              {t.read.claim} {next}
            </Button>
          )}
          {may('release') && (
            <Button data-testid="release" disabled={busy} aria-keyshortcuts="Alt+L" onClick={release}>
              {t.read.release} <kbd aria-hidden>Alt L</kbd>
            </Button>
          )}
          {back && (
            <Button
              danger
              data-testid={back === 'return' ? 'return' : 'sendback'}
              disabled={busy}
              aria-keyshortcuts="Alt+R"
              onClick={() => setOpen(back)}
            >
              {back === 'return' ? t.read.return : t.read.sendBack} <kbd aria-hidden>Alt R</kbd>
            </Button>
          )}
          {may('submit') && (
            <Button
              type="primary"
              data-testid="submit"
              disabled={!complete || busy}
              aria-keyshortcuts="Control+Enter"
              onClick={openSubmit}
            >
              {t.read.submit} {next}
            </Button>
          )}
          {may('review') && (
            <Button
              type="primary"
              data-testid="review"
              loading={busy}
              aria-keyshortcuts="Control+Enter"
              onClick={review}
            >
              {t.read.review} {next}
            </Button>
          )}
          {may('sign') && (
            <Button
              type="primary"
              data-testid="sign"
              disabled={busy}
              aria-keyshortcuts="Control+Enter"
              onClick={() => setOpen('sign')}
            >
              {t.read.sign} {next}
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
          act={submit}
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
    </>
  );
}
