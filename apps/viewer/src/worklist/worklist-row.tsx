import { memo } from 'react';
import type { ReadRow } from '../api/types.js';
import { completenessWords } from '../completeness.js';
import { dateTime, personName, prioritySign, returnText, sexAndAge, timeLeft } from '../format.js';
import { Link } from '../router.js';
import { useText, type Messages } from '../text/index.js';
import { itemName } from './item-name.js';

function handledBy(row: ReadRow, t: Messages): string {
  if (row.state === 'done') return t.worklist.signed;
  if (row.state === 'cancelled') return t.worklist.cancelled;
  if (row.state === 'returned') return t.worklist.returned;
  if (row.reading?.state === 'reviewed') return t.worklist.reviewed;
  if (row.reading?.state === 'submitted') return t.worklist.writtenBy(row.reading.author.name);
  if (row.reading?.sentBackReason) return t.worklist.sentBack;
  if (row.claimedBy) return t.worklist.claimedBy(row.claimedBy.name);
  return row.assignee ? t.worklist.assignedTo(row.assignee.name) : '';
}

interface RowProps {
  row: ReadRow;
  now: number;
  selected: boolean;
  fresh: boolean;
  onSelect: (id: string) => void;
}

export const WorklistRow = memo(function WorklistRow({ row, now, selected, fresh, onSelect }: RowProps) {
  const t = useText();
  const done = row.state === 'done';
  const left = done ? null : timeLeft(row.dueAt, row.receivedAt, now, t, true);
  const images = completenessWords(row, row.examState, t);
  const reason = row.returned ? returnText(row.returned, t) : row.clinicalInformation;
  const classes = ['case', `case-${row.priority}`, selected && 'case-selected', fresh && 'case-fresh'].filter(Boolean);
  return (
    <li>
      <Link
        to={`/reads/${encodeURIComponent(row.id)}`}
        className={classes.join(' ')}
        data-testid="worklist-row"
        data-read-id={row.id}
        data-read-state={row.state}
        onFocus={() => onSelect(row.id)}
      >
        <span className={`case-sign ${done ? 'sign-done' : `sign-${row.priority}`}`}>
          <span aria-hidden>{done ? '✓' : prioritySign[row.priority]}</span> {t.priority[row.priority]}
        </span>
        <span className="case-item" title={itemName(row, t)}>
          {itemName(row, t)}
        </span>
        <span className="case-patient" title={`${personName(row.patient.name, t)} ${row.patient.number}`}>
          <b>{personName(row.patient.name, t)}</b> <span className="case-sex">{sexAndAge(row.patient, t)}</span>
        </span>
        <span className="case-from" title={row.organisation.name}>
          {row.organisation.name}
        </span>
        <span className={reason ? 'case-reason' : 'case-reason case-blank'} title={reason ?? ''}>
          {row.criticalProposed > 0 && <b className="case-critical">▲ {t.critical.short} </b>}
          {row.identityDoubts > 0 && <b className="case-doubt">◆ {t.reconcile.identityShort} </b>}
          {row.conflicts > 0 && <b className="case-doubt">◆ {t.reconcile.conflicts(row.conflicts)} </b>}
          {reason || t.worklist.noRequest}
        </span>
        <span
          className={images.done ? 'case-images' : 'case-images case-incomplete'}
          title={images.text}
          data-testid="completeness"
        >
          {images.text}
        </span>
        <span className="case-who">{handledBy(row, t)}</span>
        <span
          className={left?.overdue ? 'case-time case-overdue' : 'case-time'}
          title={row.dueAt ? dateTime(row.dueAt) : ''}
        >
          {done ? dateTime(row.examinedAt ?? row.receivedAt) : (left?.text ?? t.timeLeft.none)}
          {left && (
            <span className="case-bar" aria-hidden>
              <span style={{ width: `${left.share * 100}%` }} />
            </span>
          )}
        </span>
      </Link>
    </li>
  );
});
