import { eventTarget, getRenderingEngine } from '@cornerstonejs/core';
import * as tools from '@cornerstonejs/tools';
import type { Mark, MarkKind } from '../../api/types.js';
import { CardiothoracicTool } from './cardiothoracic-tool.js';
import { engineId } from './engine.js';
import { frameOf } from './frame-registry.js';
import { LegAxisTool } from './leg-axis-tool.js';
import { calibrationOf, measuredValues, measureLines, type MeasureWords } from './measured.js';
import { ProbeTool } from './probe-tool.js';
import { TOOLS, type PointerTool } from './tool-table.js';

const groupId = 'reading';
const syncId = 'same-place';
const windowSyncId = 'same-window';

const CLASSES = {
  window: tools.WindowLevelTool,
  zoom: tools.ZoomTool,
  pan: tools.PanTool,
  scroll: tools.StackScrollTool,
  magnify: tools.MagnifyTool,
  length: tools.LengthTool,
  bidirectional: tools.BidirectionalTool,
  angle: tools.AngleTool,
  cobb: tools.CobbAngleTool,
  cardiothoracic: CardiothoracicTool,
  'centre-line': LegAxisTool,
  rectangle: tools.RectangleROITool,
  ellipse: tools.EllipticalROITool,
  freehand: tools.PlanarFreehandROITool,
  probe: ProbeTool,
  arrow: tools.ArrowAnnotateTool,
} satisfies Record<PointerTool, { toolName: string }>;

const nameOf = (tool: PointerTool): string => CLASSES[tool].toolName;
const marking = TOOLS.filter(({ marks }) => marks).map(({ tool }) => tool as PointerTool & MarkKind);

/** The tools that make marks are called as the kinds of marks are. */
export const toolOfKind = (kind: MarkKind): string | undefined =>
  marking.some((tool) => tool === kind) ? nameOf(kind as PointerTool & MarkKind) : undefined;
export const kindOfTool = (toolName: string): MarkKind | undefined => marking.find((tool) => nameOf(tool) === toolName);

let words: MeasureWords | undefined;
/** The words that marks carry, in the reader's language. */
export const setMeasureWords = (next: MeasureWords): void => {
  words = next;
};

/** Asks what an arrow says; the answer null gives it up. */
export type AskWords = (before: string, answer: (said: string | null) => void) => void;
let askWords: AskWords = (_before, answer) => answer(null);
export const setAskWords = (next: AskWords): void => {
  askWords = next;
};

/** A mark from elsewhere: its numbers are its document's own. */
export type ToldMark = Pick<Mark, 'values' | 'calibration'> & { readonly from: string };

/** A mark says which kind of millimetre it is measured in, and pixels where the image has no spacing. */
function linesOf(data: tools.Types.Annotation['data'], target: string | readonly string[]): string[] {
  if (!words) return [];
  const told = data['told'] as ToldMark | undefined;
  if (told) return [`◇ ${told.from}`, ...measureLines(told.values, told.calibration, words)];
  const targetId = typeof target === 'string' ? target : target[0];
  const stats = (data['cachedStats'] as Record<string, Record<string, unknown>> | undefined)?.[targetId ?? ''];
  const frame = frameOf(targetId ?? '');
  if (!stats) return [];
  const spacing = frame?.spacing ?? { of: 'pixels' };
  return measureLines(
    measuredValues(stats, spacing, frame?.values ?? { unit: 'grey', factor: 1 }),
    calibrationOf(stats, spacing),
    words,
  );
}

interface ArrowAnnotation {
  data: { label?: string };
}
const arrowWords = {
  getTextCallback: (done: (said?: string) => void) => askWords('', (said) => done(said ?? undefined)),
  changeTextCallback: (mark: ArrowAnnotation, _event: unknown, done: (said: string) => void) => {
    const before = mark.data.label ?? '';
    askWords(before, (said) => done(said ?? before));
  },
};

/** Once, before the first viewport. */
export function startTools(): void {
  tools.init();
  const group = tools.ToolGroupManager.createToolGroup(groupId)!;
  for (const { tool, marks } of TOOLS) {
    tools.addTool(CLASSES[tool]);
    const configuration = tool === 'arrow' ? arrowWords : { getTextLines: linesOf, calculateStats: true };
    group.addTool(nameOf(tool), marks ? configuration : {});
  }
  tools.addTool(tools.ReferenceLinesTool);
  group.addTool(tools.ReferenceLinesTool.toolName, { sourceViewportId: '' });
  tools.synchronizers.createImageSliceSynchronizer(syncId).setEnabled(false);
  tools.synchronizers
    .createVOISynchronizer(windowSyncId, { syncInvertState: true, syncColormap: false })
    .setEnabled(false);
  pickPointer('window');
}

