import { useEffect, useMemo, useRef, useState } from 'react';
import type { KeyImage, ReadDetail } from '../../api/types.js';
import { pictureMark } from '../../completeness.js';
import { dateTime, personName, sexAndAge } from '../../format.js';
import { useLatest } from '../../office/use-latest.js';
import { FailedPage, PlainPage } from '../../plain-page.js';
import { useText, type Messages } from '../../text/index.js';
import { ImageToolbar, pointerTools } from './image-toolbar.js';
import type { PointerTool } from './image-viewport.js';
import { presetsFor, type WindowPreset } from './presets.js';
import { rendersOnCpu, setLengthWords, type DrawFailure } from './rendering.js';
import { SeriesStrip } from './series-strip.js';
import { holdsPictures, type Frame } from './series.js';
import { useImageViewport } from './use-image-viewport.js';
import { useSeries } from './use-series.js';
import './images.css';

function failureText(failure: DrawFailure, t: Messages): string {
  const words = t.images.because;
  if (failure.why === 'status') return words.status(failure.status);
  if (failure.why === 'decode') return words.decode(failure.detail);
  return failure.why === 'memory' ? words.memory : words.network;
}

const opposite: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
const reversed = (letters: string): string => [...letters].map((letter) => opposite[letter] ?? letter).join('');

