import { ConfigProvider } from 'antd';
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';
import type { ReadDetail } from '../api/types.js';
import { dateTime, personName, prioritySign, sexAndAge } from '../format.js';
import { useText } from '../text/index.js';
import { itemName } from '../worklist/item-name.js';
import { closeReportWindow } from './report-window.js';
import { SaveStateText } from './save-state-text.js';
import type { SaveState } from './save-state.js';
import './report-place.css';

interface ReportPlaceProps {
  read: ReadDetail;
  save: SaveState;
  editable: boolean;
  /** Where the report is, if it is not in the page. */
  outside: Window | null;
  children: ReactNode;
}

/** The report beside the pictures, or in its own window with the person's name above it. */
export function ReportPlace({ read, save, editable, outside, children }: ReportPlaceProps) {
  const t = useText();
  if (!outside) return children;
  return (
    <>
      <aside className="report-away" data-testid="report-away">
        <p>{t.report.away}</p>
        <button type="button" onClick={() => outside.focus()}>
          {t.report.toWindow}
        </button>
        <button type="button" onClick={closeReportWindow}>
          {t.report.bringBack} <kbd>Alt O</kbd>
        </button>
      </aside>
      {createPortal(
        <ConfigProvider getPopupContainer={() => outside.document.body}>
          <div className="reading report-alone">
            <header className="patient-line">
              <span className={`patient-sign patient-${read.priority}`}>
                <span aria-hidden>{prioritySign[read.priority]}</span>
              </span>
              <b className="patient-name" data-testid="patient-name">
                {personName(read.patient.name, t)}
              </b>
              <span className="patient-fixed">{sexAndAge(read.patient, t)}</span>
              <span className="patient-part">
                {itemName(read, t)} {dateTime(read.examinedAt ?? read.receivedAt)}
              </span>
              <span className="patient-end">
                <SaveStateText save={save} editable={editable} />
              </span>
            </header>
            {children}
          </div>
        </ConfigProvider>,
        outside.document.body,
      )}
    </>
  );
}