/** A mark that is half drawn goes away. @returns whether there was one */
export function abandonDrawing(): boolean {
  const group = tools.ToolGroupManager.getToolGroup(groupId);
  const begun: string[] = [];
  const completed = (event: Event): void => {
    begun.push((event as CustomEvent<{ annotation: tools.Types.Annotation }>).detail.annotation.annotationUID ?? '');
  };
  const { ANNOTATION_COMPLETED } = tools.Enums.Events;
  // Cornerstone ends a new mark where it is, and says that it is complete.
  eventTarget.addEventListener(ANNOTATION_COMPLETED, completed as EventListener);
  for (const { viewportId } of group?.getViewportsInfo() ?? []) {
    const element = getRenderingEngine(engineId)?.getViewport(viewportId)?.element;
    if (element) tools.cancelActiveManipulations(element);
  }
  eventTarget.removeEventListener(ANNOTATION_COMPLETED, completed as EventListener);
  for (const uid of begun) tools.annotation.state.removeAnnotation(uid);
  if (begun.length > 0) getRenderingEngine(engineId)?.render();
  return begun.length > 0;
}

/** The left button or one finger does `tool` in every cell; wheel, right and middle button keep scrolling, zooming and panning, two fingers zoom and pan. */
export function pickPointer(picked: PointerTool): void {
  const group = tools.ToolGroupManager.getToolGroup(groupId);
  if (!group) return;
  abandonDrawing();
  const { Primary, Secondary, Auxiliary, Wheel } = tools.Enums.MouseBindings;
  const always: Partial<Record<PointerTool, number>> = { pan: Auxiliary, zoom: Secondary, scroll: Wheel };
  for (const { tool } of TOOLS) {
    group.setToolPassive(nameOf(tool), { removeAllBindings: true });
    const bindings = [
      ...(always[tool] === undefined ? [] : [{ mouseButton: always[tool] }]),
      ...(tool === picked ? [{ mouseButton: Primary }, { numTouchPoints: 1 }] : []),
      ...(tool === 'zoom' ? [{ numTouchPoints: 2 }] : []),
    ];
    if (bindings.length > 0) group.setToolActive(nameOf(tool), { bindings });
  }
}

export function join(viewportId: string): void {
  tools.ToolGroupManager.getToolGroup(groupId)?.addViewport(viewportId, engineId);
  for (const id of [syncId, windowSyncId])
    tools.SynchronizerManager.getSynchronizer(id)?.add({ renderingEngineId: engineId, viewportId });
}

export function leave(viewportId: string): void {
  tools.ToolGroupManager.getToolGroup(groupId)?.removeViewports(engineId, viewportId);
  for (const id of [syncId, windowSyncId])
    tools.SynchronizerManager.getSynchronizer(id)?.remove({ renderingEngineId: engineId, viewportId });
}

/** Scrolling one cell takes the others to the same place in the patient, where they share its frame of reference. */
export function scrollTogether(on: boolean): void {
  tools.SynchronizerManager.getSynchronizer(syncId)?.setEnabled(on);
}

/** The window of one cell is that of all. */
export function windowTogether(on: boolean): void {
  tools.SynchronizerManager.getSynchronizer(windowSyncId)?.setEnabled(on);
}

/** Where the slice of this cell cuts those of the others is drawn in them; '' draws nothing. */
export function referenceLinesFrom(viewportId: string): void {
  const group = tools.ToolGroupManager.getToolGroup(groupId);
  const { toolName } = tools.ReferenceLinesTool;
  if (!group) return;
  group.setToolConfiguration(toolName, { sourceViewportId: viewportId });
  if (viewportId === '') group.setToolDisabled(toolName);
  else group.setToolEnabled(toolName);
  getRenderingEngine(engineId)?.render();
}

/** Plays the stack of an element. @param framesPerSecond null stops */
export function play(element: HTMLDivElement, framesPerSecond: number | null): void {
  if (framesPerSecond === null) tools.utilities.cine.stopClip(element);
  else tools.utilities.cine.playClip(element, { framesPerSecond, loop: true });
}
