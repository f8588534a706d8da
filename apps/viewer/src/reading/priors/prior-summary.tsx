import type { Prior, ReadDetail } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { priorName, priorStatus } from './prior-words.js';
import type { usePriors } from './use-priors.js';
import './priors.css';

const SHOWN = 3;

interface PriorSummaryProps {
  read: ReadDetail;
  from: ReturnType<typeof usePriors>;
  open: (prior: Prior) => void;
}

/** How many other examinations the person has in the network, with the newest of them. */
export function PriorSummary({ read, from: { priors, error, retry }, open }: PriorSummaryProps) {
  const t = useText();
  const words = t.priors;
  return (
    <section className="priors" data-testid="priors">
      <h2>
        {words.title} {priors && !priors.identityDoubt && `(${priors.items.length})`} <kbd>Alt H</kbd>
      </h2>
      {Boolean(error) && !priors && (
        <button type="button" onClick={retry}>
          {words.failed}
        </button>
      )}
      {priors?.identityDoubt && <p className="soft">{words.doubt}</p>}
      {priors?.items.slice(0, SHOWN).map((prior) => (
        <button key={prior.id} type="button" onClick={() => open(prior)} data-testid="prior">
          <span>{priorName(prior, t)}</span> <small>{priorStatus(prior, read, t)}</small>
        </button>
      ))}
      {priors && priors.items.length > SHOWN && (
        <button type="button" onClick={() => open(priors.items[SHOWN]!)}>
          {words.more(priors.items.length - SHOWN)}
        </button>
      )}
    </section>
  );
}
