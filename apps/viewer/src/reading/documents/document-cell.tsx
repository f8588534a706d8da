import { useCallback } from 'react';
import { seriesMetadata } from '../../api/dicom-web.js';
import { useFetched } from '../../office/use-fetched.js';
import { FailedPage, PlainPage } from '../../plain-page.js';
import { useText } from '../../text/index.js';
import type { Series } from '../images/series.js';
import { documentOf, type DicomDocument } from './document.js';
import './documents.css';

/** A series that is no picture, as what it is: pages of a PDF, the words of a structured report, the list of segments. */
export function DocumentCell({ study, series }: { study: string; series: Series }) {
  const t = useText();
  // How many there are is part of what is fetched: another one is fetched when it arrives.
  const { uid, instances } = series;
  const load = useCallback(
    async (signal: AbortSignal) => ({
      uid,
      counted: instances,
      documents: (await seriesMetadata(study, uid, signal)).map(documentOf),
    }),
    [study, uid, instances],
  );
  const { value, error, retry } = useFetched(load);
  if (error) return <FailedPage title={t.images.seriesFailed} error={error} retry={retry} />;
  if (value?.uid !== uid) return <PlainPage title={t.images.loadingSeries} />;
  if (value.documents.length === 0) return <PlainPage title={t.images.notAPicture(series.modality)} />;
  return (
    <div className="documents" data-testid="documents">
      {value.documents.map((document) => (
        <article key={document.uid} className={`document document-${document.kind}`} data-testid={document.kind}>
          <h2>{document.title || t.documents.kinds[document.kind]}</h2>
          <Body document={document} />
        </article>
      ))}
    </div>
  );
}

function Body({ document }: { document: DicomDocument }) {
  const t = useText();
  const words = t.documents;
  switch (document.kind) {
    case 'pdf':
      return (
        <>
          <a href={document.url} target="_blank" rel="noreferrer">
            {words.openInTab}
          </a>
          <object data={document.url} type="application/pdf" aria-label={document.title || words.kinds.pdf} />
        </>
      );
    case 'file':
      return <p>{words.notOpened(document.mediaType)}</p>;
    case 'segmentation':
      return (
        <>
          <p>{words.overlaid(document.frames)}</p>
          <ol>
            {document.segments.map(({ number, label, meaning, algorithm }) => (
              <li key={number} value={number}>
                <b>{label}</b> {[meaning, words.algorithms[algorithm] ?? algorithm].filter(Boolean).join(' · ')}
              </li>
            ))}
          </ol>
        </>
      );
    case 'report':
      return (
        <>
          <p>
            {words.kinds.report} · {document.verified ? words.verified : words.unverified}
            {document.partial && ` · ${words.partial}`}
          </p>
          {document.lines.map(({ depth, heading, name, value }, index) => (
            // Items of a report have no names of their own, and never change.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={index} className={heading ? 'document-heading' : ''} style={{ paddingLeft: depth * 16 }}>
              {name && <span>{name}</span>} <b>{value}</b>
            </div>
          ))}
        </>
      );
    default:
      if (document.modality === 'PR') return <p>{words.presentation}</p>;
      return <p>{words.other(words.modalities[document.modality] ?? document.modality)}</p>;
  }
}
