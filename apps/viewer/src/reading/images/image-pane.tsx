import { useCallback, useEffect, useMemo, useState } from 'react';
import type { KeyImage, Mark, MarkPoint, Prior, ReadDetail, ReadRow } from '../../api/types.js';
import type { FirstPicture } from '../../first-picture/first-picture.js';
import { useLatest } from '../../office/use-latest.js';
import { useText } from '../../text/index.js';
import { MarkList } from '../marks/mark-list.js';
import type { MarksControl } from '../marks/use-marks.js';
import { ArrowWords, type AskedWords } from './arrow-words.js';
import { ImageCell, type CellHandle } from './image-cell.js';
import { hasDrawnOver, liftDrawnOver } from './drawn-over.js';
import { useImageKeys } from './image-keys.js';
import { ImageToolbar } from './image-toolbar.js';
import type { ImageViewport } from './image-viewport.js';
import { KeptRules } from '../hanging/kept-rules.js';
import { useBackToBack } from '../hanging/use-back-to-back.js';
import { useHanging } from '../hanging/use-hanging.js';
import { useStep } from '../hanging/use-step.js';
import { KeyedHandOverlay } from './keyed-hand-overlay.js';
import { KeyList } from './key-list.js';
import { PriorBanner } from '../priors/prior-banner.js';
import { usePriorPictures, useScrollBeside } from '../priors/use-prior-pictures.js';
import { PlanesNotice } from '../planes/planes-notice.js';
import type { Slab } from '../planes/plane-images.js';
import { planeTurns } from '../planes/plane-turns.js';
import { usePlanes } from '../planes/use-planes.js';
import { PresentationList } from '../presentation-states/presentation-list.js';
import { usePresentationStates } from '../presentation-states/use-presentation-states.js';
import { SegmentList } from '../segmentations/segment-list.js';
import { useSegmentations } from '../segmentations/use-segmentations.js';
import { nextRate } from '../videos/rates.js';
import { arranged, cellsOf, filled, nextLayout, type Layout } from './layouts.js';
import { presetsFor, type WindowPreset } from './presets.js';
import {
  abandonDrawing,
  pickPointer,
  referenceLinesFrom,
  scrollTogether,
  setAskWords,
  setMeasureWords,
  windowTogether,
} from './reading-tools.js';
import { forgetImages } from './rendering.js';
import { SeriesStrip } from './series-strip.js';
import { holdsPictures, loadSeries, type LoadedSeries } from './series.js';
import type { PointerTool } from './tool-table.js';
import { useKeyedHand } from './use-keyed-hand.js';
import { useMarkLayer } from './use-mark-layer.js';
import { usePrefetchNext } from './use-prefetch-next.js';
import { useSeries } from './use-series.js';
import './images.css';

interface ImagePaneProps {
  read: ReadDetail;
  /** What stands in the first cell until its images are drawn. */
  first: FirstPicture;
  keyImages: readonly KeyImage[];
  /** Null where the report may not be changed. */
  changeKeyImages: ((keys: KeyImage[]) => void) | null;
  marks: MarksControl;
  /** Brings the marks into the report; null where it may not be changed. */
  insertMarks: (() => void) | null;
  /** What would open if this case were finished now. */
  upcoming: (signal: AbortSignal) => Promise<ReadRow | null>;
  /** Its images stand beside the present ones. */
  prior: Prior | null;
  closePrior: () => void;
}

const byFinger = (): boolean => window.matchMedia('(pointer: coarse)').matches;
const SIDE_BY_SIDE: Layout = { rows: 1, columns: 2 };
const SINGLE: Layout = { rows: 1, columns: 1 };
const cellId = (index: number): string => `cell-${index}`;
const same = (a: KeyImage, b: KeyImage): boolean => a.sopInstanceUid === b.sopInstanceUid && a.frame === b.frame;

