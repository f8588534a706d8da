import { ApiError } from '../../api/client.js';
import { useText } from '../../text/index.js';
import '../documents/documents.css';

/** An ECG that came as a PDF: its pages as they are. It cannot be measured, and says so. */
export const isDocument = (error: unknown): boolean => error instanceof ApiError && error.code === 'ecg-document';

export function EcgDocument({ readId }: { readId: string }) {
  const t = useText();
  const url = `/api/reads/${encodeURIComponent(readId)}/ecg/document`;
  return (
    <div className="documents" data-testid="documents">
      <article className="document document-pdf" data-testid="pdf">
        <p>{t.documents.ecgPages}</p>
        <a href={url} target="_blank" rel="noreferrer">
          {t.documents.openInTab}
        </a>
        <object data={`${url}#navpanes=0`} type="application/pdf" aria-label={t.kind.ecg} />
      </article>
    </div>
  );
}
