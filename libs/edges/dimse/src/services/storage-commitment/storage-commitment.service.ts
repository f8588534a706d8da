import { Injectable } from '@nestjs/common';
import { isUid, sequence, text, type DicomJson } from '#libs/formats/dicom';
import type { Caller } from '#libs/identity';
import { CommitStorage, type ReferencedInstance } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { AssociationLine, DimseService, FinalAnswer, ServiceRequest } from '../../dimse-service.js';
import { readIdentifier } from '../identifier.js';
import { normalizedAnswer } from '../refusal-answer.js';
import { ReportCommitment, STORAGE_COMMITMENT_PUSH_MODEL } from './report-commitment.js';

/** The one instance that every request is made to (PS3.4 section J.3.5). */
const WELL_KNOWN_INSTANCE = '1.2.840.10008.1.20.1.1';
const REQUEST_STORAGE_COMMITMENT = 1;

/**
 * Storage Commitment Push Model as provider (PS3.4 annex J): the request is written down and answered at once; the report follows on
 * the same association while it lasts, else on one of our own.
 */
@Injectable()
export class StorageCommitmentService implements DimseService<Caller> {
  readonly sopClasses = new Set([STORAGE_COMMITMENT_PUSH_MODEL]);
  readonly commands = new Set<number>([COMMAND_FIELD.nActionRequest]);

  constructor(
    private readonly commitStorage: CommitStorage,
    private readonly report: ReportCommitment,
  ) {}

  async perform(request: ServiceRequest<Caller>): Promise<FinalAnswer> {
    const { command, peer } = request;
    if (command.actionTypeId !== REQUEST_STORAGE_COMMITMENT) {
      return { status: DIMSE_STATUS.noSuchActionType, comment: 'There is only action type 1' };
    }
    if (command.affectedSopInstanceUid !== WELL_KNOWN_INSTANCE) {
      return { status: DIMSE_STATUS.noSuchSopInstance, comment: `There is only ${WELL_KNOWN_INSTANCE}` };
    }
    try {
      const { attributes } = readIdentifier(request);
      const { id } = await this.commitStorage.request(peer.caller, transactionUid(attributes), references(attributes));
      return {
        status: DIMSE_STATUS.success,
        afterwards: (association: AssociationLine) => this.report.onAssociation(id, association),
      };
    } catch (error) {
      const answer = normalizedAnswer(error);
      const { kind } = error as Refusal;
      const wrongArgument = kind === 'invalid' || kind === 'conflict';
      return wrongArgument ? { ...answer, status: DIMSE_STATUS.invalidArgumentValue } : answer;
    }
  }
}

function transactionUid(attributes: DicomJson): string {
  const uid = text(attributes, '00081195') ?? '';
  if (!isUid(uid)) {
    throw new Refusal('invalid', 'transaction-uid', 'Transaction UID is missing or no UID.', { tag: '00081195' });
  }
  return uid;
}

function references(attributes: DicomJson): ReferencedInstance[] {
  const found = sequence(attributes, '00081199').map((item) => ({
    sopClassUid: text(item, '00081150') ?? '',
    sopInstanceUid: text(item, '00081155') ?? '',
  }));
  if (found.length === 0 || found.some((one) => one.sopClassUid === '' || one.sopInstanceUid === '')) {
    const tag = '00081199';
    throw new Refusal('invalid', 'references', 'Referenced SOP Sequence is empty or an item names no UIDs.', { tag });
  }
  return found;
}
