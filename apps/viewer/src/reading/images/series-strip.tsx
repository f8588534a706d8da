import { useEffect, useRef, type ReactNode } from 'react';
import type { KeyImage } from '../../api/types.js';
import { useText } from '../../text/index.js';
import { registerMetadata, startRendering } from './rendering.js';
import { holdsPictures, loadSeries, type LoadedSeries, type Series } from './series.js';
import { drawThumbnail } from './thumbnail.js';

interface ThumbnailProps {
  study: string;
  series: Series;
  loaded: LoadedSeries | null;
}

function Thumbnail({ study, series, loaded }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef(false);
  useEffect(() => {
    if (drawn.current || !holdsPictures(series)) return undefined;
    const controller = new AbortController();
    // The picture that is being read comes first on the line; thumbnails follow it.
    const timer = setTimeout(
      async () => {
        try {
          startRendering();
          const own = loaded ?? (await loadSeries(study, series.uid, controller.signal));
          if (!loaded) registerMetadata(own);
          const middle = own.frames[Math.floor(own.frames.length / 2)];
          if (!middle || !canvas.current || controller.signal.aborted) return;
          await drawThumbnail(canvas.current, middle.imageId);
          drawn.current = true;
        } catch {
          // The cell stays dark with its number and count; opening the series says why.
        }
      },
      loaded ? 300 : 1200,
    );
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [study, series, loaded]);
  return <canvas ref={canvas} width={88} height={88} aria-hidden />;
}

interface SeriesStripProps {
  study: string;
  series: readonly Series[];
  chosen: Series | null;
  loaded: LoadedSeries | null;
  choose: (series: Series) => void;
  keyImages: readonly KeyImage[];
  goTo: (key: KeyImage) => void;
  removeKey: ((key: KeyImage) => void) | null;
  /** under the key images */
  children?: ReactNode;
}

export function SeriesStrip(props: SeriesStripProps) {
  const { study, series, chosen, loaded, choose, keyImages, goTo, removeKey, children } = props;
  const t = useText();
  return (
    <nav className="strip">
      {series.map((one) => (
        <button
          key={one.uid}
          type="button"
          className="strip-series"
          aria-current={one.uid === chosen?.uid}
          title={[t.images.series(one.number), one.description].filter(Boolean).join(' ')}
          onClick={() => choose(one)}
          draggable
          onDragStart={(event) => event.dataTransfer.setData('text/plain', one.uid)}
          data-testid="series"
        >
          {holdsPictures(one) ? (
            <Thumbnail study={study} series={one} loaded={loaded?.uid === one.uid ? loaded : null} />
          ) : (
            <span className="strip-paper">{one.modality}</span>
          )}
          <span className="strip-number">{one.number}</span>
          {one.instances >= 0 && <span className="strip-count">{one.instances}</span>}
          <span className="strip-name">{one.description || one.modality}</span>
        </button>
      ))}
      <div className="strip-keys">
        <h3>{t.read.keyImages}</h3>
        {keyImages.length === 0 && removeKey && <p>{t.read.noKeyImages}</p>}
        {keyImages.map((key, index) => (
          <div key={`${key.sopInstanceUid}/${key.frame}`} className="strip-key">
            <button type="button" onClick={() => goTo(key)}>
              {t.read.keyImageOf(index + 1)}
            </button>
            {removeKey && (
              <button
                type="button"
                aria-label={t.read.removeKeyImage}
                title={t.read.removeKeyImage}
                onClick={() => removeKey(key)}
              >
                ✕
              </button>
            )}
          </div>
        ))}
      </div>
      {children}
    </nav>
  );
}
