import { api } from '../../api/client.js';
import type { HangingCell } from '../../api/types.js';
import { useText } from '../../text/index.js';
import type { CellHandle } from '../images/image-cell.js';
import { layoutName, type Layout } from '../images/layouts.js';
import { presetsFor } from '../images/presets.js';
import { ruleOf, wordsOf } from './keep-rule.js';
import { RulesDialog } from './rules-dialog.js';
import type { Unit } from './unit.js';
import type { Hanging } from './use-hanging.js';

interface KeptRulesProps {
  hanging: Hanging;
  layout: Layout;
  /** Of each cell. */
  handles: readonly (CellHandle | undefined)[];
  together: boolean;
  lines: boolean;
  backToBack: boolean;
  bodyPart: string;
  close: () => void;
}

/** What hangs in a cell now: of a projection the image, else its series. */
const unitOf = (units: readonly Unit[], { series, frame }: CellHandle): Unit | null =>
  units.find(({ uid, at }) => uid === series?.uid && at?.sopInstanceUid === frame?.sopInstanceUid) ??
  units.find(({ uid }) => uid === series?.uid) ??
  null;

function windowOf({ series, frame, state }: CellHandle): HangingCell['window'] | null {
  if (!frame || series?.modality !== 'CT') return null;
  const found = presetsFor('CT', frame.values).find(
    ({ width, center }) => Math.abs(width - state.windowWidth) < 0.5 && Math.abs(center - state.windowCenter) < 0.5,
  );
  return (found?.name as HangingCell['window']) ?? null;
}

/** The rules, and what is on the screen as one of them. */
export function KeptRules(props: KeptRulesProps) {
  const { hanging, layout, handles, together, lines, backToBack, bodyPart, close } = props;
  const t = useText();
  const { exam, units } = hanging;
  const cells = handles.map((handle) => ({
    unit: handle ? unitOf(units, handle) : null,
    window: handle ? windowOf(handle) : null,
  }));
  const words = wordsOf(bodyPart, exam.about);
  const there = cells.some(({ unit }) => unit !== null);
  return (
    <RulesDialog
      rules={hanging.rules}
      error={hanging.error}
      held={hanging.plan?.rule ?? null}
      again={hanging.again}
      present={
        there
          ? {
              name: [exam.modality, words.at(-1), layoutName(layout)].filter(Boolean).join(' '),
              words: words.join(t.hanging.comma),
              modality: exam.modality,
            }
          : null
      }
      keep={(name, about, network) =>
        api.addHangingRule({ ...ruleOf(name, about, exam, { layout, cells, together, lines, backToBack }), network })
      }
      close={close}
    />
  );
}
