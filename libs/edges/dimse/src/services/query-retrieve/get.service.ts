import { Injectable } from '@nestjs/common';
import { TranscodeInstance } from '#libs/catalogue';
import { demand, type Caller } from '#libs/identity';
import { COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { DimseService, FinalAnswer, Operation, ServiceRequest } from '../../dimse-service.js';
import { readIdentifier } from '../identifier.js';
import { compositeAnswer } from '../refusal-answer.js';
import { FindRetrievable } from './find-retrievable.js';
import { levelOf, QUERY_RETRIEVE, uniqueKeys } from './information-models.js';
import { SubOperations } from './sub-operations.js';

/** Relational retrieval; no converted images (PS3.4 section C.5.3.1). */
const EXTENDED = [1, 0];

/** Query/Retrieve – GET as provider, patient root and study root (PS3.4 section C.4.3): instances come back on the same association. */
@Injectable()
export class GetService implements DimseService<Caller> {
  readonly sopClasses = new Set<string>([QUERY_RETRIEVE.patientRoot.get, QUERY_RETRIEVE.studyRoot.get]);
  readonly commands = new Set<number>([COMMAND_FIELD.cGetRequest]);

  constructor(
    private readonly findRetrievable: FindRetrievable,
    private readonly transcode: TranscodeInstance,
  ) {}

  answerExtendedNegotiation(_sopClassUid: string, proposed: Buffer): Buffer {
    return Buffer.from(proposed.subarray(0, EXTENDED.length).map((wanted, index) => wanted & EXTENDED[index]!));
  }

  async perform(request: ServiceRequest<Caller>, operation: Operation): Promise<FinalAnswer> {
    try {
      return await this.get(request, operation);
    } catch (error) {
      return compositeAnswer(error);
    }
  }

  private async get(request: ServiceRequest<Caller>, operation: Operation): Promise<FinalAnswer> {
    const { caller, callingAe } = request.peer;
    demand(caller, 'image.view');
    const { attributes } = readIdentifier(request);
    const level = levelOf(request.sopClassUid, attributes);
    const keys = uniqueKeys(level, attributes);
    const { total, series } = await this.findRetrievable.find(caller, level, keys, { by: 'C-GET', to: callingAe });
    const work = new SubOperations(this.transcode, total);
    for await (const places of series) {
      for (const place of places) {
        if (operation.signal.aborted) return work.answer(true, request.transferSyntaxUid);
        await work.send(place, operation.association);
        await operation.respond({ status: DIMSE_STATUS.pending, counts: work.counts });
      }
    }
    return work.answer(false, request.transferSyntaxUid);
  }
}
