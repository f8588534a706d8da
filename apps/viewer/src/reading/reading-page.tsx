import { ConfigProvider, message, theme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { api, ApiError } from '../api/client.js';
import type { Prior, ReadDetail } from '../api/types.js';
import type { FirstPicture } from '../first-picture/first-picture.js';
import { FirstPictureSlot } from '../first-picture/first-picture-slot.js';
import { dropFirstPicture, takeFirstPicture } from '../first-picture/take-first-picture.js';
import { personName } from '../format.js';
import { fontFamily } from '../office/theme.js';
import { usePolled } from '../office/use-polled.js';
import { FailedPage, PageGuard, PlainPage } from '../plain-page.js';
import { navigate } from '../router.js';
import { useUser } from '../session/session.js';
import { useLanguage, useText } from '../text/index.js';
import { useRoundKeys } from '../worklist/use-round-keys.js';
import { useRound } from '../worklist/use-round.js';
import { CriticalStrip } from './critical/critical-strip.js';
import { useInsertMeasurements } from './ecg/use-insert-measurements.js';
import { useInsertMarks } from './marks/use-insert-marks.js';
import { useMarks } from './marks/use-marks.js';
import { PatientLine } from './patient-line.js';
import { ReconciliationStrip } from './reconciliation/reconciliation-strip.js';
import { ReportPlace } from './report-place.js';
import { closeReportWindow, openReportWindow, useReportWindow, useReportWindowStays } from './report-window.js';
import { ReportColumn } from './report-column.js';
import { graver } from './save-state.js';
import { SmallScreenPanes, type Pane } from './small-screen-panes.js';
import { useDraft } from './use-draft.js';
import './reading.css';
import './small-screen.css';

const ImagePane = lazy(() => import('./images/image-pane.js'));
const EcgPane = lazy(() => import('./ecg/ecg-pane.js'));

interface ReadingProps {
  read: ReadDetail;
  refresh: () => void;
  first: FirstPicture;
}

function Reading({ read, refresh, first }: ReadingProps) {
  const t = useText();
  const user = useUser();
  const [prior, setPrior] = useState<Prior | null>(null);
  const [beside, setBeside] = useState<HTMLElement | null>(null);
  const [pane, setPane] = useState<Pane>('picture');
  const editable = read.allowed.includes('draft');
  const words = useDraft(read, user.id, editable);
  const marks = useMarks(read, user.id, editable);
  const insertMarks = useInsertMarks(read, marks.marks, words);
  const measurements = useInsertMeasurements(words);
  const flush = useCallback(
    async () => (await Promise.all([words.flush(), marks.flush()])).every(Boolean),
    [words, marks],
  );
  const [notice, noticeHolder] = message.useMessage();
  const draft = { ...words, flush };
  const save = graver(words.save, marks.save);
  const outside = useReportWindow(`${personName(read.patient.name, t)} · ${t.report.title}`);
  const moveReport = (): void => {
    if (outside) closeReportWindow();
    else if (!openReportWindow()) void notice.warning(t.report.windowRefused);
  };
  const round = useRound(read, user.id);
  const step = (by: 1 | -1): void =>
    void round.step(by).then((went) => {
      if (!went) void notice.info({ key: 'round', duration: 2, content: by > 0 ? t.round.last : t.round.first });
    });
  const closePrior = useCallback(() => setPrior(null), []);
  useRoundKeys(step);
  useEffect(() => {
    document.title = `${personName(read.patient.name, t)} · ${t.product}`;
    return () => {
      document.title = t.product;
    };
  }, [read.patient.name, t]);
  return (
    <div className="reading" data-read-id={read.id} data-read-state={read.state}>
      <PatientLine read={read} save={save} editable={editable} step={step} />
      {noticeHolder}
      <CriticalStrip read={read} refresh={refresh} />
      <ReconciliationStrip read={read} refresh={refresh} />
      <div className={`reading-body reading-${read.kind}`} data-pane={pane}>
        <PageGuard>
          <Suspense
            fallback={
              <div className={`reading-wait reading-wait-${read.kind}`}>
                {read.kind === 'ecg' ? (
                  <PlainPage title={t.ecg.loading} />
                ) : (
                  <FirstPictureSlot picture={first}>
                    <PlainPage title={t.images.loadingImage} />
                  </FirstPictureSlot>
                )}
              </div>
            }
          >
            {read.kind === 'ecg' ? (
              <EcgPane read={read} beside={beside} measurements={editable ? measurements : null} />
            ) : (
              <ImagePane
                read={read}
                first={first}
                keyImages={draft.words.keyImages}
                changeKeyImages={editable ? (keyImages) => draft.change({ keyImages }) : null}
                marks={marks}
                insertMarks={editable ? () => void insertMarks() : null}
                upcoming={round.upcoming}
                prior={prior}
                closePrior={closePrior}
              />
            )}
          </Suspense>
        </PageGuard>
        <ReportPlace read={read} save={save} editable={editable} outside={outside}>
          <ReportColumn
            read={read}
            draft={draft}
            editable={editable}
            refresh={refresh}
            beside={setBeside}
            insertMarks={marks.marks.length > 0 ? () => void insertMarks() : null}
            finish={round.finish}
            prior={prior}
            showPrior={setPrior}
            outside={outside}
            moveReport={moveReport}
          />
        </ReportPlace>
      </div>
      <SmallScreenPanes pane={pane} show={setPane} />
    </div>
  );
}

export default function ReadingPage({ id }: { id: string }) {
  const { language, messages: t } = useLanguage();
  const load = useCallback((signal: AbortSignal) => api.read.get(id, signal), [id]);
  const { value, error, refresh } = usePolled(load, 4000);
  const missing = error instanceof ApiError && error.status === 404;
  useReportWindowStays();
  const [first] = useState(() => takeFirstPicture(id));
  useEffect(() => dropFirstPicture, []);
  const pictures = value ? value.kind === 'imaging' : !error;
  useEffect(() => {
    if (!pictures) first.close();
  }, [first, pictures]);
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: theme.darkAlgorithm,
        token: {
          fontFamily,
          colorPrimary: '#2f86d8',
          colorPrimaryHover: '#2a70b3',
          colorError: '#ff8f80',
          colorBgBase: '#0b0e11',
          borderRadius: 5,
          fontSize: 14,
          motion: false,
        },
      }}
    >
      {value ? (
        <Reading read={value} refresh={refresh} first={first} />
      ) : (
        <div className="reading reading-empty">
          {!error && <PlainPage title={t.common.loading} />}
          {missing && (
            <PlainPage title={t.read.missing} action={{ label: t.read.backToList, act: () => navigate('/') }} />
          )}
          {Boolean(error) && !missing && <FailedPage title={t.read.failed} error={error} retry={refresh} />}
        </div>
      )}
    </ConfigProvider>
  );
}
