import type { Prior } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { priorName } from './prior-words.js';

/** In the picture of a prior, as long as it stands there. */
export function PriorBanner({ prior, close }: { prior: Prior; close: () => void }) {
  const t = useText();
  return (
    <div className="prior-banner" data-testid="prior-banner">
      <b>◆ {t.priors.prior}</b>
      <span>{priorName(prior, t)}</span>
      <button type="button" onClick={close}>
        {t.priors.closeShown} Alt H
      </button>
    </div>
  );
}
