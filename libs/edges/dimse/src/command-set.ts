import { COMMAND_ELEMENT, COMMAND_FIELD, DIMSE_STATUS, NO_DATA_SET, RESPONSE_BIT } from './command-elements.js';

/** A request as it came. Fields that a request may lack are null; `hasDataSet` tells whether a data set follows. */
export interface DimseRequest {
  readonly commandField: number;
  /** Of a C-CANCEL-RQ the message that is to be cancelled. */
  readonly messageId: number;
  /** Affected or, for N-GET, N-SET, N-ACTION and N-DELETE, Requested SOP Class UID; the same holds for the instance. */
  readonly affectedSopClassUid: string | null;
  readonly affectedSopInstanceUid: string | null;
  readonly hasDataSet: boolean;
  /** C-MOVE: AE title without padding. */
  readonly moveDestination?: string;
  /** N-EVENT-REPORT */
  readonly eventTypeId?: number;
  /** N-ACTION */
  readonly actionTypeId?: number;
}

/** A response as it came. */
export interface DimseResponse {
  readonly commandField: number;
  /** Message ID Being Responded To. */
  readonly messageId: number;
  readonly status: number;
  readonly comment: string | null;
  readonly hasDataSet: boolean;
}

/** Counts of sub-operations (PS3.7 sections 9.1.3 and 9.1.4). */
export interface SubOperationCounts {
  readonly remaining?: number;
  readonly completed: number;
  readonly failed: number;
  readonly warning: number;
}

/** What is said back: `status` and, where something went wrong, why. */
export interface DimseAnswer {
  readonly status: number;
  readonly comment?: string;
  /** The element at fault, as group * 0x10000 + element; of the command set just the element number. */
  readonly offendingElement?: number;
  /** Error ID (0000,0903). */
  readonly errorId?: number;
  /** The instance that was made, where the request left its UID to us (N-CREATE). */
  readonly affectedSopInstanceUid?: string;
  readonly counts?: SubOperationCounts;
}

/** A request of our own. */
export interface OutgoingCommand {
  readonly commandField: number;
  readonly affectedSopClassUid: string;
  readonly affectedSopInstanceUid?: string;
  /** 0 medium, 1 high, 2 low. */
  readonly priority?: number;
  readonly eventTypeId?: number;
  readonly moveOriginatorAe?: string;
  readonly moveOriginatorMessageId?: number;
}

/** The bytes are no command set that could be answered. */
export class CommandSetError extends Error {
  override readonly name = 'CommandSetError';
}

/** Request or response, by the highest bit of its command field. @throws CommandSetError */
export function decodeCommand(bytes: Buffer): { request: DimseRequest } | { response: DimseResponse } {
  const elements = readElements(bytes);
  const commandField = readNumber(elements, COMMAND_ELEMENT.commandField);
  return isResponse(commandField)
    ? { response: responseOf(elements, commandField) }
    : { request: requestOf(elements, commandField) };
}

/** Reads a request's command set, Implicit VR Little Endian as always (PS3.7 section 6.3.1). @throws CommandSetError */
export function decodeRequest(bytes: Buffer): DimseRequest {
  const elements = readElements(bytes);
  return requestOf(elements, readNumber(elements, COMMAND_ELEMENT.commandField));
}

function requestOf(elements: Elements, commandField: number): DimseRequest {
  const cancel = commandField === COMMAND_FIELD.cCancelRequest;
  // C-CANCEL-RQ names the message it cancels and has no message id of its own (PS3.7 section 9.3.2.3).
  const messageId = readNumber(
    elements,
    cancel ? COMMAND_ELEMENT.messageIdBeingRespondedTo : COMMAND_ELEMENT.messageId,
  );
  const { moveDestination: destination, eventTypeId: event, actionTypeId: action } = COMMAND_ELEMENT;
  return {
    commandField,
    messageId,
    affectedSopClassUid:
      readUid(elements, COMMAND_ELEMENT.affectedSopClassUid) ?? readUid(elements, COMMAND_ELEMENT.requestedSopClassUid),
    affectedSopInstanceUid:
      readUid(elements, COMMAND_ELEMENT.affectedSopInstanceUid) ??
      readUid(elements, COMMAND_ELEMENT.requestedSopInstanceUid),
    hasDataSet: hasDataSet(elements),
    ...(elements.has(destination) && { moveDestination: readUid(elements, destination)?.trim() ?? '' }),
    ...(elements.has(event) && { eventTypeId: readNumber(elements, event) }),
    ...(elements.has(action) && { actionTypeId: readNumber(elements, action) }),
  };
}

function responseOf(elements: Elements, commandField: number): DimseResponse {
  return {
    commandField,
    messageId: readNumber(elements, COMMAND_ELEMENT.messageIdBeingRespondedTo),
    status: readNumber(elements, COMMAND_ELEMENT.status),
    comment: readUid(elements, COMMAND_ELEMENT.errorComment),
    hasDataSet: hasDataSet(elements),
  };
}

/** True for the command field of a response. */
export function isResponse(commandField: number): boolean {
  return (commandField & RESPONSE_BIT) !== 0;
}

