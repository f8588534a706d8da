import { Injectable, Logger } from '@nestjs/common';
import { TranscodeInstance, type InstancePlace } from '#libs/catalogue';
import { demand, Directory, type Caller } from '#libs/identity';
import { AssociationEnded } from '../../association-ended.js';
import { COMMAND_ELEMENT, COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { DimseService, FinalAnswer, Operation, ServiceRequest } from '../../dimse-service.js';
import { CallingAe } from '../calling-ae.js';
import { readIdentifier } from '../identifier.js';
import { compositeAnswer } from '../refusal-answer.js';
import { FindRetrievable } from './find-retrievable.js';
import { levelOf, QUERY_RETRIEVE, uniqueKeys } from './information-models.js';
import { MoveDestination } from './move-destination.js';
import { SubOperations } from './sub-operations.js';

/** Relational retrieval; no converted images (PS3.4 section C.5.2.1). */
const EXTENDED = [1, 0];

/**
 * Query/Retrieve – MOVE as provider, patient root and study root (PS3.4 section C.4.2): instances go to a device of the caller's own
 * organisation whose address is known.
 */
@Injectable()
export class MoveService implements DimseService<Caller> {
  readonly sopClasses = new Set<string>([QUERY_RETRIEVE.patientRoot.move, QUERY_RETRIEVE.studyRoot.move]);
  readonly commands = new Set<number>([COMMAND_FIELD.cMoveRequest]);
  private readonly log = new Logger('dimse');

  constructor(
    private readonly findRetrievable: FindRetrievable,
    private readonly transcode: TranscodeInstance,
    private readonly directory: Directory,
    private readonly own: CallingAe,
  ) {}

  answerExtendedNegotiation(_sopClassUid: string, proposed: Buffer): Buffer {
    return Buffer.from(proposed.subarray(0, EXTENDED.length).map((wanted, index) => wanted & EXTENDED[index]!));
  }

  async perform(request: ServiceRequest<Caller>, operation: Operation): Promise<FinalAnswer> {
    try {
      demand(request.peer.caller, 'image.view');
      return await this.move(request, operation);
    } catch (error) {
      return compositeAnswer(error);
    }
  }

  private async move(request: ServiceRequest<Caller>, operation: Operation): Promise<FinalAnswer> {
    const { caller, callingAe } = request.peer;
    const to = request.command.moveDestination ?? '';
    const { attributes } = readIdentifier(request);
    const level = levelOf(request.sopClassUid, attributes);
    const keys = uniqueKeys(level, attributes);
    const address = await this.directory.addressOf(caller.organisation, to);
    if (address === null) {
      return {
        status: DIMSE_STATUS.moveDestinationUnknown,
        comment: `Move destination ${to} is not known`,
        offendingElement: COMMAND_ELEMENT.moveDestination,
      };
    }
    const { total, series } = await this.findRetrievable.find(caller, level, keys, { by: 'C-MOVE', to });
    const originator = { moveOriginatorAe: callingAe, moveOriginatorMessageId: request.command.messageId };
    const work = new SubOperations(this.transcode, total, originator);
    const destination = new MoveDestination(address, to, this.own.title);
    try {
      for await (const places of series) {
        if (operation.signal.aborted) break;
        if (await this.send(places, work, destination, operation)) continue;
        work.failTheRest();
        break;
      }
    } finally {
      await destination.release();
    }
    return work.answer(operation.signal.aborted, request.transferSyntaxUid);
  }

  /**
   * A destination that is lost on the way fails what is left of the series, and is called again for the next. @returns false where it
   * cannot be reached at all
   */
  private async send(
    places: readonly InstancePlace[],
    work: SubOperations,
    destination: MoveDestination,
    operation: Operation,
  ): Promise<boolean> {
    let sent = 0;
    let reached = false;
    try {
      const association = await destination.associationFor(places);
      reached = true;
      for (const place of places) {
        if (operation.signal.aborted) break;
        sent += 1;
        await work.send(place, association);
        await operation.respond({ status: DIMSE_STATUS.pending, counts: work.counts });
      }
    } catch (error) {
      if (!(error instanceof AssociationEnded) || operation.signal.aborted) throw error;
      this.log.warn(`C-MOVE: ${error.message}`);
      work.fail(places.slice(sent));
      await destination.release();
    }
    return reached;
  }
}
