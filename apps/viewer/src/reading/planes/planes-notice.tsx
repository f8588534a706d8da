import { useText } from '../../text/index.js';
import { failureText } from '../images/failure-text.js';
import type { PlanesState } from './use-planes.js';

/** What is going on while planes are wanted and not there. */
export function PlanesNotice({ planes, leave }: { planes: PlanesState; leave: () => void }) {
  const t = useText();
  const words = t.images.planes;
  if (planes.step === 'off' || planes.step === 'ready') return null;
  const wrong = planes.step !== 'loading';
  return (
    <div className="picture-notice" role={wrong ? 'alert' : 'status'} data-testid="planes-notice">
      <span>
        {planes.step === 'loading' && words.loading(planes.done, planes.all)}
        {planes.step === 'refused' && `${words.refused}${words.because[planes.why]}`}
        {planes.step === 'failed' && `${words.refused}${failureText(planes.failure, t)}`}
      </span>
      <button type="button" onClick={leave}>
        {wrong ? t.common.close : t.common.cancel}
      </button>
    </div>
  );
}