/** Edge letters: of the camera where the image lies in the patient, else what a projection says of itself. */
function edgeLetters(frame: Frame | undefined, camera: readonly string[]): readonly string[] {
  if (frame?.oriented) return camera;
  if (!frame?.patientOrientation) return ['', '', '', ''];
  const [right, bottom] = frame.patientOrientation;
  return [reversed(bottom), right, bottom, reversed(right)];
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

interface ImagePaneProps {
  read: ReadDetail;
  keyImages: readonly KeyImage[];
  /** Null where the report may not be changed. */
  changeKeyImages: ((keys: KeyImage[]) => void) | null;
}

export default function ImagePane({ read, keyImages, changeKeyImages }: ImagePaneProps) {
  const t = useText();
  const study = useSeries(read.studyInstanceUid, read.instances);
  const { chosen, loaded } = study;
  const [tool, setTool] = useState<PointerTool>('window');
  const wanted = useRef<KeyImage | null>(null);
  const { element, state, drawn, failures, act } = useImageViewport(loaded);
  useEffect(() => setLengthWords({ pixels: t.images.pixels, detectorPlane: t.images.detectorPlane }), [t]);

  const frames = useMemo(() => loaded?.frames ?? [], [loaded]);
  const frame = frames[state.index];
  const failure = frame ? failures.get(frame.imageId) : undefined;
  const presets = presetsFor(chosen?.modality ?? '');

  const pickTool = (next: PointerTool): void => {
    setTool(next);
    act((viewport) => viewport.pickPointer(next));
  };
  const pickPreset = (preset: WindowPreset | null): void =>
    act((viewport) => (preset ? viewport.setWindow(preset.width, preset.center) : viewport.resetWindow()));
  const addKey = changeKeyImages
    ? () => {
        if (!frame || keyImages.some((key) => key.sopInstanceUid === frame.sopInstanceUid && key.frame === frame.frame))
          return;
        changeKeyImages([...keyImages, { sopInstanceUid: frame.sopInstanceUid, frame: frame.frame }]);
      }
    : null;
  const goTo = (key: KeyImage): void => {
    const index = frames.findIndex((one) => one.sopInstanceUid === key.sopInstanceUid && one.frame === key.frame);
    if (index >= 0) {
      wanted.current = null;
      act((viewport) => viewport.scrollTo(index));
      return;
    }
    // Not in this series: look through the others one by one.
    const pictures = (study.series ?? []).filter(holdsPictures);
    const at = pictures.findIndex((one) => one.uid === chosen?.uid);
    const next = wanted.current === null || wanted.current === key ? pictures[(at + 1) % pictures.length] : undefined;
    wanted.current = key;
    if (next && next.uid !== chosen?.uid) study.choose(next);
  };
  const lookedThrough = useRef(0);
  const search = useLatest({ goTo, series: study.series?.length ?? 0 });
  useEffect(() => {
    // A newly loaded series continues the search for a key image, until all have been looked through.
    const key = wanted.current;
    if (!key || frames.length === 0) return undefined;
    lookedThrough.current += 1;
    if (lookedThrough.current > search.current.series) {
      wanted.current = null;
      lookedThrough.current = 0;
      return undefined;
    }
    const timer = setTimeout(() => search.current.goTo(key), 50);
    return () => clearTimeout(timer);
  }, [frames, search]);

  const onKey = useLatest((event: KeyboardEvent): void => {
    if (
      typing(event.target) ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      document.querySelector('[role=dialog]')
    )
      return;
    const key = event.key.toUpperCase();
    const pointer = pointerTools.find(({ hotkey }) => hotkey === key);
    const steps: Record<string, number> = {
      ARROWDOWN: 1,
      ARROWRIGHT: 1,
      ARROWUP: -1,
      ARROWLEFT: -1,
      PAGEDOWN: 10,
      PAGEUP: -10,
    };
    if (pointer) pickTool(pointer.tool);
    else if (steps[key]) act((viewport) => viewport.scrollBy(steps[key] ?? 0));
    else if (key === 'HOME') act((viewport) => viewport.scrollTo(0));
    else if (key === 'END') act((viewport) => viewport.scrollTo(frames.length - 1));
    else if (key === 'I') act((viewport) => viewport.invert());
    else if (key === 'R') act((viewport) => viewport.reset());
    else if (key === 'K') addKey?.();
    else if (key === 'DELETE' || key === 'BACKSPACE') act((viewport) => viewport.undoMark());
    else if (key === '0') pickPreset(null);
    else if (presets[Number(key) - 1]) pickPreset(presets[Number(key) - 1] ?? null);
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey.current(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [onKey]);

  const onScreen = frames.some((one) => one.imageId === drawn);
  const letters = edgeLetters(frame, state.letters);
  const paper = chosen && !holdsPictures(chosen);
  const incomplete = pictureMark(read, read.examState, t);
  const windowText = Number.isFinite(state.windowWidth)
    ? t.images.window(state.windowWidth.toFixed(0), state.windowCenter.toFixed(0))
    : '';

  return (
    <>
      <SeriesStrip
        study={read.studyInstanceUid}
        series={study.series ?? []}
        chosen={chosen}
        loaded={loaded}
        choose={study.choose}
        keyImages={keyImages}
        goTo={goTo}
        removeKey={changeKeyImages && ((key) => changeKeyImages(keyImages.filter((one) => one !== key)))}
      />
      <section className="picture">
        <div className="picture-stage">
          <div
            ref={element}
            className="picture-canvas"
            data-testid="viewport"
            onContextMenu={(event) => event.preventDefault()}
          />
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
                {read.organisation.name}
                <br />
                {chosen?.description}
                {incomplete && (
                  <span className="badge" data-testid="incomplete">
                    ◆ {incomplete}
                  </span>
                )}
                {frame?.lossy && <span className="badge">◆ {t.images.lossy}</span>}
              </div>
              <div className="corner corner-bl">
                <span data-testid="frame-indicator" className="frame-indicator">
                  {t.images.frame(state.index + 1, frames.length)}
                </span>
                {!failure && frame?.imageId !== drawn && <span className="corner-soft"> {t.common.loading}</span>}
                {rendersOnCpu() && <span className="corner-soft"> {t.images.cpu}</span>}
              </div>
              <div className="corner corner-br">
                <span data-testid="window">{windowText}</span>
                <br />
                {Number.isFinite(state.zoom) && t.images.zoom(state.zoom.toFixed(1))}
              </div>
              <span className="letter letter-top">{letters[0]}</span>
              <span className="letter letter-right">{letters[1]}</span>
              <span className="letter letter-bottom">{letters[2]}</span>
              <span className="letter letter-left">{letters[3]}</span>
            </div>
          )}
          {failure && (
            <div className="picture-failure" role="alert" data-testid="frame-failure">
              <b>✕ {t.images.cannotDraw(state.index + 1)}</b>
              <span>{failureText(failure, t)}</span>
            </div>
          )}
          {!onScreen && !failure && (
            <div className="picture-cover">
              {Boolean(study.error) && (
                <FailedPage title={t.images.seriesFailed} error={study.error} retry={study.retry} />
              )}
              {!study.error && paper && <PlainPage title={t.images.notAPicture(chosen.modality)} />}
              {!study.error && !paper && study.series?.length === 0 && (
                <PlainPage title={t.images.none} detail={t.images.noneWhy} />
              )}
              {!study.error && !paper && study.series?.length !== 0 && (
                <PlainPage title={loaded ? t.images.loadingImage : t.images.loadingSeries} />
              )}
            </div>
          )}
          {study.arrived > 0 && (
            <button type="button" className="picture-arrived" onClick={study.reload}>
              {t.images.arrived(study.arrived)}
            </button>
          )}
        </div>
        <ImageToolbar
          tool={tool}
          pickTool={pickTool}
          presets={presets}
          pickPreset={pickPreset}
          inverted={state.invert}
          invert={() => act((viewport) => viewport.invert())}
          reset={() => act((viewport) => viewport.reset())}
          undo={() => act((viewport) => viewport.undoMark())}
          addKey={addKey}
        />
      </section>
    </>
  );
}
