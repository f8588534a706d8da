import { missingFiles } from '#libs/formats/dicom';

/**
 * How one file ended. `unpacked`: an archive, whose files have lines of their own. `refused`: no examination, or nothing that could be
 * read; `quarantined`: should be one and cannot be read, kept with its reason.
 */
export type UploadOutcome = 'stored' | 'duplicate' | 're-encoded' | 'conflict' | 'quarantined' | 'refused' | 'unpacked';

export interface UploadItem {
  /** of the upload; for a file inside an archive its place behind it */
  uploadId: string;
  batch: string;
  organisation: string;
  /** relative path; for a file inside an archive behind the archive's own */
  filename: string;
  outcome: UploadOutcome;
  /** of the refusal */
  code: string | null;
  reason: string | null;
  sopInstanceUid: string | null;
  studyInstanceUid: string | null;
  sizeBytes: number;
  /** false for a file inside an archive */
  whole: boolean;
  /** what an index names, as paths from its own folder */
  referenced: string[] | null;
}

/** What a person chose to send together, as the browser announces it. */
export interface NewBatch {
  organisation: string;
  batch: string;
  sender: string;
  title: string;
  files: number;
  bytes: number;
  studies: readonly string[];
}

export interface UploadBatch extends NewBatch {
  filesEnded: number;
  bytesEnded: number;
  createdAt: Date;
  closedAs: 'finished' | 'given-up' | 'expired' | null;
}

/** Files that the indexes of a batch (DICOMDIR) name and nobody sent. */
export function missingOf(items: readonly Pick<UploadItem, 'filename' | 'referenced'>[]): string[] {
  const names = items.map(({ filename }) => filename);
  return items.flatMap(({ filename, referenced }) =>
    referenced === null ? [] : missingFiles(filename.slice(0, filename.lastIndexOf('/') + 1), referenced, names),
  );
}
