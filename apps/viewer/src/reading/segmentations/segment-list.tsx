import { useText } from '../../text/index.js';
import type { SegmentationsControl } from './use-segmentations.js';
import './segmentations.css';

/** The segmentations of the series that is looked at: whose they are, and an eye for each segment. */
export function SegmentList({ control }: { control: SegmentationsControl }) {
  const t = useText();
  const words = t.segmentations;
  const { fitted, isShown, toggle, toggleAll, state, error } = control;
  if (Boolean(error) && fitted.length === 0) return <p className="strip-keys">{words.failed}</p>;
  return (
    <>
      {fitted.map(({ segmentation, fit }) => (
        <div key={segmentation.uid} className="strip-keys strip-segments" data-testid="segmentation">
          <h3 title={[segmentation.title, segmentation.maker].filter(Boolean).join('\n')}>
            <button type="button" onClick={toggleAll} aria-keyshortcuts=";">
              {[words.name, segmentation.title].filter(Boolean).join(' ')} <kbd aria-hidden>;</kbd>
            </button>
          </h3>
          <p>{segmentation.maker || words.nobody}</p>
          {segmentation.type === 'other' ? (
            <p>{words.notDrawn}</p>
          ) : (
            segmentation.segments.map((segment) => (
              <button
                key={segment.number}
                type="button"
                className="strip-segment"
                aria-pressed={isShown(segmentation, segment)}
                title={[segment.label, segment.meaning, segment.algorithmName].filter(Boolean).join('\n')}
                onClick={() => toggle(segmentation, segment)}
              >
                <i style={{ background: `rgb(${segment.colour.join(' ')})` }} aria-hidden />
                <span>
                  {segment.label || segment.meaning || segment.number}
                  <small>{words.by[segment.algorithm] ?? segment.algorithm}</small>
                </span>
              </button>
            ))
          )}
          {fit.misfits > 0 && <p className="strip-misfits">{words.misfits(fit.misfits)}</p>}
          {Boolean(state.error) && <p className="strip-misfits">{words.failed}</p>}
        </div>
      ))}
    </>
  );
}
