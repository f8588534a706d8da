/** `documents-asked`: keyed by the read; some documents of it wait to be made and stored. */
export const DOCUMENTS_ASKED = 'documents-asked';
export interface DocumentsAsked {
  readId: string;
}
