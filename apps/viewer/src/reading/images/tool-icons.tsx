import type { PointerTool } from './tool-table.js';

export type IconName =
  PointerTool | 'undo' | 'invert' | 'rotate' | 'flip' | 'fit' | 'trueSize' | 'reset' | 'play' | 'pause';

/** Lines in a square of 20; what ends in `#` is filled. Drawn here, because fonts of old PCs lack such signs. */
const PATHS: Readonly<Record<IconName, string>> = {
  window: 'M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14z|M10 3a7 7 0 0 1 0 14z#',
  zoom: 'M8.5 3a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z|M12.5 12.5l5 5|M8.5 6v5|M6 8.5h5',
  pan: 'M10 2v16|M2 10h16|M7.5 4.5L10 2l2.5 2.5|M7.5 15.5L10 18l2.5-2.5|M4.5 7.5L2 10l2.5 2.5|M15.5 7.5L18 10l-2.5 2.5',
  scroll: 'M4 3h12v4H4z|M4 8.5h12v4H4z|M4 14h12v3H4z',
  magnify: 'M8.5 2.5a6 6 0 1 0 0 12a6 6 0 1 0 0-12z|M13 13l5 5',
  length: 'M3 15L15 3|M1.5 13.5l3 3|M13.5 1.5l3 3',
  bidirectional: 'M3 16L16 3|M6 6l8 8',
  angle: 'M16 16H3L13 3|M8.5 16a6 6 0 0 0-2-4.5',
  cobb: 'M3 4h13|M3 13l13 4|M10 4v3|M10 15.2l1-3',
  cardiothoracic: 'M6 3C3 5 2 11 3 17h14c1-6 0-12-3-14|M7 11h6|M7 9.5v3|M13 9.5v3|M3.5 15h13',
  'centre-line': 'M7 2.5l6 7.5l-6 7.5|M7 2.5v15|M13 8.4a1.6 1.6 0 1 0 0 3.2a1.6 1.6 0 1 0 0-3.2z#',
  rectangle: 'M3 5h14v10H3z',
  ellipse: 'M10 5c4.5 0 7 2.2 7 5s-2.5 5-7 5s-7-2.2-7-5s2.5-5 7-5z',
  freehand: 'M5 6c4-4 11-2 12 3s-4 8-8 6s-2 2-4 1s-3-7 0-10z',
  probe: 'M10 2v6|M10 12v6|M2 10h6|M12 10h6|M10 9.3a.7.7 0 1 0 0 1.4a.7.7 0 1 0 0-1.4z#',
  arrow: 'M4 16L16 4|M9 4h7v7',
  undo: 'M4 8h8a4.5 4.5 0 0 1 0 9H8|M7.5 4L3.5 8l4 4',
  invert: 'M3 3h14v14H3z|M3 17L17 3v14z#',
  rotate: 'M16 10a6 6 0 1 1-2-4.5|M14.5 1.5v4.5H10',
  flip: 'M10 2v16|M8 5L2.5 15H8z|M12 5l5.5 10H12z#',
  fit: 'M3 7V3h4|M13 3h4v4|M17 13v4h-4|M7 17H3v-4',
  trueSize: 'M4 6l2-2v12|M14 6l2-2v12|M10.5 8v.5|M10.5 13v.5',
  reset: 'M4 10a6 6 0 1 0 2-4.5|M5.5 1.5v4.5H10',
  play: 'M6 4l10 6l-10 6z#',
  pause: 'M6 4h3v12H6z#|M11 4h3v12h-3z#',
};

export function ToolIcon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden>
      {PATHS[name].split('|').map((path) => (
        <path key={path} d={path.replace('#', '')} fill={path.endsWith('#') ? 'currentColor' : 'none'} />
      ))}
    </svg>
  );
}
