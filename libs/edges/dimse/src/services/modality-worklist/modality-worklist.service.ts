import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit';
import { moment } from '#libs/catalogue';
import { sequence, text, texts, type DicomJson } from '#libs/formats/dicom';
import type { Caller } from '#libs/identity';
import { FindScheduledSteps, type ScheduledStep, type ScheduledStepFilter } from '#libs/worklist';
import { COMMAND_FIELD, DIMSE_STATUS } from '../../command-elements.js';
import type { DimseService, FinalAnswer, Operation, ServiceRequest } from '../../dimse-service.js';
import { readIdentifier, writeIdentifier } from '../identifier.js';
import { compositeAnswer } from '../refusal-answer.js';
import { asked, checkKeys, matchesKeys } from './match-keys.js';
import { worklistItem } from './worklist-item.js';

export const MODALITY_WORKLIST_FIND = '1.2.840.10008.5.1.4.31';
const SCHEDULED_STEP_SEQUENCE = '00400100';
const WILDCARDS = /[*?]/;

/** Modality Worklist Information Model – FIND as provider (PS3.4 annex K), over the open requests of the caller's organisation. */
@Injectable()
export class ModalityWorklistService implements DimseService<Caller> {
  readonly sopClasses = new Set([MODALITY_WORKLIST_FIND]);
  readonly commands = new Set<number>([COMMAND_FIELD.cFindRequest]);

  constructor(
    private readonly findScheduledSteps: FindScheduledSteps,
    private readonly audit: AuditTrail,
  ) {}

  async perform(request: ServiceRequest<Caller>, operation: Operation): Promise<FinalAnswer> {
    try {
      return await this.find(request, operation);
    } catch (error) {
      return compositeAnswer(error);
    }
  }

  private async find(request: ServiceRequest<Caller>, { signal, respond }: Operation): Promise<FinalAnswer> {
    const { attributes: keys, characterSet } = readIdentifier(request);
    checkKeys(keys);
    const { caller, callingAe } = request.peer;
    const found: string[] = [];
    for await (const step of this.findScheduledSteps.find(caller, filterOf(keys))) {
      if (signal.aborted) return { status: DIMSE_STATUS.cancelled, comment: 'Cancelled' };
      const item = matchingItem(keys, step, callingAe);
      if (item === null) continue;
      found.push(step.request.id);
      // Written down before the device sees whose examination it is.
      await this.record(caller, step);
      await respond({ status: DIMSE_STATUS.pending }, writeIdentifier(item, request.transferSyntaxUid, characterSet));
    }
    if (found.length === 0) await this.record(caller, null);
    return { status: DIMSE_STATUS.success };
  }

  private record(actor: Caller, step: ScheduledStep | null): Promise<void> {
    return this.audit.record({
      actor,
      action: 'query-modality-worklist',
      subject:
        step === null ? { kind: 'organisation', id: actor.organisation } : { kind: 'request', id: step.request.id },
      outcome: 'done',
    });
  }
}

/** What SQL can leave out beforehand; every key is matched again behind it. */
function filterOf(keys: DicomJson): ScheduledStepFilter {
  const plain = (tag: string): string | undefined => {
    const value = texts(keys, tag);
    return value.length === 1 && value[0] !== '' && !WILDCARDS.test(value[0]!) ? value[0] : undefined;
  };
  const [step = {}] = sequence(keys, SCHEDULED_STEP_SEQUENCE);
  const [from, to] = dayRange(text(step, '00400002') ?? '');
  const filter = {
    patientNumber: plain('00100020'),
    accessionNumber: plain('00080050'),
    studyInstanceUid: plain('0020000D'),
    procedureId: plain('00401001'),
    scheduledFrom: from,
    scheduledTo: to,
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function dayRange(range: string): [Date | undefined, Date | undefined] {
  const dash = range.indexOf('-');
  const [from, to] = dash < 0 ? [range, range] : [range.slice(0, dash), range.slice(dash + 1)];
  return [moment(from.trim(), '000000', null) ?? undefined, moment(to.trim(), '235959', null) ?? undefined];
}

/** An item whose modality is left open between several is offered as each; one that any station may do, as the asking one's. */
function matchingItem(keys: DicomJson, step: ScheduledStep, callingAe: string): DicomJson | null {
  const [wanted = {}] = sequence(keys, SCHEDULED_STEP_SEQUENCE);
  const station = text(wanted, '00400001');
  const askingAe = station === null || WILDCARDS.test(station) ? callingAe : station;
  for (const modality of step.item.modalities) {
    const item = worklistItem(step, askingAe, modality);
    if (matchesKeys(keys, item)) return asked(keys, item);
  }
  return null;
}
