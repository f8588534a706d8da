import { useState } from 'react';
import type { Prior, ReadDetail } from '../api/types.js';
import { useUser } from '../session/session.js';
import { useText } from '../text/index.js';
import type { Finished } from '../worklist/round.js';
import { PriorPanel } from './priors/prior-panel.js';
import { PriorSummary } from './priors/prior-summary.js';
import { comparison } from './priors/prior-words.js';
import { usePriors } from './priors/use-priors.js';
import { QualityLine } from './quality/quality-line.js';
import { ReportActs } from './report-acts.js';
import { ReportNotices } from './report-notices.js';
import { fieldInFocus, reportField, setReportColumn } from './report-texts/report-fields.js';
import { ReportWords } from './report-texts/report-words.js';
import { TextMenu } from './report-texts/text-menu.js';
import { useInsertText } from './report-texts/use-insert-text.js';
import { useReportTexts, type TextKind } from './report-texts/use-report-texts.js';
import type { DraftControl } from './use-draft.js';
import { useReportKeys } from './use-report-keys.js';

interface ReportColumnProps {
  read: ReadDetail;
  draft: DraftControl;
  editable: boolean;
  /** Fetches the case again after an act, or after a refusal that says it has moved on. */
  refresh: () => void;
  /** Receives the place under the request, for what a kind of examination shows there. */
  beside: (element: HTMLElement | null) => void;
  /** Brings what was measured into the findings; null where nothing is. */
  insertMarks: (() => void) | null;
  /** This reader's work on the case is done. */
  finish: (how: Finished['how']) => Promise<void>;
  /** The one whose images stand beside the present ones. */
  prior: Prior | null;
  showPrior: (prior: Prior | null) => void;
  /** The window that it is in, if it is not in the page. */
  outside: Window | null;
  moveReport: () => void;
}

export function ReportColumn(props: ReportColumnProps) {
  const { read, draft, editable, refresh, beside, insertMarks, finish, prior, showPrior, outside, moveReport } = props;
  const t = useText();
  const user = useUser();
  const { words } = draft;
  const [menu, setMenu] = useState<TextKind | null>(null);
  const [wanted, setWanted] = useState(false);
  const { texts, error, again } = useReportTexts(read.id, wanted);
  const insert = useInsertText(draft);
  const priors = usePriors(read.id, read.identityDoubts);
  const [priorsFrom, setPriorsFrom] = useState<{ first: Prior | undefined } | null>(null);
  const openPriors = (first?: Prior): void => {
    if (!priors.priors?.items.length) return;
    insert.remember();
    setPriorsFrom({ first });
  };
  const openMenu = (kind: TextKind): void => {
    insert.remember();
    setWanted(true);
    setMenu(kind);
  };
  const closeMenu = (how: 'back' | 'elsewhere'): void => {
    setMenu(null);
    if (how === 'back') insert.focusBack();
  };
  const write = (): void => reportField(fieldInFocus() === 'findings' ? 'impression' : 'findings')?.focus();
  useReportKeys(
    {
      F2: write,
      'Alt+T': editable ? () => openMenu('template') : undefined,
      'Alt+P': editable ? () => openMenu('phrase') : undefined,
      'Alt+H': prior ? () => showPrior(null) : () => openPriors(),
      'Ctrl+Z': insert.inserted ? insert.undo : undefined,
      'Alt+O': moveReport,
    },
    outside?.document,
  );
  const present =
    menu === 'phrase'
      ? { findings: insert.selected(), impression: '' }
      : { findings: words.findings, impression: words.impression };

  return (
    <aside className="report" ref={setReportColumn}>
      <div className="report-scroll">
        <section className="request">
          <button type="button" className="report-move" onClick={moveReport} data-testid="move-report">
            {outside ? t.report.bringBack : t.report.moveOut} <kbd>Alt O</kbd>
          </button>
          <h2>{t.read.request}</h2>
          <p className={read.clinicalInformation ? '' : 'soft'}>{read.clinicalInformation || t.read.noRequest}</p>
          <p className="soft request-ids">
            {t.read.number} {read.patient.number}
            {read.patient.idCardMasked && ` · ${t.read.idCard} ${read.patient.idCardMasked}`}
          </p>
        </section>
        <PriorSummary read={read} from={priors} open={openPriors} />
        <QualityLine page={outside?.document} read={read} refresh={refresh} />
        <div ref={beside} />
        <ReportNotices read={read} draft={draft} me={user.id} />
        {editable && (
          // The caret stays where it is in the words.
          <div className="report-tools" role="toolbar" onMouseDown={(event) => event.preventDefault()}>
            {(['template', 'phrase'] as const).map((kind) => (
              <button
                key={kind}
                type="button"
                onClick={() => openMenu(kind)}
                aria-keyshortcuts={kind === 'template' ? 'Alt+T' : 'Alt+P'}
                data-testid={`open-${kind}s`}
              >
                {t.report[kind]} ▾ <kbd>Alt {kind === 'template' ? 'T' : 'P'}</kbd>
              </button>
            ))}
            {read.kind === 'imaging' && (
              <button type="button" disabled={!insertMarks} onClick={() => insertMarks?.()} data-testid="insert-marks">
                {t.read.insertMarks} <kbd>N</kbd>
              </button>
            )}
          </div>
        )}
        {insert.inserted && (
          <p className="notice" role="status" data-testid="inserted">
            ✓ {t.report.inserted(insert.inserted.name)}{' '}
            <button type="button" className="notice-close" onClick={insert.undo} data-testid="insert-undo">
              {t.report.undo} <kbd>Ctrl Z</kbd>
            </button>
          </p>
        )}
        <label className="report-label" htmlFor="findings">
          {t.read.findings}
        </label>
        <ReportWords
          name="findings"
          rows={9}
          readOnly={!editable}
          placeholder={editable ? t.read.findingsHint : ''}
          value={words.findings}
          change={(findings) => draft.change({ findings })}
        />
        <label className="report-label" htmlFor="impression">
          {t.read.impression}
        </label>
        <ReportWords
          name="impression"
          rows={4}
          readOnly={!editable}
          placeholder={editable ? t.read.impressionHint : ''}
          value={words.impression}
          change={(impression) => draft.change({ impression })}
        />
        {read.reading && (
          <p className="soft report-people">
            {t.read.author(read.reading.author.name)}
            {read.reading.reviewer && ` · ${t.read.reviewer(read.reading.reviewer.name)}`}
          </p>
        )}
      </div>
      <ReportActs page={outside?.document} read={read} draft={draft} refresh={refresh} finish={finish} />
      {priorsFrom && priors.priors && (
        <PriorPanel
          read={read}
          priors={priors.priors.items}
          first={priorsFrom.first}
          show={(one) => {
            setPriorsFrom(null);
            showPrior(one);
          }}
          compare={
            editable
              ? (one) => {
                  setPriorsFrom(null);
                  insert.words(comparison(one, read, t));
                }
              : null
          }
          close={() => setPriorsFrom(null)}
        />
      )}
      {menu && (
        <TextMenu
          key={menu}
          kind={menu}
          texts={texts}
          error={error}
          again={again}
          wordsThere={(words.findings + words.impression).trim() !== ''}
          present={present.findings.trim() || present.impression.trim() ? present : null}
          readKind={read.kind}
          insert={(text, how) => {
            setMenu(null);
            if (text.kind === 'template') insert.template(text, how);
            else insert.words(text.findings);
          }}
          close={closeMenu}
        />
      )}
    </aside>
  );
}
