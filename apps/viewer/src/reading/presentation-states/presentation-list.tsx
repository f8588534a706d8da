import { useText } from '../../text/index.js';
import type { PresentationStatesControl } from './use-presentation-states.js';

/** The presentation states of the series that is looked at: whose each is, and which of them is put on it. */
export function PresentationList({ control }: { control: PresentationStatesControl }) {
  const words = useText().presentations;
  const { fitted, chosen, choose, toggle, error } = control;
  if (fitted.length === 0) return Boolean(error) && <p className="strip-keys">{words.failed}</p>;
  return (
    <div className="strip-keys strip-segments" data-testid="presentations">
      <h3>
        <button type="button" onClick={toggle} aria-keyshortcuts='"'>
          {words.name} <kbd aria-hidden>&quot;</kbd>
        </button>
      </h3>
      <p>{words.others}</p>
      {fitted.map((state) => (
        <button
          key={state.uid}
          type="button"
          className="strip-segment"
          aria-pressed={state === chosen}
          disabled={state.kind === 'other'}
          onClick={() => choose(state === chosen ? null : state)}
        >
          <span>
            {state.label || words.name}
            {state.description && ` · ${state.description}`}
            <small>{[state.creator || words.nobody, state.created].filter(Boolean).join(' · ')}</small>
            {state.kind === 'other' && <small className="strip-misfits">{words.lacks.kind}</small>}
          </span>
        </button>
      ))}
      {Boolean(error) && <p className="strip-misfits">{words.failed}</p>}
    </div>
  );
}
