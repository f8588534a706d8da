import { useText } from '../../text/index.js';
import type { Frame } from '../images/series.js';
import { videoUrl } from './video-source.js';

/** What the browser does not play, for a program that does. */
export function VideoDownload({ frame }: { frame: Frame }) {
  const { videos: words } = useText();
  const mpeg2 = frame.drawing.by === 'player' && frame.drawing.stream.mpeg2;
  return (
    <a
      className="video-download"
      href={videoUrl(frame.imageId)}
      download={`${frame.sopInstanceUid || 'video'}.${mpeg2 ? 'mpg' : 'mp4'}`}
    >
      {words.download}
    </a>
  );
}
