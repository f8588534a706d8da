import { useText } from '../../text/index.js';
import { isShuttered, overlaysOf } from './drawn-over.js';
import type { Frame } from './series.js';

/** That the file has drawn over its image, or hidden some of it, also where that is lifted for a moment. */
export function DrawnOverBadges({ frame, lifted }: { frame: Frame; lifted: boolean }) {
  const words = useText().images.over;
  const overlays = overlaysOf(frame);
  const badge = (said: string, testId: string) => (
    <span className="badge" data-testid={testId}>
      ◆ {said}
      {lifted && ` · ${words.lifted}`}
    </span>
  );
  return (
    <>
      {overlays.length > 0 && badge(words.overlays(overlays.map(({ name }) => name).filter(Boolean)), 'overlays')}
      {isShuttered(frame) && badge(words.shutter, 'shutter')}
    </>
  );
}