/** The response to `request`; the UIDs of the request are echoed. `withDataSet` announces a data set behind it. */
export function encodeResponse(request: DimseRequest, answer: DimseAnswer, withDataSet = false): Buffer {
  const instanceUid = answer.affectedSopInstanceUid ?? request.affectedSopInstanceUid;
  return commandSet([
    ...(request.affectedSopClassUid === null
      ? []
      : [element(COMMAND_ELEMENT.affectedSopClassUid, uid(request.affectedSopClassUid))]),
    element(COMMAND_ELEMENT.commandField, us(request.commandField | RESPONSE_BIT)),
    element(COMMAND_ELEMENT.messageIdBeingRespondedTo, us(request.messageId)),
    element(COMMAND_ELEMENT.commandDataSetType, us(withDataSet ? 1 : NO_DATA_SET)),
    element(COMMAND_ELEMENT.status, us(answer.status)),
    ...(answer.status === DIMSE_STATUS.success ? [] : faultElements(answer)),
    ...(instanceUid === null ? [] : [element(COMMAND_ELEMENT.affectedSopInstanceUid, uid(instanceUid))]),
    ...optional(COMMAND_ELEMENT.actionTypeId, request.actionTypeId),
    ...optional(COMMAND_ELEMENT.remainingSubOperations, answer.counts?.remaining),
    ...optional(COMMAND_ELEMENT.completedSubOperations, answer.counts?.completed),
    ...optional(COMMAND_ELEMENT.failedSubOperations, answer.counts?.failed),
    ...optional(COMMAND_ELEMENT.warningSubOperations, answer.counts?.warning),
  ]);
}

function faultElements(answer: DimseAnswer): Buffer[] {
  const parts: Buffer[] = [];
  if (answer.offendingElement !== undefined) {
    const tag = Buffer.alloc(4);
    tag.writeUInt16LE(answer.offendingElement >>> 16);
    tag.writeUInt16LE(answer.offendingElement & 0xffff, 2);
    parts.push(element(COMMAND_ELEMENT.offendingElement, tag));
  }
  const comment = errorComment(answer.comment ?? '');
  if (comment !== '') parts.push(element(COMMAND_ELEMENT.errorComment, padded(comment, ' ')));
  return [...parts, ...optional(COMMAND_ELEMENT.errorId, answer.errorId)];
}

/** A request of our own. */
export function encodeRequest(command: OutgoingCommand, messageId: number, withDataSet: boolean): Buffer {
  return commandSet([
    element(COMMAND_ELEMENT.affectedSopClassUid, uid(command.affectedSopClassUid)),
    element(COMMAND_ELEMENT.commandField, us(command.commandField)),
    element(COMMAND_ELEMENT.messageId, us(messageId)),
    ...optional(COMMAND_ELEMENT.priority, command.priority),
    element(COMMAND_ELEMENT.commandDataSetType, us(withDataSet ? 1 : NO_DATA_SET)),
    ...(command.affectedSopInstanceUid === undefined
      ? []
      : [element(COMMAND_ELEMENT.affectedSopInstanceUid, uid(command.affectedSopInstanceUid))]),
    ...optional(COMMAND_ELEMENT.eventTypeId, command.eventTypeId),
    ...(command.moveOriginatorAe === undefined
      ? []
      : [element(COMMAND_ELEMENT.moveOriginatorAe, padded(command.moveOriginatorAe, ' '))]),
    ...optional(COMMAND_ELEMENT.moveOriginatorMessageId, command.moveOriginatorMessageId),
  ]);
}

function commandSet(elements: readonly Buffer[]): Buffer {
  const body = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([element(COMMAND_ELEMENT.groupLength, length), body]);
}

function optional(number: number, value: number | undefined): Buffer[] {
  return value === undefined ? [] : [element(number, us(Math.min(value, 0xffff)))];
}

/** ErrorComment is an LO of 64 characters in the default repertoire: anything else becomes a question mark. */
export function errorComment(text: string): string {
  return Array.from(text, (character) => (/^[ -[\]-~]$/.test(character) ? character : '?'))
    .join('')
    .trim()
    .slice(0, 64)
    .trimEnd();
}

/**
 * Whether the text can stand for a UID: at most 64 letters, digits, dots, hyphens and underscores. Looser than PS3.5 section 9.1,
 * because files with a hash for a UID are met in practice and are better judged behind the door; but nothing that could lead
 * out of a folder or into a query comes through.
 */
export function mayBeUid(text: string | null): text is string {
  return text !== null && /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/.test(text);
}

type Elements = ReadonlyMap<number, Buffer>;

function readElements(bytes: Buffer): Elements {
  const elements = new Map<number, Buffer>();
  let offset = 0;
  while (offset < bytes.length) {
    if (offset + 8 > bytes.length) throw new CommandSetError('the command set ends inside an element header');
    if (bytes.readUInt16LE(offset) !== 0) throw new CommandSetError('the command set leaves group 0000');
    const end = offset + 8 + bytes.readUInt32LE(offset + 4);
    if (end > bytes.length) throw new CommandSetError('the command set ends inside a value');
    elements.set(bytes.readUInt16LE(offset + 2), bytes.subarray(offset + 8, end));
    offset = end;
  }
  return elements;
}

function readNumber(elements: Elements, number: number): number {
  const value = elements.get(number);
  if (value?.length !== 2) throw new CommandSetError(`(0000,${hex(number)}) is missing or not a US`);
  return value.readUInt16LE(0);
}

function hasDataSet(elements: Elements): boolean {
  return readNumber(elements, COMMAND_ELEMENT.commandDataSetType) !== NO_DATA_SET;
}

function readUid(elements: Elements, number: number): string | null {
  const text =
    elements
      .get(number)
      ?.toString('latin1')
      .replace(/[\0 ]+$/, '') ?? '';
  return text === '' ? null : text;
}

function element(number: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uid(value: string): Buffer {
  return padded(value, '\0');
}

function padded(text: string, padding: string): Buffer {
  return Buffer.from(text.length % 2 === 0 ? text : text + padding, 'latin1');
}

function hex(number: number): string {
  return number.toString(16).padStart(4, '0');
}
