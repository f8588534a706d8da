import { useText } from '../../text/index.js';
import type { Blank } from './blanks.js';

/** What may stand in the blank that is selected, by digit or by click. */
export function BlankChoices({ blank, choose }: { blank: Blank; choose: (choice: string) => void }) {
  const t = useText();
  return (
    <div className="blank-choices" role="group" aria-label={t.report.choices} data-testid="blank-choices">
      {blank.choices.map((choice, index) => (
        <button
          key={choice}
          type="button"
          // The selection stays where it is.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(choice)}
        >
          <kbd>{index + 1}</kbd> {choice || t.report.nothing}
        </button>
      ))}
    </div>
  );
}
