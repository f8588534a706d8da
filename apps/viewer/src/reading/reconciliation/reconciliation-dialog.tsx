import { Alert, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { dateTime } from '../../format.js';
import { useText, type Messages } from '../../text/index.js';
import { refusalText } from '../dialogs.js';
import { identityText } from './identity-text.js';
import type { Doubt, Duplicate, Reconciliation, Twin } from './types.js';

interface DecisionProps {
  mayDecide: boolean;
  /** what can be decided, in words, and what each does */
  choices: { label: string; testId: string; act: (reason: string) => Promise<unknown> }[];
  decided: () => void;
}

/** A decision needs a reason; a refusal keeps what was typed. */
function Decision({ mayDecide, choices, decided }: DecisionProps) {
  const t = useText();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  if (!mayDecide) return <p className="reconcile-soft">{t.reconcile.notYours}</p>;
  const run = async (act: (reason: string) => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem('');
    try {
      await act(reason.trim());
      decided();
    } catch (error) {
      setProblem(refusalText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="reconcile-decision">
      <Input
        value={reason}
        maxLength={500}
        placeholder={t.reconcile.reason}
        data-testid="reconcile-reason"
        onChange={(event) => setReason(event.target.value)}
      />
      {choices.map(({ label, testId, act }) => (
        <Button
          key={testId}
          data-testid={testId}
          disabled={busy || reason.trim().length < 2}
          onClick={() => void run(act)}
        >
          {label}
        </Button>
      ))}
      {problem && <Alert type="error" title={problem} />}
    </div>
  );
}

function DoubtItem({
  doubt,
  found,
  ...rest
}: { doubt: Doubt; found: Reconciliation } & Omit<DecisionProps, 'choices'>) {
  const t = useText();
  return (
    <section className="reconcile-item">
      <table className="reconcile-table">
        <tbody>
          <tr>
            <th>{t.reconcile.onImages}</th>
            <td>{identityText(doubt.claimed, t)}</td>
          </tr>
          <tr>
            <th>{t.reconcile.onFile}</th>
            <td>{identityText(found.filedUnder, t)}</td>
          </tr>
        </tbody>
      </table>
      <Decision
        {...rest}
        choices={[
          {
            label: t.reconcile.samePerson,
            testId: 'same-person',
            act: (reason) => api.reconciliation.identity(doubt.id, 'same-person', reason),
          },
          {
            label: t.reconcile.otherPerson,
            testId: 'other-person',
            act: (reason) => api.reconciliation.identity(doubt.id, 'other-person', reason),
          },
        ]}
      />
    </section>
  );
}

function twinText(twin: Twin, t: Messages): string {
  return `${t.reconcile.bytes(twin.sizeBytes)} · ${twin.sender} · ${dateTime(twin.receivedAt)} · ${twin.digest.slice(0, 12)}…`;
}

function DuplicateItem({ twins, ...rest }: { twins: Duplicate } & Omit<DecisionProps, 'choices'>) {
  const t = useText();
  return (
    <section className="reconcile-item">
      <p className="reconcile-uid">{twins.sopInstanceUid}</p>
      <table className="reconcile-table">
        <tbody>
          <tr>
            <th />
            <th>{t.reconcile.served}</th>
            <th>{t.reconcile.beside}</th>
          </tr>
          <tr>
            <th>{t.reconcile.object}</th>
            <td>{twinText(twins.served, t)}</td>
            <td>{twinText(twins.beside, t)}</td>
          </tr>
          {twins.differs.slice(0, 12).map((one) => (
            <tr key={one.tag}>
              <th>
                ({one.tag.slice(0, 4)},{one.tag.slice(4)})
              </th>
              <td>{one.served ?? '–'}</td>
              <td>{one.beside ?? '–'}</td>
            </tr>
          ))}
          {twins.differs.length === 0 && (
            <tr>
              <th />
              <td colSpan={2}>{t.reconcile.onlyPixels}</td>
            </tr>
          )}
        </tbody>
      </table>
      <Decision
        {...rest}
        choices={[
          ...(twins.state === 'undecided'
            ? [
                {
                  label: t.reconcile.keep,
                  testId: 'keep-served',
                  act: (reason: string) => api.reconciliation.duplicate(twins.id, 'keep', reason),
                },
              ]
            : []),
          {
            label: t.reconcile.serveOther,
            testId: 'serve-other',
            act: (reason: string) => api.reconciliation.duplicate(twins.id, 'serve', reason),
          },
        ]}
      />
    </section>
  );
}

interface ReconciliationDialogProps {
  found: Reconciliation;
  mayDecide: boolean;
  close: () => void;
  decided: () => void;
}

/** Both sides of every open question, and the decision for whom it is. Nothing that is decided here deletes anything. */
export function ReconciliationDialog({ found, mayDecide, close, decided }: ReconciliationDialogProps) {
  const t = useText();
  const doubts = found.doubts.filter((one) => one.state === 'open');
  const twins = found.duplicates.filter((one) => one.kind === 'conflict' && one.state !== 'serving');
  return (
    <Modal open title={t.reconcile.title} footer={null} onCancel={close} width={860}>
      <div className="reconcile-list" data-testid="reconcile-dialog">
        {doubts.map((doubt) => (
          <DoubtItem key={doubt.id} doubt={doubt} found={found} mayDecide={mayDecide} decided={decided} />
        ))}
        {twins.map((one) => (
          <DuplicateItem key={one.id} twins={one} mayDecide={mayDecide} decided={decided} />
        ))}
        {doubts.length + twins.length === 0 && <p>{t.reconcile.nothing}</p>}
        <p className="reconcile-soft">{t.reconcile.kept}</p>
      </div>
    </Modal>
  );
}
