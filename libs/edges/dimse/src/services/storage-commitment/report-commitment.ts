import { Injectable } from '@nestjs/common';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, type DicomJson } from '#libs/formats/dicom';
import { Directory } from '#libs/identity';
import { CommitStorage, type CommitmentOutcome, type ReferencedInstance, type StorageCommitment } from '#libs/ingest';
import { Clock } from '#libs/kernel';
import { AssociationEnded } from '../../association-ended.js';
import { COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { AssociationLine } from '../../dimse-service.js';
import { RequestedAssociation } from '../../requested-association.js';
import { CallingAe } from '../calling-ae.js';
import { writeIdentifier } from '../identifier.js';

export const STORAGE_COMMITMENT_PUSH_MODEL = '1.2.840.10008.1.20.1';
const WELL_KNOWN_INSTANCE = '1.2.840.10008.1.20.1.1';
/** Event types of PS3.4 table J.3-2. */
const ALL_COMMITTED = 1;
const SOME_FAILED = 2;

/** Tells the senders what is committed (N-EVENT-REPORT, PS3.4 section J.3.3), until each has heard it. */
@Injectable()
export class ReportCommitment {
  constructor(
    private readonly commitStorage: CommitStorage,
    private readonly directory: Directory,
    private readonly calling: CallingAe,
    private readonly clock: Clock,
  ) {}

  /** Over the association that the request came on; where that has ended meanwhile, over one of our own. */
  async onAssociation(id: string, association: AssociationLine): Promise<void> {
    const commitment = await this.commitStorage.take(id);
    if (commitment === undefined) return;
    try {
      await this.tell(commitment, association);
    } catch (error) {
      if (error instanceof AssociationEnded) await this.byCalling(commitment);
      else await this.postpone(commitment, error);
    }
  }

  /** Calls the senders of the requests that are due. @returns how many there were */
  async callDue(): Promise<number> {
    const due = await this.commitStorage.takeDue(4);
    await Promise.all(due.map((commitment) => this.byCalling(commitment)));
    return due.length;
  }

  private async byCalling(commitment: StorageCommitment): Promise<void> {
    let association: RequestedAssociation | undefined;
    try {
      const address = await this.directory.addressOf(commitment.organisation, commitment.aeTitle);
      if (address === null) throw new Error(`${commitment.aeTitle} has no address`);
      association = await RequestedAssociation.open({
        ...address,
        callingAe: this.calling.title,
        calledAe: commitment.aeTitle,
        contexts: [
          {
            id: 1,
            abstractSyntax: STORAGE_COMMITMENT_PUSH_MODEL,
            transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
          },
        ],
        // We are the provider, though we ask for the association (PS3.4 section J.3.3.1).
        roles: [{ sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL, scu: false, scp: true }],
      });
      await this.tell(commitment, association);
    } catch (error) {
      await this.postpone(commitment, error);
    } finally {
      await association?.release();
    }
  }

  private async tell(commitment: StorageCommitment, association: AssociationLine): Promise<void> {
    const context = association.contexts.find((one) => one.abstractSyntax === STORAGE_COMMITMENT_PUSH_MODEL);
    if (context === undefined) throw new Error('the peer does not take storage commitment reports');
    const outcome = await this.commitStorage.prove(commitment);
    const { status, comment } = await association.invoke(
      context.id,
      {
        commandField: COMMAND_FIELD.nEventReportRequest,
        affectedSopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
        affectedSopInstanceUid: WELL_KNOWN_INSTANCE,
        eventTypeId: outcome.failed.length === 0 ? ALL_COMMITTED : SOME_FAILED,
      },
      writeIdentifier(this.eventInformation(commitment, outcome), context.transferSyntaxUid),
    );
    if (status !== DIMSE_STATUS.success) {
      throw new Error(`N-EVENT-REPORT was answered with 0x${status.toString(16)} ${comment ?? ''}`);
    }
    await this.commitStorage.reported(commitment, outcome);
  }

  private postpone(commitment: StorageCommitment, error: unknown): Promise<void> {
    return this.commitStorage.postponed(commitment, (error as Error).message, this.clock.now());
  }

  private eventInformation({ transactionUid }: StorageCommitment, { committed, failed }: CommitmentOutcome): DicomJson {
    const reference = (one: ReferencedInstance): DicomJson => ({
      '00081150': { vr: 'UI', Value: [one.sopClassUid] },
      '00081155': { vr: 'UI', Value: [one.sopInstanceUid] },
    });
    const failures = failed.map((one) => ({ ...reference(one), '00081197': { vr: 'US', Value: [one.reason] } }));
    return {
      '00080054': { vr: 'AE', Value: [this.calling.title] },
      '00081195': { vr: 'UI', Value: [transactionUid] },
      ...(committed.length > 0 && { '00081199': { vr: 'SQ', Value: committed.map(reference) } }),
      ...(failures.length > 0 && { '00081198': { vr: 'SQ', Value: failures } }),
    };
  }
}
