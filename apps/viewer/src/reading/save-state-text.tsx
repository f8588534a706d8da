import { clock } from '../format.js';
import { problemText } from '../plain-page.js';
import { useText, type Messages } from '../text/index.js';
import type { SaveState } from './save-state.js';

function words(save: SaveState, t: Messages): string {
  if (save.step === 'saved') return t.save.saved(clock(save.at));
  return save.step === 'refused' ? t.save.refused(problemText(save.problem, t)) : t.save[save.step];
}

const signs: Partial<Record<SaveState['step'], string>> = {
  saved: '✓',
  offline: '◆',
  conflict: '◆',
  refused: '✕',
  dirty: '●',
};

export function SaveStateText({ save, editable }: { save: SaveState; editable: boolean }) {
  const t = useText();
  const shown = editable || save.step === 'offline' || save.step === 'conflict' || save.step === 'refused';
  return (
    <span className={`save save-${save.step}`} data-testid="save-state" data-save={save.step} role="status">
      {shown ? (
        <>
          <span aria-hidden>{signs[save.step]}</span> {words(save, t)}
        </>
      ) : (
        t.save.readOnly
      )}
    </span>
  );
}
