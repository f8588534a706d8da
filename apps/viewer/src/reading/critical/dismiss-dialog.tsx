import { Alert, Input, Modal, Select, type RefSelectProps } from 'antd';
import { useRef, useState } from 'react';
import { dismissalReasons, type DismissalReason } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { onConfirmKey, refusalText, useAct } from '../dialogs.js';

interface DismissDialogProps {
  rule: string;
  close: () => void;
  act: (reason: DismissalReason, note: string) => Promise<void>;
}

/** Why what a rule proposes is no critical value: a coded reason, and words. */
export function DismissDialog({ rule, close, act }: DismissDialogProps) {
  const t = useText();
  const [reason, setReason] = useState<DismissalReason | null>(null);
  const [note, setNote] = useState('');
  const select = useRef<RefSelectProps>(null);
  const { busy, problem, act: run } = useAct(close);
  const ready = reason !== null && (reason !== 'other' || note.trim() !== '');
  const go = (): void => {
    if (ready) void run(() => act(reason, note.trim()));
  };
  return (
    <Modal
      open
      title={t.critical.dismissTitle}
      okText={
        <>
          {t.critical.dismissNow} <kbd>Ctrl ⏎</kbd>
        </>
      }
      cancelText={t.common.cancel}
      confirmLoading={busy}
      onCancel={close}
      onOk={go}
      okButtonProps={{ disabled: !ready, 'data-testid': 'dismiss-confirm' }}
      afterOpenChange={(shown) => {
        if (shown) select.current?.focus();
      }}
      width={480}
    >
      <p>{rule}</p>
      <Select<DismissalReason>
        ref={select}
        onKeyDown={onConfirmKey(go)}
        className="dialog-wide"
        aria-label={t.critical.dismissTitle}
        placeholder={t.critical.dismissTitle}
        value={reason}
        onChange={setReason}
        options={dismissalReasons.map((value) => ({ value, label: t.critical.reasons[value] }))}
      />
      <Input.TextArea
        rows={3}
        aria-label={t.critical.note}
        placeholder={t.critical.note}
        data-testid="dismiss-note"
        onKeyDown={onConfirmKey(go)}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {Boolean(problem) && <Alert className="dialog-problem" type="error" showIcon title={refusalText(problem, t)} />}
    </Modal>
  );
}
