import { useState } from 'react';
import { api } from '../../api/client.js';
import type { QualityGrade, ReadDetail, ReturnReason } from '../../api/types.js';
import { dateTime, faultsText, personName } from '../../format.js';
import { Link } from '../../router.js';
import { useText } from '../../text/index.js';
import { refusalText } from '../dialogs.js';
import { useReportKeys } from '../use-report-keys.js';
import { GradeDialog } from './grade-dialog.js';
import './quality.css';

const GRADES: readonly QualityGrade[] = ['A', 'B', 'C'];

interface QualityLineProps {
  /** The document that it is in, if not the page's. */
  page: Document | undefined;
  read: ReadDetail;
  refresh: () => void;
}

/** The grade of the images, one key each; of a retake, what was wrong with the ones before. */
export function QualityLine({ page, read, refresh }: QualityLineProps) {
  const t = useText();
  const words = t.quality;
  const { quality, retake } = read;
  const [asked, setAsked] = useState<Exclude<QualityGrade, 'A'> | null>(null);
  const [problem, setProblem] = useState('');
  const mayGrade = read.allowed.includes('grade');
  const give = async (grade: QualityGrade, faults: readonly ReturnReason[], note: string): Promise<void> => {
    await api.read.grade(read.id, grade, faults, note);
    setProblem('');
    refresh();
  };
  const choose = (grade: QualityGrade): void => {
    if (grade !== 'A') setAsked(grade);
    else if (quality?.grade !== 'A') give('A', [], '').catch((error: unknown) => setProblem(refusalText(error, t)));
  };
  const key = (grade: QualityGrade): (() => void) | undefined => (mayGrade ? () => choose(grade) : undefined);
  useReportKeys({ 'Alt+Digit1': key('A'), 'Alt+Digit2': key('B'), 'Alt+Digit3': key('C') }, page);

  const before = retake && [t.reasons[retake.reason], retake.note].filter(Boolean).join('，');
  return (
    <section className="quality" data-testid="quality">
      {retake && before && (
        <p className="notice notice-amber" data-testid="retake">
          ◆{' '}
          {retake.readId === read.id
            ? words.completed(before, dateTime(retake.returnedAt))
            : words.retake(before, dateTime(retake.returnedAt))}{' '}
          {retake.readId !== read.id && <Link to={`/reads/${encodeURIComponent(retake.readId)}`}>{words.before}</Link>}
        </p>
      )}
      {(mayGrade || quality) && (
        <div className="quality-line">
          <h2>{words.label}</h2>
          {mayGrade &&
            GRADES.map((grade, index) => (
              <button
                key={grade}
                type="button"
                title={words.gradeLong[grade]}
                aria-pressed={quality?.grade === grade}
                aria-keyshortcuts={`Alt+${index + 1}`}
                data-testid={`grade-${grade}`}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(grade)}
              >
                {words.grades[grade]} <kbd aria-hidden>Alt {index + 1}</kbd>
              </button>
            ))}
          <span className="soft" data-testid="graded">
            {quality ? words.graded(words.grades[quality.grade], faultsText(quality, t), quality.by.name) : words.none}
          </span>
        </div>
      )}
      {problem && (
        <p className="notice notice-amber" role="alert">
          {problem}
        </p>
      )}
      {asked && (
        <GradeDialog
          grade={asked}
          who={personName(read.patient.name, t)}
          kind={read.kind}
          now={quality}
          act={(chosen, note) => give(asked, chosen, note)}
          close={() => setAsked(null)}
        />
      )}
    </section>
  );
}
