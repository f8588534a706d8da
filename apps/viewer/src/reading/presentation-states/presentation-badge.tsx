import { useText } from '../../text/index.js';
import type { Frame } from '../images/series.js';
import { refersTo } from './presentation-state.js';
import type { AppliedState } from './use-presentation-states.js';

/** That the picture is seen as somebody else has kept it, who that was, and what of it is not done here. */
export function PresentationBadge({ applied: { state, lacks }, frame }: { applied: AppliedState; frame: Frame }) {
  const words = useText().presentations;
  const named = [words.name, state.label].filter(Boolean).join(' ');
  if (!refersTo(state.refers, frame))
    return (
      <span className="badge" data-testid="presentation-shown">
        ◆ {words.notOfThis(named)}
      </span>
    );
  return (
    <>
      <span className="badge" data-testid="presentation-shown">
        ◆ {[named, state.creator, state.created].filter(Boolean).join(' · ')}
      </span>
      {lacks.length > 0 && (
        <span className="badge" data-testid="presentation-lacks">
          ◆ {lacks.map((lack) => words.lacks[lack]).join(words.between)}
        </span>
      )}
    </>
  );
}
