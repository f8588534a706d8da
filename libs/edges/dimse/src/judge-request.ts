import { COMMAND_ELEMENT, COMMAND_FIELD, DIMSE_STATUS } from './command-elements.js';
import { mayBeUid, type DimseAnswer, type DimseRequest } from './command-set.js';
import type { DimseService } from './dimse-service.js';
import type { AcceptedContext } from './negotiation.js';
import type { StoreSink } from './store-sink.js';

/** What is served on an association. */
export interface Services<Caller> {
  /** Null: no storage. */
  readonly sink: StoreSink<Caller> | null;
  readonly isStorage: (sopClassUid: string) => boolean;
  readonly others: readonly DimseService<Caller>[];
}

/** What becomes of a request, as far as its command set tells. */
export type Verdict<Caller> =
  | { readonly kind: 'echo' }
  | { readonly kind: 'store'; readonly sink: StoreSink<Caller> }
  | { readonly kind: 'perform'; readonly service: DimseService<Caller> }
  | { readonly kind: 'refuse'; readonly answer: DimseAnswer };

/** Finds the service of a request by its presentation context and command field, or the reason to refuse it. */
export function judgeRequest<Caller>(
  { abstractSyntax }: AcceptedContext,
  request: DimseRequest,
  services: Services<Caller>,
): Verdict<Caller> {
  const { commandField, affectedSopClassUid, affectedSopInstanceUid, hasDataSet } = request;
  if (commandField === COMMAND_FIELD.cEchoRequest) return { kind: 'echo' };
  const stores = commandField === COMMAND_FIELD.cStoreRequest && services.isStorage(abstractSyntax);
  const service = services.others.find((one) => one.sopClasses.has(abstractSyntax) && one.commands.has(commandField));
  if (service === undefined && (!stores || services.sink === null)) {
    return refuse(DIMSE_STATUS.unrecognizedOperation, COMMAND_ELEMENT.commandField, 'Operation not supported');
  }
  if (affectedSopClassUid !== abstractSyntax) {
    const comment = 'SOP class is not that of the presentation context';
    return refuse(DIMSE_STATUS.sopClassNotSupported, COMMAND_ELEMENT.affectedSopClassUid, comment);
  }
  if (stores && !mayBeUid(affectedSopInstanceUid)) {
    const comment = 'SOP instance UID is missing or not a UID';
    return refuse(DIMSE_STATUS.invalidSopInstance, COMMAND_ELEMENT.affectedSopInstanceUid, comment);
  }
  if (!hasDataSet) {
    const comment = stores ? 'C-STORE without a data set' : 'Request without a data set';
    return refuse(DIMSE_STATUS.mistypedArgument, COMMAND_ELEMENT.commandDataSetType, comment);
  }
  return service === undefined ? { kind: 'store', sink: services.sink! } : { kind: 'perform', service };
}

function refuse<Caller>(status: number, offendingElement: number, comment: string): Verdict<Caller> {
  return { kind: 'refuse', answer: { status, comment, offendingElement } };
}
