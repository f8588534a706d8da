import { Component, type ReactNode } from 'react';
import { ApiError } from './api/client.js';
import { useText, type Messages } from './text/index.js';

/** The server's refusal in the reader's language, where there are words for its code. */
export const problemText = (problem: ApiError, t: Messages): string => t.refusals[problem.code] ?? problem.detail;

interface PlainPageProps {
  title: string;
  detail?: string | undefined;
  code?: string | undefined;
  action?: { label: string; act: () => void } | undefined;
}

/** An empty, failed or missing page: what it is, why, and what to do. */
export function PlainPage({ title, detail, code, action }: PlainPageProps) {
  return (
    <div className="plain-page" role="status">
      <h2>{title}</h2>
      {detail && <p>{detail}</p>}
      {code && <p className="code">{code}</p>}
      {action && (
        <button type="button" onClick={action.act}>
          {action.label}
        </button>
      )}
    </div>
  );
}

interface FailedProps {
  title: string;
  kept?: string | undefined;
  error: unknown;
  retry: () => void;
}

export function FailedPage({ title, kept, error, retry }: FailedProps) {
  const t = useText();
  const problem = error instanceof ApiError ? error : null;
  const why = problem?.unreachable ? t.common.unreachable : problem ? problemText(problem, t) : '';
  return (
    <PlainPage
      title={title}
      detail={[why, kept].filter(Boolean).join(' · ')}
      code={problem ? t.common.code(problem.code) : undefined}
      action={{ label: t.common.retry, act: retry }}
    />
  );
}

function BrokenPage() {
  const t = useText();
  return (
    <PlainPage
      title={t.common.pageFailed}
      detail={t.common.pageFailedKept}
      action={{ label: t.common.reload, act: () => window.location.reload() }}
    />
  );
}

/** Catches a page that cannot be fetched or drawn, so that there is never a blank screen. */
export class PageGuard extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <BrokenPage /> : this.props.children;
  }
}
