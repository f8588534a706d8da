import { Dropdown } from 'antd';
import type { Slab } from '../planes/plane-images.js';
import { SlabMenu } from '../planes/slab-menu.js';
import type { PlanesState } from '../planes/use-planes.js';
import { useText } from '../../text/index.js';
import type { ImageViewport, ViewportState } from './image-viewport.js';
import { layoutName, LAYOUTS, type Layout } from './layouts.js';
import type { WindowPreset } from './presets.js';
import { ToolIcon, type IconName } from './tool-icons.js';
import { TOOLS, type PointerTool } from './tool-table.js';

interface ImageToolbarProps {
  tool: PointerTool;
  pickTool: (tool: PointerTool) => void;
  presets: readonly WindowPreset[];
  pickPreset: (preset: WindowPreset | null) => void;
  layout: Layout;
  pickLayout: (layout: Layout) => void;
  showRules: () => void;
  /** Of the rule that holds; null where it has one. */
  step: { at: number; of: number } | null;
  nextStep: () => void;
  /** of the active cell */
  state: ViewportState | null;
  frames: number;
  act: (what: (viewport: ImageViewport) => void) => void;
  /** what shows the whole picture again */
  whole: (what: (viewport: ImageViewport) => void) => void;
  togglePlay: () => void;
  /** several cells are there */
  among: boolean;
  together: boolean;
  setTogether: (on: boolean) => void;
  lines: boolean;
  setLines: (on: boolean) => void;
  /** Whether overlays and shutter are shown; null where the image has none. */
  drawnOver: boolean | null;
  toggleDrawnOver: () => void;
  planes: PlanesState['step'];
  togglePlanes: () => void;
  /** Null where no plane is turned. */
  straighten: (() => void) | null;
  slab: Slab | null;
  setSlab: (slab: Slab | null) => void;
  undo: () => void;
  addKey: (() => void) | null;
  showKeys: () => void;
}

interface ButtonProps {
  icon: IconName;
  name: string;
  hotkey: string;
  pressed?: boolean;
  act: () => void;
  testId?: string;
}

/** An icon with its key in the corner; the name shows on hover and is what is read out. */
function Button({ icon, name, hotkey, pressed, act, testId }: ButtonProps) {
  return (
    <button
      type="button"
      className="image-tool"
      title={`${name} (${hotkey})`}
      aria-label={name}
      aria-keyshortcuts={hotkey}
      aria-pressed={pressed}
      onClick={act}
      data-testid={testId}
    >
      <ToolIcon name={icon} />
      <kbd aria-hidden>{hotkey}</kbd>
    </button>
  );
}

export function ImageToolbar(props: ImageToolbarProps) {
  const t = useText();
  const { state, act } = props;
  const words = t.images.tools;
  const layouts = [
    ...LAYOUTS.map((layout) => ({
      key: layoutName(layout),
      label: layoutName(layout),
      onClick: () => props.pickLayout(layout),
    })),
    { type: 'divider' as const },
    { key: 'rules', label: t.hanging.menu, extra: '-', onClick: props.showRules },
  ];
  return (
    <div className="image-tools" role="toolbar" aria-label={t.images.toolbar}>
      {TOOLS.map(({ tool, hotkey }) => (
        <Button
          key={tool}
          icon={tool}
          name={words[tool]}
          hotkey={hotkey}
          pressed={props.tool === tool}
          act={() => props.pickTool(tool)}
          testId={`tool-${tool}`}
        />
      ))}
      <Button icon="undo" name={words.undo} hotkey="⌫" act={props.undo} />
      <span className="image-tools-gap" />
      <Button
        icon="invert"
        name={words.invert}
        hotkey="I"
        pressed={state?.invert ?? false}
        act={() => act((view) => view.invert())}
      />
      <Button icon="rotate" name={words.rotate} hotkey="O" act={() => act((view) => view.rotate())} testId="rotate" />
      <Button
        icon="flip"
        name={words.flip}
        hotkey="H"
        pressed={state?.turn.flipped ?? false}
        act={() => act((view) => view.flip())}
        testId="flip"
      />
      <Button icon="fit" name={words.fit} hotkey="V" act={() => props.whole((view) => view.fit())} />
      <Button icon="trueSize" name={words.trueSize} hotkey="U" act={() => act((view) => view.trueSize())} />
      <Button icon="reset" name={words.reset} hotkey="R" act={() => props.whole((view) => view.reset())} />
      <span className="image-tools-break" />
      <Dropdown menu={{ items: layouts, selectedKeys: [layoutName(props.layout)] }} trigger={['click']}>
        <button type="button" data-testid="layout">
          {t.images.layout} {layoutName(props.layout)} <kbd>M</kbd>
        </button>
      </Dropdown>
      {props.step && (
        <button type="button" onClick={props.nextStep} title={t.hanging.stepTitle} data-testid="hanging-step">
          {t.hanging.step(props.step.at + 1, props.step.of)} <kbd>=</kbd>
        </button>
      )}
      {(props.frames > 2 || props.planes !== 'off') && (
        <button
          type="button"
          aria-pressed={props.planes !== 'off'}
          onClick={props.togglePlanes}
          data-testid="planes"
          title={t.images.planes.title}
        >
          {t.images.planes.button} <kbd>J</kbd>
        </button>
      )}
      {props.straighten && (
        <button type="button" onClick={props.straighten} data-testid="straighten">
          {t.images.planes.straighten} <kbd>~</kbd>
        </button>
      )}
      {props.planes === 'ready' && <SlabMenu slab={props.slab} setSlab={props.setSlab} />}
      {props.planes !== 'ready' && props.frames > 1 && (
        <button type="button" aria-pressed={state?.playing ?? false} onClick={props.togglePlay} data-testid="play">
          <ToolIcon name={state?.playing ? 'pause' : 'play'} /> {words.play} <kbd>␣</kbd>
        </button>
      )}
      {props.among && props.planes !== 'ready' && (
        <>
          <button
            type="button"
            aria-pressed={props.together}
            onClick={() => props.setTogether(!props.together)}
            data-testid="together"
          >
            {words.together} <kbd>Y</kbd>
          </button>
          <button
            type="button"
            aria-pressed={props.lines}
            onClick={() => props.setLines(!props.lines)}
            data-testid="reference-lines"
          >
            {words.lines} <kbd>X</kbd>
          </button>
        </>
      )}
      {props.drawnOver !== null && (
        <button
          type="button"
          aria-pressed={props.drawnOver}
          onClick={props.toggleDrawnOver}
          data-testid="drawn-over-button"
        >
          {t.images.over.button} <kbd>&apos;</kbd>
        </button>
      )}
      {props.addKey && props.planes !== 'ready' && (
        <button type="button" onClick={props.addKey} data-testid="add-key-image">
          <span aria-hidden>★</span> {t.read.addKeyImage} <kbd>K</kbd>
        </button>
      )}
      <span className="image-tools-gap" />
      <span className="image-tools-label">{t.images.presets}</span>
      <button type="button" onClick={() => props.pickPreset(null)}>
        {t.images.preset.default} <kbd>0</kbd>
      </button>
      {props.presets.map((preset, index) => (
        <button key={preset.name} type="button" onClick={() => props.pickPreset(preset)}>
          {t.images.preset[preset.name]} <kbd>{index + 1}</kbd>
        </button>
      ))}
      <button type="button" className="image-tools-end" onClick={props.showKeys} data-testid="show-keys">
        {t.worklist.keys} <kbd>?</kbd>
      </button>
    </div>
  );
}
