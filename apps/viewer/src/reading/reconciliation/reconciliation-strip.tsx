import { Button } from 'antd';
import { useCallback, useState } from 'react';
import { api } from '../../api/client.js';
import type { ReadDetail } from '../../api/types.js';
import { useFetched } from '../../office/use-fetched.js';
import { useUser } from '../../session/session.js';
import { useText } from '../../text/index.js';
import { identityText } from './identity-text.js';
import { ReconciliationDialog } from './reconciliation-dialog.js';
import type { Reconciliation } from './types.js';
import './reconciliation.css';

/** What is doubtful about this examination, over the picture until somebody has decided it. */
export function ReconciliationStrip({ read, refresh }: { read: ReadDetail; refresh: () => void }) {
  const [open, setOpen] = useState(false);
  if (read.identityDoubts + read.conflicts === 0 && !open) return null;
  return <Strip read={read} refresh={refresh} open={open} setOpen={setOpen} />;
}

interface StripProps {
  read: ReadDetail;
  refresh: () => void;
  open: boolean;
  setOpen: (open: boolean) => void;
}

function Strip({ read, refresh, open, setOpen }: StripProps) {
  const t = useText();
  const user = useUser();
  const { examId, identityDoubts, conflicts } = read;
  // Asked again whenever the marks change.
  const asked = `${identityDoubts}/${conflicts}`;
  const load = useCallback(
    (signal: AbortSignal): Promise<Reconciliation> => api.reconciliation.get(examId, asked, signal),
    [examId, asked],
  );
  const { value: found, retry } = useFetched(load);
  const doubt = found?.doubts.find((one) => one.state === 'open');
  return (
    <div className="reconcile-strip" role="alert" data-testid="reconciliation">
      {identityDoubts > 0 && (
        <span className="reconcile-words" data-testid="identity-doubt">
          <b>◆ {t.reconcile.identity}</b>{' '}
          {doubt &&
            found &&
            t.reconcile.headerSays(
              identityText(doubt.claimed, t),
              identityText(found.filedUnder, t),
              doubt.differs.map((what) => t.reconcile.what[what] ?? what).join('、'),
            )}
        </span>
      )}
      {conflicts > 0 && (
        <span className="reconcile-words" data-testid="conflict-mark">
          <b>◆ {t.reconcile.conflicts(conflicts)}</b> {t.reconcile.conflictWhy}
        </span>
      )}
      {found && (
        <Button size="small" data-testid="reconcile-open" onClick={() => setOpen(true)}>
          {user.permissions.includes('quality.decide') ? t.reconcile.decide : t.reconcile.look}
        </Button>
      )}
      {open && found && (
        <ReconciliationDialog
          found={found}
          mayDecide={user.permissions.includes('quality.decide')}
          close={() => setOpen(false)}
          decided={() => {
            retry();
            refresh();
          }}
        />
      )}
    </div>
  );
}
