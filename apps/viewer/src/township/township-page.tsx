import { OfficeFrame } from '../office/office-frame.js';
import { may, useUser } from '../session/session.js';
import { useText } from '../text/index.js';
import { BatchCard } from './batch-card.js';
import { DropZone } from './drop-zone.js';
import { InterruptedCard } from './interrupted-card.js';
import { SentList, useExams } from './sent-list.js';
import { useUploads } from './use-uploads.js';
import './township.css';

function Uploads({ settled }: { settled: () => void }) {
  const t = useText();
  const uploads = useUploads(settled);
  return (
    <>
      <DropZone add={uploads.add} />
      {uploads.views.some(({ phase }) => phase === 'line-down') && (
        <p className="line-down" role="alert">
          ◆ {t.township.lineDown}
        </p>
      )}
      {uploads.interrupted.map((batch) => (
        <InterruptedCard
          key={batch.batch}
          batch={batch}
          goOn={() => void uploads.goOn(batch)}
          giveUp={() => void uploads.giveUp(batch.batch)}
        />
      ))}
      {uploads.views.map((batch) => (
        <BatchCard
          key={batch.id}
          batch={batch}
          pause={() => uploads.pause(batch.id)}
          resume={() => uploads.resume(batch.id)}
          dismiss={() => uploads.dismiss(batch.id)}
        />
      ))}
    </>
  );
}

/** The township's one page; without the right to send it is the clinician's list of reports. */
export default function TownshipPage() {
  const user = useUser();
  const exams = useExams();
  const sends = may(user, 'upload.send');
  return (
    <OfficeFrame title={user.organisation.name}>
      {sends && <Uploads settled={exams.refresh} />}
      <SentList exams={exams} follow={!sends} />
    </OfficeFrame>
  );
}
