import { sequence, texts } from './attribute-readers.js';
import type { DicomJson } from './dicom-json.js';

/**
 * The files that a DICOMDIR names (PS3.3 section F.3, Referenced File ID), as paths from the directory's own folder with `/` between
 * components; each once, in its order.
 */
export function referencedFiles(attributes: DicomJson): string[] {
  const paths = sequence(attributes, '00041220').map((record) =>
    texts(record, '00041500')
      .filter((component) => component !== '')
      .join('/'),
  );
  return [...new Set(paths.filter((path) => path !== ''))];
}

/** How names of files on a medium are compared: without case, version (`;1`) and the `.dcm` that some writers add. */
function comparable(path: string): string {
  return path
    .toUpperCase()
    .replaceAll(/;\d+(?=\/|$)|\.(?=\/|$)/g, '')
    .replace(/\.DCM$/, '');
}

/** Those of `referenced` (paths from `folder`) that are not among `present`. */
export function missingFiles(folder: string, referenced: readonly string[], present: Iterable<string>): string[] {
  const there = new Set([...present].map(comparable));
  return referenced.map((path) => `${folder}${path}`).filter((path) => !there.has(comparable(path)));
}
