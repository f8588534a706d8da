import type { MarkPoint } from '../../api/types.js';
import { useText } from '../../text/index.js';
import type { KeyedHand } from './use-keyed-hand.js';

interface KeyedHandOverlayProps {
  hand: KeyedHand;
  /** of the mark; 0 where the tool makes none */
  points: number;
  /** CSS pixels in the cell */
  placeOf: (point: MarkPoint) => readonly [number, number];
}

/** The cross of the keyboard with the points that are set, and what the keys do, which is read out too. */
export function KeyedHandOverlay({ hand, points, placeOf }: KeyedHandOverlayProps) {
  const t = useText();
  const words = t.images.hand;
  const [x, y] = placeOf(hand.at);
  const set = hand.points.map(placeOf);
  const name = t.images.tools[hand.tool];
  const [column, row] = hand.at.map((one) => Math.round(one)) as [number, number];
  return (
    <>
      {points > 0 && (
        <svg className="keyed-hand" aria-hidden data-testid="keyed-cross">
          <polyline points={[...set, [x, y]].map((one) => one.join(',')).join(' ')} />
          {set.map(([px, py]) => (
            <circle key={`${px} ${py}`} cx={px} cy={py} r={4} />
          ))}
          <path
            d={`M${x - 22} ${y}H${x - 5}M${x + 5} ${y}H${x + 22}M${x} ${y - 22}V${y - 5}M${x} ${y + 5}V${y + 22}`}
          />
        </svg>
      )}
      <p className="keyed-hand-words" role="status" data-testid="keyed-hand">
        {points > 0 ? words.point(name, hand.points.length + 1, points, column, row) : words.moves(name)}
      </p>
    </>
  );
}
