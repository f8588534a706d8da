import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isUid } from '#libs/formats/dicom';
import type { Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { RecordPerformedStep } from '#libs/worklist';
import { COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { DimseAnswer } from '../../command-set.js';
import type { DimseService, FinalAnswer, ServiceRequest } from '../../dimse-service.js';
import { readIdentifier } from '../identifier.js';
import { normalizedAnswer } from '../refusal-answer.js';

export const MODALITY_PERFORMED_PROCEDURE_STEP = '1.2.840.10008.3.1.2.3.3';
/** Error ID of PS3.4 table F.7.2-2: the step may no longer be updated. */
const NO_LONGER_UPDATED = 0xa710;

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  'missing-attribute': DIMSE_STATUS.missingAttribute,
  'missing-attribute-value': DIMSE_STATUS.missingAttributeValue,
  'invalid-attribute-value': DIMSE_STATUS.invalidAttributeValue,
  'no-such-attribute': DIMSE_STATUS.noSuchAttribute,
  'duplicate-sop-instance': DIMSE_STATUS.duplicateSopInstance,
};

/** Modality Performed Procedure Step as provider (PS3.4 annex F): N-CREATE and N-SET. */
@Injectable()
export class PerformedProcedureService implements DimseService<Caller> {
  readonly sopClasses = new Set([MODALITY_PERFORMED_PROCEDURE_STEP]);
  readonly commands = new Set<number>([COMMAND_FIELD.nCreateRequest, COMMAND_FIELD.nSetRequest]);

  constructor(private readonly recordPerformedStep: RecordPerformedStep) {}

  async perform(request: ServiceRequest<Caller>): Promise<FinalAnswer> {
    const { command, peer } = request;
    const creates = command.commandField === COMMAND_FIELD.nCreateRequest;
    // N-CREATE may leave the UID to the provider (PS3.7 section 10.1.5.1.4).
    const uid = command.affectedSopInstanceUid ?? (creates ? newUid() : '');
    if (!isUid(uid)) return { status: DIMSE_STATUS.invalidSopInstance, comment: 'SOP instance UID is not a UID' };
    try {
      const { attributes } = readIdentifier(request);
      if (creates) await this.recordPerformedStep.create(peer.caller, uid, attributes);
      else await this.recordPerformedStep.update(peer.caller, uid, attributes);
      return { status: DIMSE_STATUS.success, affectedSopInstanceUid: uid };
    } catch (error) {
      return answerOf(error);
    }
  }
}

function answerOf(error: unknown): DimseAnswer {
  const answer = normalizedAnswer(error);
  const { code } = error as Refusal;
  if (code === 'performed-procedure-step-illegal-transition') {
    const comment = 'Performed Procedure Step Object may no longer be updated';
    return { status: DIMSE_STATUS.processingFailure, errorId: NO_LONGER_UPDATED, comment };
  }
  return { ...answer, status: STATUS_BY_CODE[code] ?? answer.status };
}

function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}
