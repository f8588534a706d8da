import { useText } from '../../text/index.js';
import type { PointerTool } from './image-viewport.js';
import type { WindowPreset } from './presets.js';

interface ToolButton {
  tool: PointerTool;
  sign: string;
  hotkey: string;
}

export const pointerTools: readonly ToolButton[] = [
  { tool: 'window', sign: '◐', hotkey: 'W' },
  { tool: 'zoom', sign: '⌕', hotkey: 'Z' },
  { tool: 'pan', sign: '✥', hotkey: 'P' },
  { tool: 'scroll', sign: '⇅', hotkey: 'S' },
  { tool: 'length', sign: '↔', hotkey: 'L' },
];

interface ImageToolbarProps {
  tool: PointerTool;
  pickTool: (tool: PointerTool) => void;
  presets: readonly WindowPreset[];
  pickPreset: (preset: WindowPreset | null) => void;
  inverted: boolean;
  invert: () => void;
  reset: () => void;
  undo: () => void;
  addKey: (() => void) | null;
}

export function ImageToolbar(props: ImageToolbarProps) {
  const t = useText();
  return (
    <div className="image-tools" role="toolbar">
      {pointerTools.map(({ tool, sign, hotkey }) => (
        <button
          key={tool}
          type="button"
          aria-pressed={props.tool === tool}
          onClick={() => props.pickTool(tool)}
          data-testid={`tool-${tool}`}
        >
          <span aria-hidden>{sign}</span> {t.images.tools[tool]} <kbd>{hotkey}</kbd>
        </button>
      ))}
      <span className="image-tools-gap" />
      <button type="button" onClick={props.undo}>
        <span aria-hidden>↶</span> {t.images.tools.undo} <kbd>⌫</kbd>
      </button>
      <button type="button" aria-pressed={props.inverted} onClick={props.invert}>
        {t.images.tools.invert} <kbd>I</kbd>
      </button>
      <button type="button" onClick={props.reset}>
        {t.images.tools.reset} <kbd>R</kbd>
      </button>
      {props.addKey && (
        <button type="button" onClick={props.addKey} data-testid="add-key-image">
          <span aria-hidden>★</span> {t.read.addKeyImage} <kbd>K</kbd>
        </button>
      )}
      <span className="image-tools-break" />
      <span className="image-tools-label">{t.images.presets}</span>
      <button type="button" onClick={() => props.pickPreset(null)}>
        {t.images.preset.default} <kbd>0</kbd>
      </button>
      {props.presets.map((preset, index) => (
        <button key={preset.name} type="button" onClick={() => props.pickPreset(preset)}>
          {t.images.preset[preset.name]} <kbd>{index + 1}</kbd>
        </button>
      ))}
    </div>
  );
}
