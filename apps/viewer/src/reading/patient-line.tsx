import type { ReadDetail } from '../api/types.js';
import { dateTime, personName, prioritySign, sexAndAge, timeLeft } from '../format.js';
import { useNow } from '../office/use-now.js';
import { Link } from '../router.js';
import { LanguageToggle, useText } from '../text/index.js';
import { itemName } from '../worklist/item-name.js';
import { SaveStateText } from './save-state-text.js';
import type { SaveState } from './save-state.js';

interface PatientLineProps {
  read: ReadDetail;
  save: SaveState;
  editable: boolean;
  /** To the case after this one, or before it. */
  step: (by: 1 | -1) => void;
}

/** Who this is: always visible, never scrolls. */
export function PatientLine({ read, save, editable, step }: PatientLineProps) {
  const t = useText();
  const now = useNow(15_000);
  const left = read.state === 'done' ? null : timeLeft(read.dueAt, read.receivedAt, now, t);
  const name = personName(read.patient.name, t);
  return (
    <header className="patient-line">
      <Link to="/" className="patient-back" aria-label={t.read.backToList} title={t.read.backToList}>
        ←
      </Link>
      <span className="patient-steps">
        <button type="button" title={`${t.round.previous} [`} aria-label={t.round.previous} onClick={() => step(-1)}>
          ‹
        </button>
        <button type="button" title={`${t.round.next} ]`} aria-label={t.round.next} onClick={() => step(1)}>
          ›
        </button>
      </span>
      <span className={`patient-sign patient-${read.priority}`} title={t.priority[read.priority]}>
        <span aria-hidden>{prioritySign[read.priority]}</span> {t.priority[read.priority]}
      </span>
      <b className="patient-name" title={name} data-testid="patient-name">
        {name}
      </b>
      <span className="patient-fixed">{sexAndAge(read.patient, t)}</span>
      <span className="patient-part" title={itemName(read, t)}>
        {itemName(read, t)}
      </span>
      <span className="patient-part patient-place" title={read.organisation.name}>
        {read.organisation.name}
      </span>
      <span className="patient-fixed">{dateTime(read.examinedAt ?? read.receivedAt)}</span>
      {left && <span className={left.overdue ? 'patient-fixed patient-overdue' : 'patient-fixed'}>{left.text}</span>}
      <span className="patient-end">
        <SaveStateText save={save} editable={editable} />
        <LanguageToggle />
      </span>
    </header>
  );
}
