import { useText } from '../text/index.js';

export type Pane = 'picture' | 'report';

/** Only on a small screen, where picture and report do not fit beside each other: which of them is shown, and what such a screen is for. */
export function SmallScreenPanes({ pane, show }: { pane: Pane; show: (pane: Pane) => void }) {
  const words = useText().read.small;
  return (
    <footer className="small-screen">
      <p role="note" data-testid="small-screen-notice">
        ◆ {words.notice}
      </p>
      <nav aria-label={words.panes}>
        {(['picture', 'report'] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={pane === one}
            onClick={() => show(one)}
            data-testid={`pane-${one}`}
          >
            {words[one]}
          </button>
        ))}
      </nav>
    </footer>
  );
}