export default function ImagePane(props: ImagePaneProps) {
  const { read, first, keyImages, changeKeyImages, marks, insertMarks, upcoming, prior, closePrior } = props;
  const t = useText();
  usePrefetchNext(first, upcoming);
  const listed = useSeries(read.studyInstanceUid, read.instances);
  const series = useMemo(() => listed.value ?? [], [listed.value]);
  const pictures = useMemo(() => series.filter(holdsPictures), [series]);
  const [pickedTool, setTool] = useState<PointerTool | null>(null);
  const hanging = useHanging(read, listed.value);
  const [pickedLayout, setPickedLayout] = useState<Layout | null>(null);
  const beside = usePriorPictures(read, prior, pictures[0]?.modality ?? '');
  const layout = prior ? SIDE_BY_SIDE : (pickedLayout ?? hanging.step ?? SINGLE);
  const [cutFrom, cutThrough] = useState<LoadedSeries | null>(null);
  const [slab, setSlab] = useState<Slab | null>(null);
  const planes = usePlanes(cutFrom, slab);
  const shown = planes.step === 'ready' ? planes.planes : null;
  const count = shown?.length ?? cellsOf(layout);
  /** By hand; null: as the rule says. */
  const [hung, setHung] = useState<readonly string[] | null>(null);
  const present = prior ? 1 : count;
  const planned = hanging.step?.cells.map(({ unit }) => unit?.uid ?? '') ?? [];
  const ruled = hung || pickedLayout || prior || shown || pictures.length === 0 ? null : hanging.step;
  const uids = series.map(({ uid }) => uid);
  const cells = shown
    ? shown.map(() => cutFrom!.uid)
    : ruled || !listed.value || !hanging.plan
      ? Array.from({ length: present }, (_, index) => planned[index] ?? '')
      : !pickedLayout && !prior && hung && arranged(hung, present, uids)
        ? [...hung]
        : filled(hung ?? planned, present, pictures.length > 0 ? pictures.map(({ uid }) => uid) : uids, uids);
  if (prior && !shown) cells.push(beside.shown?.uid ?? '');
  const isPrior = (uid: string, index: number): boolean =>
    shown ? beside.series.some((one) => one.uid === uid) : prior !== null && index === 1;
  const [picked, setActive] = useState(cellId(0));
  const active = Number(picked.slice(5)) < count ? picked : cellId(0);
  const [wanted, setWanted] = useState<{ cell: string; key: KeyImage } | null>(null);
  const [together, setTogether] = useState(false);
  const [lines, setLines] = useState(false);
  const [lifted, setLifted] = useState(false);
  const [asked, setAsked] = useState<AskedWords | null>(null);
  const [showsRules, setShowsRules] = useState(false);
  const [showsKeys, setShowsKeys] = useState(false);
  const [handles, setHandles] = useState<Readonly<Record<string, CellHandle>>>({});
  const told = useCallback((handle: CellHandle) => setHandles((old) => ({ ...old, [handle.id]: handle })), []);
  const handleOf = (index: number): CellHandle | undefined => handles[cellId(index)];
  const [grid, setGrid] = useState<HTMLElement | null>(null);
  useStep(ruled, handleOf, { setTogether, setLines });
  const standAgain = useBackToBack(ruled, handleOf, grid);
  const handle = handles[active];
  const chosen = handle?.series ?? null;
  const frame = handle?.frame;
  const [looked, drawn] = [handle?.loaded ?? null, handle?.drawn ?? false];
  const segmentations = useSegmentations(read.studyInstanceUid, series, looked, drawn);
  const presentations = usePresentationStates(read.studyInstanceUid, series, looked, drawn);

  useEffect(() => forgetImages, []);
  useEffect(() => setMeasureWords(t.images.measure), [t]);
  useEffect(() => setAskWords((before, answer) => setAsked({ before, answer })), []);
  const layer = useMarkLayer(marks, changeKeyImages !== null);
  const undo = (): void => void (abandonDrawing() || layer.current?.undo());
  useEffect(() => liftDrawnOver(lifted), [lifted]);
  useEffect(() => scrollTogether(together && !prior), [together, prior]);
  useScrollBeside(together && prior !== null, handle, handles[active === cellId(0) ? cellId(1) : cellId(0)]);
  const cutting = shown !== null;
  const turns = planeTurns(
    planes,
    cells.map((_, index) => handleOf(index)),
    Number(active.slice(5)),
  );
  // Planes have lines of their own, which can be taken hold of.
  useEffect(() => referenceLinesFrom(lines && !cutting && count > 1 ? active : ''), [lines, cutting, active, count]);
  useEffect(() => {
    windowTogether(cutting);
    return () => windowTogether(false);
  }, [cutting]);

  const act = (what: (viewport: ImageViewport) => void): void => handle?.act(what);
  // A finger has no wheel beside it.
  const byDefault: PointerTool = byFinger() && (handle?.loaded?.frames.length ?? 0) > 1 ? 'scroll' : 'window';
  const tool = pickedTool ?? byDefault;
  const keyed = useKeyedHand(tool, handle, (kind, imageId, points) => {
    if (kind !== 'arrow') return layer.current?.place(kind, imageId, points);
    return setAsked({
      before: '',
      answer: (said) => said !== null && layer.current?.place(kind, imageId, points, said),
    });
  });
  const placeOf = (point: MarkPoint): readonly [number, number] => {
    let place: readonly [number, number] = [0, 0];
    act((viewport) => {
      place = viewport.placeOf(point);
    });
    return place;
  };
  const hang = (cell: string, uid: string): void => {
    const index = Number(cell.slice(5));
    if (beside.series.some((one) => one.uid === uid)) return beside.pick(uid);
    if (!series.some((one) => one.uid === uid)) return;
    // A cell is a prior's or the present one's, never by turns.
    if (prior && !shown && index > 0) return hang(cellId(0), uid);
    if (shown) {
      cutThrough(null);
      return setHung([uid]);
    }
    setHung(cells.map((old, at) => (at === index ? uid : old === uid ? (cells[index] ?? '') : old)));
  };
  const hangLatest = useLatest(hang);
  const hangIn = useCallback((cell: string, uid: string) => hangLatest.current(cell, uid), [hangLatest]);
  const locate = (cell: string, x: number, y: number): void =>
    handles[cell]?.act((viewport) => {
      const at = viewport.pointAt(x, y);
      if (!at) return;
      for (const [index] of cells.entries())
        if (cellId(index) !== cell)
          handles[cellId(index)]?.act((other) => other.goToPoint(at.point, at.frameOfReferenceUid));
    });
  const locateLatest = useLatest(locate);
  const locateIn = useCallback(
    (cell: string, x: number, y: number) => locateLatest.current(cell, x, y),
    [locateLatest],
  );
  const togglePlanes = (): void => cutThrough(cutFrom ? null : (handle?.loaded ?? null));
  const pickTool = (next: PointerTool): void => {
    setTool(next);
    pickPointer(next);
  };
  // Not of a tool that was picked: this comes late, and would take away what is already being drawn with it.
  useEffect(() => {
    if (!pickedTool) pickPointer(byDefault);
  }, [pickedTool, byDefault]);
  const presets = presetsFor(chosen?.modality ?? '', frame?.values ?? { unit: 'grey', factor: 1 });
  const pickPreset = (preset: WindowPreset | null): void =>
    act((viewport) => (preset ? viewport.setWindow(preset.width, preset.center) : viewport.resetWindow()));
  const pickLayout = (next: Layout): void => {
    closePrior();
    cutThrough(null);
    setPickedLayout(next);
  };
  const nextStep = (): void => {
    const already = ruled !== null;
    closePrior();
    cutThrough(null);
    setPickedLayout(null);
    setHung(null);
    if (already) hanging.next();
  };
  const whole = (what: (viewport: ImageViewport) => void): void => {
    act(what);
    if (ruled?.backToBack) standAgain();
  };
  const addKey =
    changeKeyImages &&
    (() => {
      // A plane through the images is none of them.
      if (!frame?.sopInstanceUid) return;
      const key = { sopInstanceUid: frame.sopInstanceUid, frame: frame.frame };
      if (!keyImages.some((one) => same(one, key))) changeKeyImages([...keyImages, key]);
    });
  const goTo = async (key: KeyImage): Promise<void> => {
    if (handle?.loaded?.frames.some((one) => same(one, key)))
      return setWanted({ cell: active, key: { sopInstanceUid: key.sopInstanceUid, frame: key.frame } });
    // Not in this series: look through the others.
    for (const one of pictures) {
      const loaded = await loadSeries(read.studyInstanceUid, one.uid).catch(() => null);
      if (!loaded?.frames.some((other) => same(other, key))) continue;
      setWanted({ cell: active, key: { sopInstanceUid: key.sopInstanceUid, frame: key.frame } });
      return hang(active, one.uid);
    }
    return undefined;
  };

  useImageKeys({
    hand: keyed.key,
    pickTool,
    pickPreset: (index) => pickPreset(index === 0 ? null : (presets[index - 1] ?? null)),
    scrollBy: (step) => act((viewport) => viewport.scrollBy(step)),
    first: () => act((viewport) => viewport.scrollTo(0)),
    last: () => act((viewport) => viewport.scrollTo((handle?.loaded?.frames.length ?? 1) - 1)),
    nextSeries: (step) => {
      const among = beside.series.some(({ uid }) => uid === chosen?.uid) ? beside.series : pictures;
      const at = among.findIndex(({ uid }) => uid === chosen?.uid);
      const next = among[(at + step + among.length) % among.length];
      if (next) hang(active, next.uid);
    },
    nextCell: () => setActive(cellId((Number(active.slice(5)) + 1) % count)),
    nextLayout: () => (prior ? closePrior() : pickLayout(nextLayout(layout))),
    nextStep,
    showRules: () => setShowsRules(true),
    invert: () => act((viewport) => viewport.invert()),
    rotate: () => act((viewport) => viewport.rotate()),
    flip: () => act((viewport) => viewport.flip()),
    fit: () => whole((viewport) => viewport.fit()),
    trueSize: () => act((viewport) => viewport.trueSize()),
    reset: () => whole((viewport) => viewport.reset()),
    togglePlay: () => act((viewport) => viewport.togglePlay(handle?.loaded?.framesPerSecond ?? null)),
    changePace: (step) => act((viewport) => viewport.setRate(nextRate(handle?.state.rate ?? 1, step))),
    toggleTogether: () => setTogether(!together),
    toggleLines: () => setLines(!lines),
    togglePlanes,
    turnPlanes: turns.by,
    straightenPlanes: () => turns.straighten?.(),
    toggleSegments: segmentations.toggleAll,
    toggleDrawnOver: () => setLifted(!lifted),
    togglePresentation: presentations.toggle,
    addKey: () => addKey?.(),
    undo,
    abandon: () => void abandonDrawing(),
    insertMarks: () => insertMarks?.(),
    toggleKeyList: () => setShowsKeys(!showsKeys),
  });

  const study = useMemo(
    () => ({ empty: listed.value?.length === 0, error: listed.error, retry: listed.retry }),
    [listed.value, listed.error, listed.retry],
  );
  return (
    <>
      <SeriesStrip
        study={read.studyInstanceUid}
        series={series}
        chosen={chosen}
        loaded={handle?.loaded ?? null}
        choose={(one) => hang(active, one.uid)}
        keyImages={keyImages}
        goTo={(key) => void goTo(key)}
        removeKey={changeKeyImages && ((key) => changeKeyImages(keyImages.filter((one) => one !== key)))}
      >
        <PresentationList control={presentations} />
        <SegmentList control={segmentations} />
        <MarkList
          marks={marks.marks}
          elsewhere={marks.elsewhere}
          goTo={(mark: Mark) => void goTo(mark)}
          remove={changeKeyImages && ((mark) => layer.current?.remove(mark))}
        />
      </SeriesStrip>
      <section className="picture">
        <PlanesNotice planes={planes} leave={togglePlanes} />
        <div
          ref={setGrid}
          className={`picture-grid${shown ? ' picture-planes' : ''}`}
          style={
            shown
              ? {}
              : {
                  gridTemplateRows: `repeat(${layout.rows}, minmax(0, 1fr))`,
                  gridTemplateColumns: `repeat(${layout.columns}, minmax(0, 1fr))`,
                }
          }
        >
          {cells.map((uid, index) => (
            <ImageCell
              key={cellId(index)}
              id={cellId(index)}
              read={isPrior(uid, index) ? beside.read! : read}
              prior={isPrior(uid, index)}
              series={(isPrior(uid, index) ? beside.series : series).find((one) => one.uid === uid) ?? null}
              study={isPrior(uid, index) ? beside.state : study}
              plane={shown?.[index] ?? null}
              first={index === 0 && !shown ? first : null}
              begin={ruled?.cells[index]?.unit?.at ?? null}
              missing={ruled?.cells[index]?.name ?? ''}
              wanted={wanted?.cell === cellId(index) ? wanted.key : null}
              segments={segmentations.over.get(uid) ?? null}
              presentation={presentations.applied.get(uid) ?? null}
              lifted={lifted}
              active={active === cellId(index)}
              among={count > 1}
              activate={setActive}
              hang={hangIn}
              locate={locateIn}
              told={told}
              over={
                keyed.hand?.cell === cellId(index) ? (
                  <KeyedHandOverlay hand={keyed.hand} points={keyed.points} placeOf={placeOf} />
                ) : (
                  turns.over(index) ||
                  (prior && isPrior(uid, index) && <PriorBanner prior={prior} read={read} close={closePrior} />)
                )
              }
            />
          ))}
        </div>
        <ImageToolbar
          tool={tool}
          pickTool={pickTool}
          presets={presets}
          pickPreset={pickPreset}
          layout={layout}
          pickLayout={pickLayout}
          showRules={() => setShowsRules(true)}
          step={
            hanging.plan && hanging.plan.steps.length > 1 ? { at: hanging.at, of: hanging.plan.steps.length } : null
          }
          nextStep={nextStep}
          state={handle?.state ?? null}
          frames={handle?.loaded?.frames.length ?? 0}
          act={act}
          whole={whole}
          togglePlay={() => act((viewport) => viewport.togglePlay(handle?.loaded?.framesPerSecond ?? null))}
          among={count > 1}
          together={together}
          setTogether={setTogether}
          lines={lines}
          setLines={setLines}
          drawnOver={hasDrawnOver(frame) ? !lifted : null}
          toggleDrawnOver={() => setLifted(!lifted)}
          planes={planes.step}
          togglePlanes={togglePlanes}
          straighten={turns.straighten}
          slab={slab}
          setSlab={setSlab}
          undo={undo}
          addKey={addKey}
          showKeys={() => setShowsKeys(true)}
        />
        {asked && <ArrowWords asked={asked} done={() => setAsked(null)} />}
        {showsRules && (
          <KeptRules
            hanging={hanging}
            layout={layout}
            handles={cells.map((_, index) => handleOf(index))}
            together={together}
            lines={lines}
            backToBack={ruled?.backToBack === true}
            bodyPart={pictures.find(({ bodyPart }) => bodyPart)?.bodyPart ?? ''}
            close={() => setShowsRules(false)}
          />
        )}
        <KeyList open={showsKeys} close={() => setShowsKeys(false)} />
      </section>
    </>
  );
}
