import { useText } from '../../text/index.js';
import type { EcgView } from './ecg-view.js';

/** What was computed to be amiss with electrodes or signal, above the paper: before anything on it is trusted. */
export function SignalWarnings({ view }: { view: EcgView }) {
  const words = useText().ecg.warnings;
  const warnings = view.warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <p className="ecg-warnings" role="status" data-testid="ecg-warnings">
      ⚠ {warnings.map(({ code, leads }) => words[code](leads.join(words.and))).join(words.next)}
      <small>{words.computed}</small>
    </p>
  );
}
