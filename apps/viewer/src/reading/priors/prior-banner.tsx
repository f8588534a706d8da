import type { Prior, ReadDetail } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { isLater, priorName } from './prior-words.js';

/** In the picture of another examination, as long as it stands there. */
export function PriorBanner({ prior, read, close }: { prior: Prior; read: ReadDetail; close: () => void }) {
  const t = useText();
  return (
    <div className="prior-banner" data-testid="prior-banner">
      <b>◆ {isLater(prior, read) ? t.priors.later : t.priors.prior}</b>
      <span>{priorName(prior, t)}</span>
      <button type="button" onClick={close}>
        {t.priors.closeShown} Alt H
      </button>
    </div>
  );
}
