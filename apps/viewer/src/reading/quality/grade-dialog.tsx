import { Alert, Checkbox, Input, Modal } from 'antd';
import { useRef, useState } from 'react';
import type { Quality, QualityGrade, ReturnReason } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { onConfirmKey, reasonsFor, refusalText, useAct } from '../dialogs.js';

interface GradeDialogProps {
  grade: Exclude<QualityGrade, 'A'>;
  who: string;
  kind: 'imaging' | 'ecg';
  now: Quality | null;
  act: (faults: readonly ReturnReason[], note: string) => Promise<void>;
  close: () => void;
}

/** What is wrong with the images; the digits choose, in the order of the list. */
export function GradeDialog({ grade, who, kind, now, act, close }: GradeDialogProps) {
  const t = useText();
  const words = t.quality;
  const reasons = reasonsFor(kind).filter((one) => one !== 'wrong-patient');
  const [faults, setFaults] = useState<ReturnReason[]>(now?.reasons ?? []);
  const [note, setNote] = useState(now?.note ?? '');
  const list = useRef<HTMLDivElement>(null);
  const { busy, problem, act: run } = useAct(close);
  const ready = faults.length > 0 && (!faults.includes('other') || note.trim() !== '');
  const go = (): void => {
    if (ready) void run(() => act(faults, note.trim()));
  };
  const flip = (reason: ReturnReason): void =>
    setFaults((old) => (old.includes(reason) ? old.filter((one) => one !== reason) : [...old, reason]));
  return (
    <Modal
      open
      title={words.dialogTitle(words.grades[grade], who)}
      okText={
        <>
          {words.save} <kbd>Ctrl ⏎</kbd>
        </>
      }
      cancelText={t.common.cancel}
      confirmLoading={busy}
      onCancel={close}
      onOk={go}
      okButtonProps={{ disabled: !ready, 'data-testid': 'grade-confirm' }}
      afterOpenChange={(shown) => {
        if (shown) list.current?.querySelector('input')?.focus();
      }}
      width={480}
    >
      <div
        ref={list}
        className="grade-faults"
        role="group"
        aria-label={words.faults}
        onKeyDown={(event) => {
          onConfirmKey(go)(event);
          const reason = reasons[Number(event.key) - 1];
          if (reason) flip(reason);
        }}
      >
        <p className="grade-lead">{words.faults}</p>
        {reasons.map((reason, index) => (
          <Checkbox
            key={reason}
            checked={faults.includes(reason)}
            onChange={() => flip(reason)}
            data-testid={`fault-${reason}`}
          >
            {t.reasons[reason]} <kbd>{index + 1}</kbd>
          </Checkbox>
        ))}
      </div>
      <Input.TextArea
        rows={2}
        maxLength={500}
        aria-label={words.note}
        placeholder={words.note}
        onKeyDown={onConfirmKey(go)}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {Boolean(problem) && <Alert className="dialog-problem" type="error" showIcon title={refusalText(problem, t)} />}
    </Modal>
  );
}
