import { useText } from '../../text/index.js';
import type { Segment, Segmentation } from './segmentation.js';

export interface SegmentsOver {
  readonly over: readonly { segmentation: Segmentation; segments: readonly Segment[] }[];
  /** Some of them are not here yet. */
  readonly coming: boolean;
}

/** What is drawn over the picture and is not of it: by what kind of hand, and whose. */
export function SegmentBadges({ over, coming }: SegmentsOver) {
  const { segmentations: words } = useText();
  return (
    <>
      {over.map(({ segmentation, segments }) => (
        <span key={segmentation.uid} className="badge" data-testid="segments-shown">
          ◆ {words.name}{' '}
          {[...new Set(segments.map(({ algorithm }) => words.by[algorithm] ?? algorithm))].filter(Boolean).join('、')}
          {segmentation.maker && ` · ${segmentation.maker}`}
          {coming && ` · ${words.coming}`}
        </span>
      ))}
    </>
  );
}
