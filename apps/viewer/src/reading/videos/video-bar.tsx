import { useText } from '../../text/index.js';
import type { ImageViewport, ViewportState } from '../images/image-viewport.js';
import { RATES } from './rates.js';
import './videos.css';

interface VideoBarProps {
  state: ViewportState;
  /** Of the video, and where the first of them stands among the images of the cell. */
  frames: number;
  first: number;
  /** Of one frame; null where the file does not say. */
  seconds: number | null;
  act: (what: (viewport: ImageViewport) => void) => void;
}

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, '0')}`;

/** Plays, stops, seeks, and sets the pace of a video. */
export function VideoBar({ state, frames, first, seconds, act }: VideoBarProps) {
  const words = useText().videos;
  const frame = state.index - first;
  return (
    <div className="video-bar" data-testid="video-bar">
      <button
        type="button"
        aria-label={state.playing ? words.pause : words.play}
        onClick={() => act((viewport) => viewport.togglePlay(null))}
      >
        {state.playing ? '❚❚' : '▶'}
      </button>
      <input
        type="range"
        aria-label={words.seek}
        min={1}
        max={frames}
        value={frame + 1}
        onChange={(event) => {
          const wanted = first + Number(event.target.value) - 1;
          act((viewport) => viewport.scrollTo(wanted));
        }}
      />
      {seconds !== null && (
        <span className="video-clock">
          {clock(frame * seconds)} / {clock(frames * seconds)}
        </span>
      )}
      <select
        aria-label={words.rate}
        value={state.rate}
        onChange={(event) => {
          const rate = Number(event.target.value);
          // Keys are for the video again.
          event.target.blur();
          act((viewport) => viewport.setRate(rate));
        }}
      >
        {RATES.map((rate) => (
          <option key={rate} value={rate}>
            ×{rate}
          </option>
        ))}
      </select>
    </div>
  );
}
