import type { ForeignMarks, Mark } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { measureLines } from '../images/measured.js';

interface MarkListProps {
  marks: readonly Mark[];
  elsewhere: readonly ForeignMarks[];
  goTo: (mark: Mark) => void;
  /** Null where marks may not be changed. */
  remove: ((mark: Mark) => void) | null;
}

/** The marks of the reading and those from elsewhere, each leading to its image. */
export function MarkList({ marks, elsewhere, goTo, remove }: MarkListProps) {
  const t = useText();
  const words = t.images;
  const said = (mark: Mark): string => {
    const [first, ...more] = measureLines(mark.values, mark.calibration, words.measure);
    return [mark.text, first && `${first}${more.length > 0 ? ' …' : ''}`].filter(Boolean).join(' ');
  };
  const whole = (mark: Mark): string =>
    [words.markNames[mark.kind], mark.text, ...measureLines(mark.values, mark.calibration, words.measure)]
      .filter(Boolean)
      .join('\n');
  const row = (mark: Mark, key: string, own: boolean) => (
    <div key={key} className="strip-key" data-testid={own ? 'mark' : 'foreign-mark'}>
      <button type="button" title={whole(mark)} onClick={() => goTo(mark)}>
        {words.markNames[mark.kind]}
        <small>{said(mark)}</small>
      </button>
      {own && remove && (
        <button type="button" aria-label={words.removeMark} title={words.removeMark} onClick={() => remove(mark)}>
          ✕
        </button>
      )}
    </div>
  );
  return (
    <>
      {marks.length > 0 && (
        <div className="strip-keys">
          <h3>
            {words.marks} {marks.length}
          </h3>
          {marks.map((mark) => row(mark, mark.id, true))}
        </div>
      )}
      {elsewhere
        .filter((document) => document.marks.length > 0 || document.notUnderstood > 0)
        .map((document) => (
          <div key={document.sopInstanceUid} className="strip-keys strip-foreign">
            <h3>◇ {document.institution || document.observer || document.manufacturer || words.foreignMarks}</h3>
            {document.marks.map((mark, index) => row(mark, `${mark.id} ${index}`, false))}
            {document.notUnderstood > 0 && <p>{words.notUnderstood(document.notUnderstood)}</p>}
          </div>
        ))}
    </>
  );
}
