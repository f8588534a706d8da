import type { DicomJson } from '#libs/formats/dicom';
import type { OrganisationScope } from '#libs/identity';
import type { QueryLevel } from './domain/attribute-levels.js';
import type { Key } from './domain/match-keys.js';

/** Where a page of answers ended: the values that the answers are ordered by. */
export type PageKey = readonly (string | number)[];

export interface AttributeSearch {
  level: QueryLevel;
  keys: readonly Key[];
  /** the number of IssuerOfPatientID's namespace: this organisation's alone */
  organisation?: string;
  /** whether whole instance headers are wanted, of the entity itself or of one that stands for it */
  headers: boolean;
}

export interface AttributePage {
  limit: number;
  offset?: number;
  after?: PageKey;
}

/** One entity of the level asked for, with what is known at its level and above. */
export interface FoundEntity {
  patientId: string;
  organisation: string;
  patientNumber: string;
  /** DICOM JSON by level, as far down as the search went */
  patient: DicomJson;
  study?: DicomJson;
  series?: DicomJson;
  /** the stored header: of the instance, or of one of the entity's */
  header?: DicomJson;
  /** what is counted or collected, by tag */
  computed: Record<string, string | number | readonly string[] | null>;
  page: PageKey;
}

/** What of a study, series or instance is held outside a scope: for the audit of a try, never for an answer. */
export interface HeldUids {
  studyInstanceUids: readonly string[];
  seriesInstanceUids: readonly string[];
  sopInstanceUids: readonly string[];
}

/** The catalogue's tables as attribute matching sees them. */
export abstract class AttributeIndex {
  /** Newest examination first; within it by series and instance number. Patients in the order in which they came. */
  abstract find(scope: OrganisationScope, search: AttributeSearch, page: AttributePage): Promise<FoundEntity[]>;
  /** How many there are, counted no further than `atMost`. */
  abstract count(scope: OrganisationScope, search: AttributeSearch, atMost: number): Promise<number>;
  /** Does an organisation outside the scope hold any of these? */
  abstract heldBeyond(scope: OrganisationScope, uids: HeldUids): Promise<boolean>;
}
