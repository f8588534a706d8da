import { Button, Progress } from 'antd';
import type { UploadOutcome } from '../api/types.js';
import { byteText } from '../format.js';
import { useText, type Messages } from '../text/index.js';
import type { BatchView } from './upload-batch.js';

const signs: Record<UploadOutcome | 'unsent', string> = {
  stored: '✓',
  duplicate: '✓',
  're-encoded': '✓',
  conflict: '◆',
  quarantined: '◆',
  refused: '✕',
  unpacked: '✓',
  unsent: '✕',
};
/** Refusals that trouble nobody: things on the medium that are no examinations. */
const harmless = new Set(['not-dicom', 'dicomdir']);

interface Line {
  filename: string;
  outcome: UploadOutcome | 'unsent';
  code?: string | null;
  reason: string | null;
}

const signOf = ({ outcome, code }: Line): string => (harmless.has(code ?? '') ? '–' : signs[outcome]);
const classOf = (line: Line): string =>
  signOf(line) === '–' ? 'outcome-soft' : signOf(line) === '✓' ? 'outcome-good' : 'outcome-bad';

function wordsOf(line: Line, t: Messages): string {
  if (signOf(line) === '–') return t.township.noExamination(t.refusals[line.code ?? ''] ?? '');
  const why = t.refusals[line.code ?? ''] ?? line.reason;
  return t.township.outcome[line.outcome] + (why ? `：${why}` : '');
}

function leftText(batch: BatchView, t: Messages): string {
  if (batch.speed < 1) return '';
  const seconds = Math.ceil((batch.bytes - batch.bytesSent) / batch.speed);
  if (seconds < 60) return t.township.left(t.township.seconds(seconds));
  const minutes = Math.ceil(seconds / 60);
  return t.township.left(
    minutes < 60 ? t.timeLeft.minutes(minutes) : t.timeLeft.hours(Math.floor(minutes / 60), minutes % 60),
  );
}

function phaseText(batch: BatchView, t: Messages): string {
  if (batch.phase === 'paused') return t.township.paused;
  if (batch.phase === 'line-down') return t.township.waiting;
  if (batch.phase === 'checking') return t.township.checking;
  if (batch.phase === 'finished') return t.township.finished;
  return [batch.speed ? t.township.speed(byteText(batch.speed)) : '', leftText(batch, t)].filter(Boolean).join(' · ');
}

interface BatchCardProps {
  batch: BatchView;
  pause: () => void;
  resume: () => void;
  dismiss: () => void;
}

export function BatchCard({ batch, pause, resume, dismiss }: BatchCardProps) {
  const t = useText();
  const share = batch.bytes ? Math.floor((batch.bytesSent / batch.bytes) * 100) : 0;
  const lines: Line[] = [
    ...batch.unsent.map(({ filename, reason }) => ({ filename, reason, outcome: 'unsent' as const })),
    ...batch.outcomes.filter(({ outcome }) => outcome !== 'unpacked'),
  ];
  const counts = new Map<string, { sign: string; className: string; n: number }>();
  for (const line of lines) {
    const what = signOf(line) === '–' ? t.township.notExaminations : t.township.outcome[line.outcome];
    counts.set(what, { sign: signOf(line), className: classOf(line), n: (counts.get(what)?.n ?? 0) + 1 });
  }
  const trouble = lines.filter((line) => signOf(line) !== '✓');
  const wellDone = lines.filter((line) => signOf(line) === '✓');
  const moving = batch.phase === 'sending' || batch.phase === 'paused' || batch.phase === 'line-down';
  return (
    <article className="batch" data-testid="batch" data-phase={batch.phase}>
      <div className="batch-line">
        <b className="batch-title" title={batch.title}>
          {batch.title}
        </b>
        <Progress
          className="batch-bar"
          percent={share}
          size="small"
          status={trouble.some((line) => signOf(line) === '✕') ? 'exception' : 'normal'}
          showInfo={false}
          aria-label={batch.title}
        />
        <span className="batch-figures">
          {t.township.files(batch.filesDone, batch.files)} · {byteText(batch.bytesSent)}/{byteText(batch.bytes)}
        </span>
        <span className="batch-phase">{phaseText(batch, t)}</span>
        {batch.phase === 'sending' && (
          <Button size="small" onClick={pause} data-testid="pause">
            {t.township.pause}
          </Button>
        )}
        {(batch.phase === 'paused' || batch.phase === 'line-down') && (
          <Button size="small" type="primary" onClick={resume} data-testid="resume">
            {t.township.resume}
          </Button>
        )}
        <Button size="small" type="text" onClick={dismiss}>
          {moving ? t.township.cancelUpload : t.township.dismiss}
        </Button>
      </div>
      {(lines.length > 0 || batch.skipped > 0 || batch.beside > 0) && (
        <p className="batch-summary" data-testid="batch-summary">
          {[...counts].map(([what, { sign, className, n }]) => (
            <span key={what} className={className}>
              {sign} {t.township.summary(n, what)}
            </span>
          ))}
          {batch.skipped > 0 && <span>{t.township.skipped(batch.skipped)}</span>}
          {batch.beside > 0 && <span>{t.township.beside(batch.beside)}</span>}
        </p>
      )}
      {batch.missing.length > 0 && (
        <ul className="batch-files" data-testid="missing">
          {batch.missing.map((filename) => (
            <li key={filename} className="outcome-bad">
              <span>◆ {filename}</span>
              <span>{t.township.missing}</span>
            </li>
          ))}
        </ul>
      )}
      {batch.outcomesFailed && <p className="batch-summary outcome-bad">◆ {t.township.outcomesFailed}</p>}
      {trouble.length > 0 && (
        <ul className="batch-files">
          {trouble.map((line) => (
            <li key={`${line.filename}/${line.outcome}`} className={classOf(line)} data-testid="upload-trouble">
              <span>
                {signOf(line)} {line.filename}
              </span>
              <span>{wordsOf(line, t)}</span>
            </li>
          ))}
        </ul>
      )}
      {wellDone.length > 0 && (
        <details>
          <summary>{t.township.outcomes}</summary>
          <ul className="batch-files">
            {wellDone.map((line) => (
              <li key={line.filename}>
                <span>
                  {signOf(line)} {line.filename}
                </span>
                <span>{wordsOf(line, t)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </article>
  );
}
