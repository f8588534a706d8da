import { Button, Progress } from 'antd';
import { byteText, clock, dateTime, isToday } from '../format.js';
import { useText } from '../text/index.js';
import type { Interrupted } from './use-uploads.js';

interface InterruptedCardProps {
  batch: Interrupted;
  goOn: () => void;
  giveUp: () => void;
}

/** A batch that was begun and waits for its files: how far it is, that nothing is lost, and what to do. */
export function InterruptedCard({ batch, goOn, giveUp }: InterruptedCardProps) {
  const t = useText();
  const begun = batch.uploads.reduce((sum, { offset }) => sum + offset, 0);
  const sent = batch.bytesEnded + begun;
  return (
    <article className="batch batch-interrupted" data-testid="interrupted">
      <div className="batch-line">
        <b className="batch-title" title={batch.title}>
          {batch.title}
        </b>
        <Progress
          className="batch-bar"
          percent={batch.bytes ? Math.floor((sent / batch.bytes) * 100) : 0}
          size="small"
          status="normal"
          showInfo={false}
          aria-label={batch.title}
        />
        <span className="batch-figures">
          {t.township.sentOf(batch.filesEnded, batch.files)} · {byteText(sent)}/{byteText(batch.bytes)}
        </span>
        <span className="batch-phase">
          {t.township.begun(isToday(batch.startedAt) ? clock(batch.startedAt, false) : dateTime(batch.startedAt))}
        </span>
        {batch.known && (
          <Button size="small" type="primary" onClick={goOn} data-testid="go-on">
            {t.township.resume}
          </Button>
        )}
        <Button size="small" type="text" onClick={giveUp}>
          {t.township.giveUp}
        </Button>
      </div>
      <p className="batch-summary">
        ◆ {batch.known ? t.township.interruptedKnown : t.township.interrupted(batch.files - batch.filesEnded)}
      </p>
    </article>
  );
}
