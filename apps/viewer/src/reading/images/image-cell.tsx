import { memo, useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { KeyImage, ReadDetail } from '../../api/types.js';
import { pictureMark } from '../../completeness.js';
import { dateTime, personName, sexAndAge } from '../../format.js';
import type { FirstPicture } from '../../first-picture/first-picture.js';
import { FirstPictureSlot, useFirstPictureState } from '../../first-picture/first-picture-slot.js';
import { useLatest } from '../../office/use-latest.js';
import { FailedPage, PlainPage } from '../../plain-page.js';
import { useText, type Messages } from '../../text/index.js';
import { DocumentCell } from '../documents/document-cell.js';
import type { LoadedPlane } from '../planes/use-planes.js';
import { PresentationBadge } from '../presentation-states/presentation-badge.js';
import type { AppliedState } from '../presentation-states/use-presentation-states.js';
import { SegmentBadges, type SegmentsOver } from '../segmentations/segment-badges.js';
import type { ImageViewport, ViewportState } from './image-viewport.js';
import { VideoBar } from '../videos/video-bar.js';
import { VideoDownload } from '../videos/video-download.js';
import { DrawnOverBadges } from './drawn-over-badges.js';
import { edgeLetters } from './orientation.js';
import { failureText } from './failure-text.js';
import { isLossyInTruth } from './picture-loader.js';
import { rendersOnCpu } from './rendering.js';
import { holdsPictures, type Frame, type LoadedSeries, type Series } from './series.js';
import { useImageViewport } from './use-image-viewport.js';
import { useLoadedSeries } from './use-loaded-series.js';

/** What the pane does with a cell. */
export interface CellHandle {
  readonly id: string;
  readonly series: Series | null;
  readonly loaded: LoadedSeries | null;
  readonly frame: Frame | undefined;
  /** Its picture is on the screen. */
  readonly drawn: boolean;
  readonly state: ViewportState;
  readonly act: (what: (viewport: ImageViewport) => void) => void;
}

interface ImageCellProps {
  id: string;
  read: ReadDetail;
  series: Series | null;
  /** One through the images of the series is shown instead of them. */
  plane: LoadedPlane | null;
  first: FirstPicture | null;
  /** The study has no series at all yet, or their list could not be fetched. */
  study: { empty: boolean; error: unknown; retry: () => void };
  /** Where to begin, once the series is there. */
  wanted: KeyImage | null;
  /** The image of its series that it opens on, where that is not the series' own. */
  begin?: KeyImage | null;
  /** What should hang there and is not here; empty: nothing of a name. */
  missing?: string;
  /** Without overlays and shutter. */
  lifted: boolean;
  /** Segments that are drawn over its series. */
  segments: SegmentsOver | null;
  /** What its images are shown by, instead of as their files say. */
  presentation: AppliedState | null;
  active: boolean;
  /** There are other cells beside it. */
  among: boolean;
  activate: (id: string) => void;
  hang: (id: string, seriesUid: string) => void;
  /** A place of the page in this cell that the others are to go to. */
  locate: (id: string, clientX: number, clientY: number) => void;
  /** Told whenever something of it changes. */
  told: (handle: CellHandle) => void;
  /** It is an earlier examination's: nothing that is marked on it belongs to the present one. */
  prior?: boolean;
  /** Lies over the picture. */
  over?: ReactNode;
}

interface StandingProps {
  first: FirstPicture;
  series: Series | null;
  begin: KeyImage | null;
  children: ReactNode;
}

/** The first picture, while its series, or none yet, is in the cell. */
function Standing({ first, series, begin, children }: StandingProps) {
  const state = useFirstPictureState(first);
  const { shown } = first;
  if (state === 'none' || (series && shown?.seriesInstanceUid !== series.uid)) return children;
  if (begin && shown?.sopInstanceUid !== begin.sopInstanceUid) return children;
  return <FirstPictureSlot picture={first}>{children}</FirstPictureSlot>;
}

/** What is black and what is white: of PET in SUV, of others as centre and width. */
function windowText({ windowWidth, windowCenter }: ViewportState, frame: Frame | undefined, t: Messages): string {
  if (frame?.values.unit !== 'SUV') return t.images.window(windowWidth.toFixed(0), windowCenter.toFixed(0));
  const [low, high] = [-1, 1].map((side) => (windowCenter + (side * windowWidth) / 2) * frame.values.factor);
  return t.images.suvWindow(low!.toFixed(1).replace('-0.0', '0.0'), high!.toFixed(1));
}
/** As planes are: drawn, and no image that a mark or a key image could name. */
const withoutPlace = (loaded: LoadedSeries): LoadedSeries => ({
  ...loaded,
  frames: loaded.frames.map((frame) => ({ ...frame, sopInstanceUid: '' })),
});

export const ImageCell = memo(function ImageCell(props: ImageCellProps) {
  const {
    id,
    read,
    series,
    plane,
    first,
    study,
    wanted,
    begin = null,
    missing = '',
    lifted,
    segments,
    presentation,
    active,
    among,
    activate,
    hang,
    locate,
    told,
    over,
    prior,
  } = props;
  const t = useText();
  const own = useLoadedSeries(read.studyInstanceUid, plane ? null : series);
  const besides = useMemo(() => (prior && own.loaded ? withoutPlace(own.loaded) : own.loaded), [prior, own.loaded]);
  const loaded = plane?.loaded ?? besides;
  const { element, state, drawn, failures, act } = useImageViewport(id, loaded, wanted, begin);
  const frames = loaded?.frames ?? [];
  const frame = frames[state.index];
  const failure = frame ? failures.get(frame.imageId) : undefined;
  // A plane that is being turned stays on the screen until it is cut anew.
  const onScreen =
    frames.some((one) => one.imageId === drawn) || (plane !== null && drawn.includes(`:${loaded?.uid}/`));
  useEffect(
    () => told({ id, series, loaded, frame, drawn: onScreen, state, act }),
    [told, id, series, loaded, frame, onScreen, state, act],
  );
  const activateNow = useLatest(() => activate(id));
  const locateNow = useLatest((event: MouseEvent) => locate(id, event.clientX, event.clientY));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = box.current;
    const move = (event: MouseEvent): void => locateNow.current(event);
    const end = (): void => {
      window.removeEventListener('mousemove', move);
      window.removeEventListener('mouseup', end);
    };
    const press = (event: MouseEvent): void => {
      if (!event.shiftKey || event.button !== 0) return;
      event.stopPropagation();
      event.preventDefault();
      move(event);
      window.addEventListener('mousemove', move);
      window.addEventListener('mouseup', end);
    };
    host?.addEventListener('mousedown', press, true);
    return () => {
      end();
      host?.removeEventListener('mousedown', press, true);
    };
  }, [locateNow]);
  useEffect(() => {
    // Ahead of the tools, which stop the event where it is.
    const listener = (): void => activateNow.current();
    const host = box.current;
    host?.addEventListener('pointerdown', listener, true);
    host?.addEventListener('wheel', listener, { capture: true, passive: true });
    return () => {
      host?.removeEventListener('pointerdown', listener, true);
      host?.removeEventListener('wheel', listener, true);
    };
  }, [activateNow]);

  useEffect(() => {
    if (onScreen) first?.close();
  }, [onScreen, first]);
  const video = frame?.drawing.by === 'player' ? frame.drawing.stream : null;
  const letters = edgeLetters(frame, state.letters, state.turn);
  const paper = series && !plane && (!holdsPictures(series) || loaded?.frames.length === 0);
  const incomplete = pictureMark(read, read.examState, t);
  const error = study.error ?? own.error;
  const wait = <PlainPage title={loaded ? t.images.loadingImage : t.images.loadingSeries} />;
  const loading = first ? (
    <Standing first={first} series={series} begin={begin}>
      {wait}
    </Standing>
  ) : (
    wait
  );
  const retry = (): void => {
    study.retry();
    own.reload();
  };
  return (
    <div
      ref={box}
      className={`picture-stage${active && among ? ' picture-active' : ''}${prior ? ' picture-prior' : ''}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => hang(id, event.dataTransfer.getData('text/plain'))}
    >
      <div
        ref={element}
        className="picture-canvas"
        data-testid="viewport"
        onContextMenu={(event) => event.preventDefault()}
      />
      {over}
      {frames.length > 0 && !paper && (
        <div className="picture-words">
          <div className="corner corner-tl">
            <b>{personName(read.patient.name, t)}</b> {sexAndAge(read.patient, t)}
            <br />
            {read.patient.number}
            <br />
            {dateTime(read.examinedAt)}
          </div>
          <div className="corner corner-tr">
            <span className="corner-where">
              {read.organisation.name}
              <br />
              {series?.description}
            </span>
            {plane && (
              <span className="badge" data-testid="plane">
                ◆{' '}
                {plane.oblique
                  ? t.images.planes.oblique(
                      t.images.planes.name[plane.name],
                      plane.oblique.degrees,
                      plane.oblique.towards,
                    )
                  : t.images.planes.made(t.images.planes.name[plane.name])}
              </span>
            )}
            {plane?.irregular && (
              <span className="badge" data-testid="plane-between">
                ◆ {t.images.planes.between(plane.irregular)}
              </span>
            )}
            {incomplete && (
              <span className="badge" data-testid="incomplete">
                ◆ {incomplete}
              </span>
            )}
            {frame && (frame.lossy || isLossyInTruth(frame.imageId)) && (
              <span className="badge">◆ {t.images.lossy}</span>
            )}
            {frame?.derived && <span className="badge">◆ {t.images.derived}</span>}
            {frame && presentation && !plane && <PresentationBadge applied={presentation} frame={frame} />}
            {frame && <DrawnOverBadges frame={frame} lifted={lifted} />}
            {segments && !plane && <SegmentBadges {...segments} />}
            {frame && frame.lacksForSuv.length > 0 && (
              <span className="badge" data-testid="no-suv">
                ◆ {t.images.noSuv(frame.lacksForSuv.map((lack) => t.images.suvLacks[lack]))}
              </span>
            )}
            {frame && frame.spacing.of === 'pixels' && <span className="badge">◆ {t.images.uncalibrated}</span>}
          </div>
          <div className="corner corner-bl">
            <span data-testid="frame-indicator" className="frame-indicator">
              {t.images.frame(state.index + 1, frames.length)}
            </span>
            {!failure && !state.playing && frame?.imageId !== drawn && (
              <span className="corner-soft"> {t.common.loading}</span>
            )}
            {rendersOnCpu() && <span className="corner-soft"> {t.images.cpu}</span>}
          </div>
          <div className="corner corner-br">
            <span data-testid="window">
              {frame?.voiLut && `${t.images.voiLut(frame.voiLut.name ?? '')} · `}
              {Number.isFinite(state.windowWidth) && windowText(state, frame, t)}
            </span>
            <br />
            <span data-testid="zoom">{Number.isFinite(state.zoom) && t.images.zoom(state.zoom.toFixed(1))}</span>
          </div>
          <span className="letter letter-top">{letters[0]}</span>
          <span className="letter letter-right">{letters[1]}</span>
          <span className="letter letter-bottom">{letters[2]}</span>
          <span className="letter letter-left">{letters[3]}</span>
        </div>
      )}
      {video && onScreen && !failure && !paper && (
        <VideoBar
          state={state}
          frames={video.frames}
          first={state.index - frame!.frame + 1}
          seconds={loaded?.framesPerSecond ? 1 / loaded.framesPerSecond : null}
          act={act}
        />
      )}
      {failure && (
        <div className="picture-failure" role="alert" data-testid="frame-failure">
          <b>✕ {t.images.cannotDraw(state.index + 1)}</b>
          <span>{failureText(failure, t)}</span>
          {video && <VideoDownload frame={frame!} />}
        </div>
      )}
      {!onScreen && !failure && (
        <div className={`picture-cover${paper && !error ? ' picture-paper' : ''}`}>
          {Boolean(error) && <FailedPage title={t.images.seriesFailed} error={error} retry={retry} />}
          {!error && paper && <DocumentCell study={read.studyInstanceUid} series={series} />}
          {!error && !series && study.empty && <PlainPage title={t.images.none} detail={t.images.noneWhy} />}
          {!error && !series && !study.empty && among && (
            <PlainPage title={missing ? t.hanging.missing(missing) : t.images.emptyCell} />
          )}
          {!error && !paper && (series || (!among && !study.empty)) && loading}
        </div>
      )}
      {own.arrived > 0 && (
        <button type="button" className="picture-arrived" onClick={own.reload}>
          {t.images.arrived(own.arrived)}
        </button>
      )}
    </div>
  );
});
