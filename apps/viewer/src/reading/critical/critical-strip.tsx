import { Button } from 'antd';
import { useState } from 'react';
import { api } from '../../api/client.js';
import type { CriticalProposal, ReadDetail } from '../../api/types.js';
import { useText, type Messages } from '../../text/index.js';
import { refusalText } from '../dialogs.js';
import { DismissDialog } from './dismiss-dialog.js';
import './critical.css';

interface StripProps {
  read: ReadDetail;
  refresh: () => void;
}

/** Critical values that a rule proposes of this ECG, over it, and what was decided of each. */
export function CriticalStrip({ read, refresh }: StripProps) {
  if (read.criticalProposals.length === 0) return null;
  return (
    <div className="critical-strip" role="alert" data-testid="critical-proposals">
      {read.criticalProposals.map((proposal) => (
        <Line key={proposal.id} proposal={proposal} read={read} refresh={refresh} />
      ))}
    </div>
  );
}

function decided({ state, decidedBy, reason }: CriticalProposal, t: Messages): string {
  const who = decidedBy?.name ?? '';
  return state === 'accepted'
    ? t.critical.accepted(who)
    : t.critical.dismissed(who, t.critical.reasons[reason ?? ''] ?? reason ?? '');
}

function Line({ proposal, read, refresh }: StripProps & { proposal: CriticalProposal }) {
  const t = useText();
  const [dismissing, setDismissing] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const open = proposal.state === 'proposed';
  const mine = read.allowed.includes('draft');
  const accept = async (): Promise<void> => {
    try {
      await api.criticalProposal.accept(read.id, proposal.id);
      setProblem(null);
    } catch (error) {
      setProblem(error);
    }
    refresh();
  };
  return (
    <div className={`critical-line critical-${proposal.state}`} data-testid="critical-proposal">
      <b>▲ {open ? t.critical.proposed : decided(proposal, t)}</b>
      <span className="critical-words">
        {proposal.rule} · {t.critical.measured(proposal.value, proposal.threshold)} · {t.critical.basis[proposal.basis]}{' '}
        · {t.critical.ruleSet(proposal.ruleSet)}
      </span>
      {open && <span className="critical-words">{t.critical.where(proposal.evidence.slice(0, 3))}</span>}
      {proposal.note && <span className="critical-words">{proposal.note}</span>}
      {open && !mine && <span>{t.critical.claimFirst}</span>}
      {open && mine && (
        <>
          <Button size="small" danger type="primary" data-testid="critical-accept" onClick={() => void accept()}>
            {t.critical.accept}
          </Button>
          <Button size="small" data-testid="critical-dismiss" onClick={() => setDismissing(true)}>
            {t.critical.dismiss}
          </Button>
        </>
      )}
      {Boolean(problem) && <b>{refusalText(problem, t)}</b>}
      {dismissing && (
        <DismissDialog
          rule={proposal.rule}
          close={() => setDismissing(false)}
          act={async (reason, note) => {
            await api.criticalProposal.dismiss(read.id, proposal.id, reason, note);
            refresh();
          }}
        />
      )}
    </div>
  );
}
