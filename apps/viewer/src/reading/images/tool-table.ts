/** What the left button does on a picture. */
export type PointerTool =
  | 'window'
  | 'zoom'
  | 'pan'
  | 'scroll'
  | 'magnify'
  | 'probe'
  | 'length'
  | 'bidirectional'
  | 'angle'
  | 'cobb'
  | 'cardiothoracic'
  | 'centre-line'
  | 'rectangle'
  | 'ellipse'
  | 'freehand'
  | 'arrow';

export interface ToolEntry {
  readonly tool: PointerTool;
  readonly hotkey: string;
  /** It leaves a mark that is saved, undone and told in numbers. */
  readonly marks: boolean;
}

/** In the order of the toolbar. */
export const TOOLS: readonly ToolEntry[] = [
  { tool: 'window', hotkey: 'W', marks: false },
  { tool: 'zoom', hotkey: 'Z', marks: false },
  { tool: 'pan', hotkey: 'P', marks: false },
  { tool: 'scroll', hotkey: 'S', marks: false },
  { tool: 'magnify', hotkey: 'G', marks: false },
  { tool: 'length', hotkey: 'L', marks: true },
  { tool: 'bidirectional', hotkey: 'B', marks: true },
  { tool: 'angle', hotkey: 'A', marks: true },
  { tool: 'cobb', hotkey: 'C', marks: true },
  { tool: 'cardiothoracic', hotkey: '/', marks: true },
  { tool: 'centre-line', hotkey: '\\', marks: true },
  { tool: 'rectangle', hotkey: 'Q', marks: true },
  { tool: 'ellipse', hotkey: 'E', marks: true },
  { tool: 'freehand', hotkey: 'F', marks: true },
  { tool: 'probe', hotkey: 'D', marks: true },
  { tool: 'arrow', hotkey: 'T', marks: true },
];
