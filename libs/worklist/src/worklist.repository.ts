import type { OrganisationScope } from '#libs/identity';
import type { Completeness, Exam } from '#libs/catalogue';
import type { ExamItem, ExamRequest, Priority, Read } from './domain/read.js';
import type { ReadEvent } from './domain/read.states.js';

export interface WorklistFilter {
  states?: readonly string[];
  kinds: readonly string[];
  priority?: string;
  /** lower case; matches name, pinyin, initials, patient number, accession number */
  search?: string;
  claimedBy?: string;
  ids?: readonly string[];
  after?: string;
  limit: number;
}

/** What waits for somebody to decide about an examination. */
export interface Reconcilable {
  /** undecided instances of a served UID with other content */
  conflicts: number;
  /** headers that contradict the patient's file */
  identityDoubts: number;
}

/** A read with what one line of the worklist shows of its examination and patient. */
export interface WorklistRow extends Read {
  itemName: string | null;
  organisationName: string;
  patient: {
    id: string;
    number: string;
    name: string;
    sex: 'M' | 'F' | 'O' | null;
    birthDate: string | null;
    idCard: string | null;
    personId: string;
  };
  exam: Pick<
    Exam,
    | 'studyInstanceUid'
    | 'accessionNumber'
    | 'modality'
    | 'description'
    | 'examinedAt'
    | 'state'
    | 'instances'
    | 'expectedInstances'
    | 'missingInstances'
    | 'interrupted'
    | 'firstReceivedAt'
  > &
    Reconcilable;
  assigneeName: string | null;
  claimedByName: string | null;
}

/** An organisation's own examination, with the read if there is one already. */
export interface SentExam extends Completeness, Reconcilable {
  id: string;
  kind: 'imaging' | 'ecg';
  patient: { number: string; name: string; sex: string | null; birthDate: string | null };
  modality: string | null;
  description: string | null;
  state: string;
  examinedAt: Date | null;
  receivedAt: Date;
  read: { id: string; state: string; retakeOf: string | null } | null;
  returned: { reason: string; note: string | null } | null;
  /** another examination has taken its place */
  retaken: boolean;
}

export interface RequestFilter {
  ids?: readonly string[];
  patientNumber?: string;
  patientOrganisation?: string;
  idCard?: string;
  accessionNumber?: string;
  items?: readonly string[];
  /** whether an examination answers it already */
  answered?: boolean;
  after?: string;
  limit: number;
}

/** When and where a request is to be performed; left out: now, on any device, by anybody. */
export interface RequestSchedule {
  scheduledAt?: Date | undefined;
  stationAeTitle?: string | undefined;
  performingPhysician?: string | undefined;
}

export abstract class WorklistRepository {
  abstract items(): Promise<ExamItem[]>;
  abstract addRequest(
    request: Omit<ExamRequest, 'examId' | 'requestedAt'>,
    schedule?: RequestSchedule,
  ): Promise<ExamRequest>;
  abstract requests(scope: OrganisationScope, page: { after?: string; limit: number }): Promise<ExamRequest[]>;
  /** In order of their ids, which is the order in which they came. */
  abstract searchRequests(scope: OrganisationScope, filter: RequestFilter): Promise<ExamRequest[]>;
  /** For the audit of a try beyond one's scope. */
  abstract organisationOfRequest(requestId: string): Promise<string | undefined>;
  /** The request that an examination answers: by its study UID, by accession number, else the only open one of the patient that fits the item. */
  abstract matchRequest(exam: Exam, patientNumber: string, items: readonly string[]): Promise<ExamRequest | undefined>;
  /** Does nothing where another examination has answered it meanwhile. */
  abstract bindRequest(requestId: string, examId: string): Promise<void>;
  /** The request of a returned examination waits for it to be made again, under a new study UID. */
  abstract askAgain(read: Read): Promise<void>;

  abstract targetMinutes(kind: string, modality: string | null, priority: string): Promise<number | null>;
  /** Of these people, who has the fewest reads before them; ties go to the one who waited longest. */
  abstract leastLoaded(accountIds: readonly string[]): Promise<string | undefined>;
  /** @returns false when the examination has a read already */
  abstract open(read: Omit<Read, 'version' | 'createdAt'>): Promise<boolean>;
  abstract lock(id: string): Promise<Read | undefined>;
  abstract lockOfExam(examId: string): Promise<Read | undefined>;
  /** The examination's read, if it was returned and images have come since; locked. */
  abstract lockReturned(examId: string): Promise<Read | undefined>;
  /**
   * The returned read that an examination was made again for: of the same request or accession number, else the patient's last of the
   * same item within a month before the images came. One that was made again already is none.
   */
  abstract madeAgain(exam: Exam, requestId: string | null, item: string | null): Promise<string | undefined>;
  /** The examination is about to be deleted: its read names none from now on, and its request is answered all the same, or open again. */
  abstract detachExam(examId: string, requests: 'stay-answered' | 'open-again'): Promise<void>;
  /** Moves the read by the table and writes the log; the caller holds the lock. */
  abstract move(read: Read, event: ReadEvent, actor: string, change: Partial<Read>): Promise<void>;
  /** The caller holds the lock. */
  abstract raise(read: Read, priority: Priority, dueAt: Date | null, actor: string): Promise<void>;
  abstract setLease(id: string, until: Date | null): Promise<void>;
  abstract expiredLeases(): Promise<string[]>;

  abstract row(scope: OrganisationScope, id: string): Promise<WorklistRow | undefined>;
  /** Reads of other examinations of a person, whatever the member, newest first; without those of whom it is in doubt whose they are. */
  abstract othersOfPerson(personId: string, exceptRead: string, limit: number): Promise<WorklistRow[]>;
  abstract rows(scope: OrganisationScope, filter: WorklistFilter): Promise<WorklistRow[]>;
  abstract count(scope: OrganisationScope, filter: Omit<WorklistFilter, 'limit'>): Promise<number>;
  /** What was finished on this day in Asia/Shanghai, the network's own, and what waits although its time has run out. */
  abstract today(scope: OrganisationScope, kinds: readonly string[]): Promise<{ done: number; overdue: number }>;
  abstract sent(organisation: string, page: { after?: string; limit: number }): Promise<SentExam[]>;
  /** For the audit of a try beyond one's scope. */
  abstract organisationOf(readId: string): Promise<string | undefined>;
}
