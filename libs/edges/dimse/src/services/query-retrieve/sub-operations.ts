import { TranscodeInstance, type InstancePlace } from '#libs/catalogue';
import { transferSyntaxOf } from '#libs/formats/dicom';
import { Refusal } from '#libs/kernel';
import { AssociationEnded } from '../../association-ended.js';
import { COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { OutgoingCommand, SubOperationCounts } from '../../command-set.js';
import type { AssociationLine, FinalAnswer } from '../../dimse-service.js';
import type { AcceptedContext } from '../../negotiation.js';
import { writeIdentifier } from '../identifier.js';

/** FailedSOPInstanceUIDList: an UI value of a response, kept to what still fits an explicit VR. */
const LARGEST_FAILED_LIST = 900;

/** What a C-STORE sub-operation came to. */
type Outcome = 'completed' | 'warning' | 'failed';

/**
 * The C-STORE sub-operations of one C-GET or C-MOVE: instances flow from the object store to the peer, one after the other, none held.
 */
export class SubOperations {
  private completed = 0;
  private warning = 0;
  private readonly failed: string[] = [];
  /** Failed before anybody looked which they are. */
  private failedUnseen = 0;

  /**
   * @param total how many there are, as far as is known beforehand
   * @param originator named in each C-STORE-RQ of a C-MOVE
   */
  constructor(
    private readonly transcode: TranscodeInstance,
    private total: number,
    private readonly originator: Pick<OutgoingCommand, 'moveOriginatorAe' | 'moveOriginatorMessageId'> = {},
  ) {}

  get counts(): SubOperationCounts {
    const { completed, warning } = this;
    const failed = this.failed.length + this.failedUnseen;
    return { remaining: Math.max(0, this.total - completed - warning - failed), completed, failed, warning };
  }

  /** Sends one instance; what goes wrong with it is counted, not thrown. @throws AssociationEnded: the rest cannot be sent either */
  async send(place: InstancePlace, association: AssociationLine): Promise<void> {
    let outcome: Outcome = 'failed';
    try {
      outcome = await this.store(place, association);
    } finally {
      this.count(place, outcome);
    }
  }

  fail(places: readonly InstancePlace[]): void {
    for (const place of places) this.count(place, 'failed');
  }

  /** All that is still to come fails. */
  failTheRest(): void {
    this.failedUnseen += this.counts.remaining ?? 0;
  }

  /** The last response (PS3.4 tables C.4-2 and C.4-3): a warning where some failed, a failure where all did. */
  answer(cancelled: boolean, transferSyntaxUid: string): FinalAnswer {
    const { remaining = 0, ...done } = this.counts;
    const failed = this.failed.length > 0 ? { dataSet: writeIdentifier(this.failedList(), transferSyntaxUid) } : {};
    if (cancelled) {
      return { status: DIMSE_STATUS.cancelled, comment: 'Cancelled', counts: { ...done, remaining }, ...failed };
    }
    if (done.failed + done.warning === 0) return { status: DIMSE_STATUS.success, counts: done };
    const all = done.completed + done.warning === 0;
    return {
      status: all ? DIMSE_STATUS.cannotPerformSubOperations : DIMSE_STATUS.subOperationsFailed,
      comment: `${done.failed} failed, ${done.warning} with warnings`,
      counts: done,
      ...failed,
    };
  }

  private count(place: InstancePlace, outcome: Outcome): void {
    if (outcome === 'failed') this.failed.push(place.sopInstanceUid);
    else this[outcome] += 1;
    this.total = Math.max(this.total, this.completed + this.warning + this.failed.length);
  }

  private failedList() {
    return { '00080058': { vr: 'UI', Value: this.failed.slice(0, LARGEST_FAILED_LIST) } };
  }

  private async store(place: InstancePlace, association: AssociationLine): Promise<Outcome> {
    const context = contextFor(place, association.contexts, this.transcode);
    if (context === null) return 'failed';
    try {
      const dataSet = await this.transcode.dataSet(place, context.transferSyntaxUid);
      try {
        return outcomeOf((await association.invoke(context.id, this.command(place), dataSet.stream())).status);
      } finally {
        await dataSet.discard();
      }
    } catch (error) {
      if (error instanceof AssociationEnded) throw error;
      // What cannot be read or converted fails by name; the others go on.
      if (error instanceof Refusal || isNotFound(error)) return 'failed';
      throw error;
    }
  }

  private command(place: InstancePlace): OutgoingCommand {
    return {
      commandField: COMMAND_FIELD.cStoreRequest,
      affectedSopClassUid: place.sopClassUid,
      affectedSopInstanceUid: place.sopInstanceUid,
      priority: 0,
      ...this.originator,
    };
  }
}

/** As stored, where the peer takes that; else in a syntax that loses nothing. Null: the peer takes the instance in no way. */
export function contextFor(
  place: InstancePlace,
  contexts: readonly AcceptedContext[],
  transcode: Pick<TranscodeInstance, 'converts'>,
): AcceptedContext | null {
  const fitting = contexts.filter((one) => one.peerProvides && one.abstractSyntax === place.sopClassUid);
  return (
    fitting.find((one) => one.transferSyntaxUid === place.transferSyntaxUid) ??
    fitting.find(
      ({ transferSyntaxUid: uid }) => transferSyntaxOf(uid)?.lossy === false && transcode.converts(place, uid),
    ) ??
    null
  );
}

function outcomeOf(status: number): Outcome {
  if (status === DIMSE_STATUS.success) return 'completed';
  // PS3.7 section C.4: 0001, Bxxx, 0107 and 0116 are warnings; the instance is stored.
  return (status & 0xf000) === 0xb000 || [0x0001, 0x0107, 0x0116].includes(status) ? 'warning' : 'failed';
}

function isNotFound(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'object-not-found';
}
