import { Alert, Input, Modal, Select, type InputRef, type RefSelectProps } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import { ApiError } from '../api/client.js';
import { returnReasons, type ReturnReason } from '../api/types.js';
import { problemText } from '../plain-page.js';
import { useText, type Messages } from '../text/index.js';

const imagingOnly: readonly ReturnReason[] = ['position', 'exposure', 'motion', 'missing-series'];
const ecgOnly: readonly ReturnReason[] = ['lead-reversal', 'noise', 'lead-off'];

/** What can be wrong with an examination of this kind. */
export const reasonsFor = (kind: 'imaging' | 'ecg'): ReturnReason[] => {
  const strangers = kind === 'ecg' ? imagingOnly : ecgOnly;
  return returnReasons.filter((one) => !strangers.includes(one));
};

export function refusalText(error: unknown, t: Messages): string {
  if (!(error instanceof ApiError)) return t.read.unavailable;
  if (error.unreachable) return t.common.unreachable;
  return `${problemText(error, t) || t.read.unavailable} (${t.common.code(error.code)})`;
}

const passwordRefused = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 401 || /password|credential/.test(error.code));

interface DialogProps {
  close: () => void;
}

/** Ctrl+Enter in a dialog that has more to fill in than one line. */
export const onConfirmKey =
  (confirm: () => void) =>
  (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    confirm();
  };

/** Runs the dialog's act, keeps what was typed when it fails, and says why. */
export function useAct(close: () => void) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const act = async (what: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await what();
      close();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, act };
}

interface PasswordDialogProps extends DialogProps {
  title: string;
  lead: string;
  confirm: string;
  act: (password: string) => Promise<void>;
}

export function PasswordDialog({ close, title, lead, confirm, act }: PasswordDialogProps) {
  const t = useText();
  const [password, setPassword] = useState('');
  const input = useRef<InputRef>(null);
  const { busy, problem, act: run } = useAct(close);
  const go = async (): Promise<void> => {
    if (!password) {
      input.current?.focus();
      return;
    }
    await run(() => act(password));
    input.current?.select();
  };
  return (
    <Modal
      open
      title={title}
      okText={confirm}
      cancelText={t.common.cancel}
      confirmLoading={busy}
      onCancel={close}
      onOk={() => void go()}
      okButtonProps={{ disabled: !password, 'data-testid': 'password-confirm' }}
      afterOpenChange={(shown) => {
        if (shown) input.current?.focus();
      }}
      width={440}
    >
      <p>{lead}</p>
      <Input.Password
        ref={input}
        aria-label={t.common.password}
        placeholder={t.common.password}
        autoComplete="current-password"
        data-testid="signing-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        onPressEnter={() => void go()}
      />
      {Boolean(problem) && (
        <Alert
          className="dialog-problem"
          type="error"
          showIcon
          title={passwordRefused(problem) ? t.dialogs.wrongPassword : refusalText(problem, t)}
        />
      )}
    </Modal>
  );
}

interface SendBackDialogProps extends DialogProps {
  act: (reason: string) => Promise<void>;
}

export function SendBackDialog({ close, act }: SendBackDialogProps) {
  const t = useText();
  const [reason, setReason] = useState('');
  const { busy, problem, act: run } = useAct(close);
  const go = (): void => {
    if (reason.trim()) void run(() => act(reason.trim()));
  };
  return (
    <Modal
      open
      title={t.dialogs.sendBackTitle}
      okText={
        <>
          {t.read.sendBack} <kbd>Ctrl ⏎</kbd>
        </>
      }
      cancelText={t.common.cancel}
      confirmLoading={busy}
      onCancel={close}
      onOk={go}
      okButtonProps={{ disabled: !reason.trim(), 'data-testid': 'sendback-confirm' }}
      width={480}
    >
      <Input.TextArea
        autoFocus
        rows={4}
        aria-label={t.dialogs.sendBackReason}
        placeholder={t.dialogs.sendBackHint}
        data-testid="sendback-reason"
        onKeyDown={onConfirmKey(go)}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {Boolean(problem) && <Alert className="dialog-problem" type="error" showIcon title={refusalText(problem, t)} />}
    </Modal>
  );
}

interface ReturnDialogProps extends DialogProps {
  who: string;
  kind: 'imaging' | 'ecg';
  act: (reason: ReturnReason, note: string) => Promise<void>;
}

export function ReturnDialog({ close, who, kind, act }: ReturnDialogProps) {
  const t = useText();
  const [reason, setReason] = useState<ReturnReason | null>(null);
  const [note, setNote] = useState('');
  const select = useRef<RefSelectProps>(null);
  const { busy, problem, act: run } = useAct(close);
  const go = (): void => {
    if (reason) void run(() => act(reason, note.trim()));
  };
  return (
    <Modal
      open
      title={t.dialogs.returnTitle(who)}
      okText={
        <>
          {t.read.return} <kbd>Ctrl ⏎</kbd>
        </>
      }
      cancelText={t.common.cancel}
      confirmLoading={busy}
      onCancel={close}
      onOk={go}
      okButtonProps={{ danger: true, disabled: !reason, 'data-testid': 'return-confirm' }}
      afterOpenChange={(shown) => {
        if (shown) select.current?.focus();
      }}
      width={480}
    >
      <p>{t.dialogs.returnLead}</p>
      <Select<ReturnReason>
        ref={select}
        onKeyDown={onConfirmKey(go)}
        className="dialog-wide"
        aria-label={t.dialogs.returnReason}
        placeholder={t.dialogs.returnReason}
        value={reason}
        onChange={setReason}
        options={reasonsFor(kind).map((value) => ({ value, label: t.reasons[value] }))}
      />
      <Input.TextArea
        rows={3}
        aria-label={t.dialogs.returnNote}
        placeholder={t.dialogs.returnNote}
        onKeyDown={onConfirmKey(go)}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {Boolean(problem) && <Alert className="dialog-problem" type="error" showIcon title={refusalText(problem, t)} />}
    </Modal>
  );
}
