/** One word about how much a study has. */
export interface Expectation {
  organisation: string;
  studyInstanceUid: string;
  source: 'mpps' | 'manifest' | 'association';
  /** which one of its source: SOP Instance UID of the MPPS, upload batch, association; the same key replaces its earlier word */
  key?: string;
  /** how many instances that count (no SR, KO, presentation state or document) */
  count?: number;
  /** which instances; those that turn out not to count are not waited for as images, but are missed while absent */
  sopInstanceUids?: readonly string[];
}

/** Somebody is sending instances of a study: an association, an upload batch. `sender` is unique to it. */
export interface Sending {
  organisation: string;
  studyInstanceUid: string;
  sender: string;
}

/** How far an examination has come. */
export interface Completeness {
  /** how many are here that count: explanations (SR, KO, presentation states, documents) do not */
  instances: number;
  /** null: nobody said */
  expectedInstances: number | null;
  /** instances that were announced and are not here; never negative, also when more came than were announced */
  missingInstances: number;
  /** settled although a sender broke off without ever finishing */
  interrupted: boolean;
}
